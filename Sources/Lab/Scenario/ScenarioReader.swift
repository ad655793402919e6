import TOMLText
import Telemetry

/// Reads a scenario's text, field by field, and stops at the first thing that is wrong.
///
/// A scenario that was read can be run as it is: all names mean something, all numbers are within
/// bounds, nothing calls or publishes in a circle, and texts name only what is measured.
enum ScenarioReader {
  /// Reads a text.
  ///
  /// - Parameters:
  ///   - text: TOML, as the page on scenarios describes it.
  ///   - file: What problems call the text.
  /// - Returns: The scenario with its text.
  /// - Throws: ``ScenarioProblem``, the first one.
  static func read(_ text: String, file: String) throws(ScenarioProblem) -> Scenario {
    func problem(_ line: Int?, _ message: String) -> ScenarioProblem {
      ScenarioProblem(file: file, line: line, field: nil, message: message)
    }
    guard text.utf8.count <= Limits.scenarioBytes else {
      let size = "it has \(text.utf8.count)"
      throw problem(nil, "a scenario has at most \(Limits.scenarioBytes) bytes; \(size)")
    }
    let values: [String: TOMLNode]
    do {
      values = try TOMLNode.parse(text)
    } catch {
      throw problem(error.line, "this is no TOML: \(error.problem)")
    }
    let source = ScenarioSource(file: file, outline: TOMLOutline(Array(text.utf8)))
    let root = ScenarioTable(source: source, values: values, places: [], label: "")
    try root.allow(ScenarioKeys.root)
    var scenario = try scenario(root)
    scenario.text = text
    try ScenarioCheck(root: root, scenario: scenario).run()
    return scenario
  }

  private static func scenario(_ root: ScenarioTable) throws(ScenarioProblem) -> Scenario {
    let name = try root.required("name", root.name("name"), example: "\"payment\"")
    let title = try root.localText("title", most: Limits.titleCharacters)
    let about = try root.localText("about", most: Limits.textCharacters)
    var result = Scenario(
      name: name,
      title: try root.required("title", title, example: "{ en = \"…\", zh = \"…\" }"),
      about: try root.required("about", about, example: "{ en = \"…\", zh = \"…\" }"),
      services: []
    )
    if let rate = try root.integer("rate", Limits.rates) { result.perSecond = Double(rate) }
    if let peak = try root.table("peak", ScenarioKeys.peak) {
      result.peak = try shape(peak, "shape", usual: result.peak)
    }
    if let titles = try root.table("way_titles", ScenarioKeys.ways) {
      for way in CallWay.allCases {
        result.wayTitles[way] = try titles.localText(
          way.measurementName,
          most: Limits.labelCharacters
        )
      }
    }
    result.accounts = try accounts(root)
    result.traits = try traits(root)
    for table in try root.tables(
      "exchange",
      ScenarioKeys.exchange,
      most: Limits.scenarioExchanges,
      naming: "name"
    ) {
      result.exchanges.append(try exchange(table))
    }
    for table in try root.tables(
      "service",
      ScenarioKeys.service,
      most: Limits.scenarioServices,
      naming: "name"
    ) {
      result.services.append(try service(table))
    }
    result.knob = try knob(root, of: result)
    result.timeline = try timeline(root, of: result)
    result.phases = try phases(root)
    result.steps = try steps(root)
    result.verdict = try verdict(root)
    return result
  }

  // MARK: - Customers

  private static func accounts(_ root: ScenarioTable) throws(ScenarioProblem) -> AccountPlan {
    var plan = AccountPlan()
    guard let table = try root.table("accounts", ScenarioKeys.accounts) else { return plan }
    plan.count = try table.integer("count", Limits.accountCounts) ?? plan.count
    plan.balanceCents =
      try table.integer("balance_cents", Limits.accountCents) ?? plan.balanceCents
    plan.poorPercent = try table.integer("poor_percent", Limits.percentages) ?? plan.poorPercent
    plan.poorBalanceCents =
      try table.integer("poor_balance_cents", Limits.accountCents) ?? plan.poorBalanceCents
    plan.cheapestCents =
      try table.integer("cheapest_cents", Limits.priceCents) ?? plan.cheapestCents
    plan.dearestCents = try table.integer("dearest_cents", Limits.priceCents) ?? plan.dearestCents
    guard plan.cheapestCents <= plan.dearestCents else {
      throw table.problem(
        "dearest_cents",
        "must not be less than cheapest_cents, \(plan.cheapestCents); it is \(plan.dearestCents)"
      )
    }
    return plan
  }

  private static func traits(_ root: ScenarioTable) throws(ScenarioProblem) -> [String: Int] {
    guard let table = try root.table("traits", nil) else { return [:] }
    guard table.values.count <= Limits.scenarioTraits else {
      let most = Limits.scenarioTraits
      throw table.problem(nil, "must have at most \(most) traits; it has \(table.values.count)")
    }
    var result: [String: Int] = [:]
    for name in table.values.keys.sorted() {
      guard ScenarioText.isName(name) else {
        throw table.problem(name, "a trait's name has letters, digits and dashes only")
      }
      result[name] = try table.integer(name, Limits.percentages)
    }
    return result
  }

  private static func knob(
    _ root: ScenarioTable,
    of scenario: Scenario
  ) throws(ScenarioProblem) -> KnobPlan? {
    guard let table = try root.table("knob", ScenarioKeys.knob) else { return nil }
    let subject: KnobPlan.Subject
    let start: Int
    let range: ClosedRange<Int>
    switch (try table.string("trait"), try table.string("copies")) {
    case (let trait?, nil):
      guard let share = scenario.traits[trait] else {
        throw table.unknown("trait", trait, scenario.traits.keys.sorted())
      }
      (subject, start, range) = (.trait(trait), share, Limits.percentages)
    case (nil, let service?):
      guard let queue = scenario.service(named: service)?.queue else {
        let names = scenario.services.filter { $0.queue != nil }.map(\.name)
        throw table.unknown("copies", service, names)
      }
      guard queue.consumers == 1 else {
        throw table.problem(
          "copies",
          "\(service) has \(queue.consumers) consumers; write consumers = 1"
        )
      }
      (subject, start, range) = (.copies(service: service), queue.copies, Limits.copyCounts)
    case (nil, nil), (.some, .some):
      throw table.problem(nil, "must have either trait or copies: what is turned")
    }
    let label = try table.localText("label", most: Limits.labelCharacters)
    let values = try table.integers("values", range, counts: Limits.knobValues)
    let plan = KnobPlan(
      subject: subject,
      label: try table.required("label", label, example: "{ en = \"…\", zh = \"…\" }"),
      values: try table.required("values", values, example: "[\(start), …]"),
      start: start
    )
    guard zip(plan.values, plan.values.dropFirst()).allSatisfy({ $0 < $1 }) else {
      throw table.problem("values", "must be ascending")
    }
    guard plan.values.contains(start) else {
      throw table.problem("values", "must have \(start) among them, what it stands at first")
    }
    return plan
  }

  private static func exchange(_ table: ScenarioTable) throws(ScenarioProblem) -> ExchangePlan {
    enum Kind: String, CaseIterable { case direct, fanout, topic, headers }
    let name = try table.required("name", table.name("name"), example: "\"payments\"")
    let kind = try table.choice("type", of: Kind.self)
    return ExchangePlan(
      name: name,
      type: try table.required("type", kind, example: "\"topic\"").rawValue
    )
  }

  // MARK: - Load

  /// A load shape whose kind has the given field.
  static func shape(
    _ table: ScenarioTable,
    _ key: String,
    usual: LoadShape
  ) throws(ScenarioProblem) -> LoadShape {
    var result = usual
    result.kind = try table.choice(key, of: LoadShapeKind.self) ?? usual.kind
    guard result.kind != .replay else {
      throw table.problem(key, "a replay needs a recorded file; give it with --arrivals")
    }
    if result.kind == .steady {
      for key in ["factor", "seconds"] where table.values[key] != nil {
        throw table.problem(key, "means nothing for steady; take it out")
      }
      return .steady
    }
    result.factor =
      try table.integer("factor", Limits.shapeFactors).map(Double.init) ?? usual.factor
    result.seconds =
      try table.integer("seconds", Limits.shapeSeconds).map(Double.init) ?? usual.seconds
    return result
  }
}
