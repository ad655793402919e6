import Telemetry

/// The timeline, the phases and the texts of a scenario file.
extension ScenarioReader {
  // MARK: - Timeline

  static func timeline(
    _ root: ScenarioTable,
    of scenario: Scenario
  ) throws(ScenarioProblem) -> [TimelineEntry] {
    var result: [TimelineEntry] = []
    for table in try root.tables("at", ScenarioKeys.at, most: Limits.timelineEntries) {
      result += try entries(table, of: scenario)
    }
    return result
  }

  private static func entries(
    _ table: ScenarioTable,
    of scenario: Scenario
  ) throws(ScenarioProblem) -> [TimelineEntry] {
    let percent = try table.integer("percent", Limits.percentages)
    let start = try table.required("percent", percent, example: "20")
    let end = try table.integer("until", Limits.percentages)
    if let end, end <= start {
      throw table.problem("until", "must be after percent, \(start); it is \(end)")
    }
    let kinds = ["fault", "load", "join"].filter { table.values[$0] != nil }
    guard kinds.count == 1 else {
      throw table.problem(nil, "must have one of fault, load and join; it has \(kinds.count)")
    }
    try table.allow(["percent", "until"] + kinds + fields(of: kinds[0]))
    switch kinds[0] {
    case "fault":
      let fault = try fault(table, of: scenario)
      if end != nil, fault.kind.isInstant {
        throw table.problem("until", "means nothing: \(fault.kind.rawValue) is over at once")
      }
      return [TimelineEntry(atPercent: start, untilPercent: end, happening: .fault(fault))]
    case "load": return try load(table, from: start, until: end)
    case _:
      let service = try table.name("join") ?? ""
      guard scenario.service(named: service)?.isOptional == true else {
        throw table.unknown("join", service, scenario.services.filter(\.isOptional).map(\.name))
      }
      guard end == nil else { throw table.problem("until", "means nothing for join; take it out") }
      return [TimelineEntry(atPercent: start, happening: .join(service: service))]
    }
  }

  private static func fields(of kind: String) -> [String] {
    switch kind {
    case "fault": ScenarioKeys.fault
    case "load": ["factor", "seconds"]
    case _: []
    }
  }

  private static func load(
    _ table: ScenarioTable,
    from start: Int,
    until end: Int?
  ) throws(ScenarioProblem) -> [TimelineEntry] {
    // With an end, the shape itself must not be over before it.
    let seconds = end == nil ? 20 : Limits.shapeSeconds.upperBound
    let usual = LoadShape(kind: .step, factor: 10, seconds: Double(seconds))
    let shape = try shape(table, "load", usual: usual)
    let entry = TimelineEntry(atPercent: start, happening: .load(shape))
    guard let end else { return [entry] }
    return [entry, TimelineEntry(atPercent: end, happening: .load(.steady))]
  }

  private static func fault(
    _ table: ScenarioTable,
    of scenario: Scenario
  ) throws(ScenarioProblem) -> FaultRequest {
    let named = try table.choice("fault", of: FaultKind.self)
    let kind = try table.required("fault", named, example: "\"hang\"")
    let service = try target(of: kind, table, of: scenario)
    if kind.unit == nil, table.values["amount"] != nil {
      throw table.problem("amount", "means nothing for \(kind.rawValue); take it out")
    }
    if !kind.strikesSteps {
      for key in ["probability", "count", "seed"] where table.values[key] != nil {
        throw table.problem(key, "means nothing for \(kind.rawValue); take it out")
      }
    }
    return FaultRequest(
      service: service,
      kind: kind,
      amount: try table.integer("amount", kind.amounts),
      percent: try table.integer("probability", Limits.shares) ?? 100,
      count: try table.integer("count", Limits.faultCounts),
      seed: UInt64(try table.integer("seed", Limits.faultSeeds) ?? 1)
    )
  }

  /// The service that a fault is put on, when the fault fits it.
  private static func target(
    of kind: FaultKind,
    _ table: ScenarioTable,
    of scenario: Scenario
  ) throws(ScenarioProblem) -> String {
    let name = try table.string("service")
    if kind.target == .broker {
      guard name == nil || name == FaultRequest.broker else {
        throw table.problem("service", "\(kind.rawValue) is the broker's; take the service out")
      }
      return FaultRequest.broker
    }
    let service = try table.required("service", name, example: "\"points\"")
    guard let plan = scenario.service(named: service) else {
      throw table.unknown("service", service, scenario.services.map(\.name))
    }
    if kind.target == .queue, plan.queue == nil {
      throw table.problem("service", "\(kind.rawValue) is for a service with a queue")
    }
    if kind.target == .producer, plan.publishes.isEmpty {
      throw table.problem("service", "\(kind.rawValue) is for a service that publishes")
    }
    return service
  }

  // MARK: - Phases

  static func phases(_ root: ScenarioTable) throws(ScenarioProblem) -> [PhasePlan] {
    var result: [PhasePlan] = []
    for table in try root.tables(
      "phase",
      ScenarioKeys.phase,
      most: Limits.scenarioPhases,
      naming: "name"
    ) {
      let from = try table.integer("from", Limits.percentages)
      let until = try table.integer("until", Limits.percentages)
      let plan = PhasePlan(
        name: try table.required("name", table.name("name"), example: "\"calm\""),
        fromPercent: try table.required("from", from, example: "5"),
        untilPercent: try table.required("until", until, example: "20")
      )
      guard plan.fromPercent < plan.untilPercent else {
        throw table.problem(
          "until",
          "must be after from, \(plan.fromPercent); it is \(plan.untilPercent)"
        )
      }
      if let last = result.last, plan.fromPercent < last.untilPercent {
        throw table.problem(
          "from",
          "must not be before the end of \(last.name), \(last.untilPercent); it is \(plan.fromPercent)"
        )
      }
      guard !result.contains(where: { $0.name == plan.name }) else {
        throw table.problem("name", "there is a phase of that name already; take another one")
      }
      result.append(plan)
    }
    return result
  }

  // MARK: - Lesson

  static func steps(_ root: ScenarioTable) throws(ScenarioProblem) -> [StepPlan] {
    var result: [StepPlan] = []
    for table in try root.tables("step", ScenarioKeys.step, most: Limits.lessonSteps) {
      let phase = try table.name("phase")
      var options: [LocalText] = []
      for option in try table.tables(
        "options",
        ScenarioKeys.texts,
        most: Limits.lessonSteps,
        shorthand: Language.english.rawValue
      ) {
        options.append(try option.localText(most: Limits.optionCharacters))
      }
      guard Limits.lessonOptions.contains(options.count) else {
        let (least, most) = (Limits.lessonOptions.lowerBound, Limits.lessonOptions.upperBound)
        throw table.problem(
          "options",
          "must have \(least) to \(most) answers; it has \(options.count)"
        )
      }
      result.append(
        StepPlan(
          phase: try table.required("phase", phase, example: "\"calm\""),
          title: try text("title", of: table, most: Limits.titleCharacters),
          task: try text("task", of: table),
          question: try text("question", of: table),
          options: options,
          answer: try answer(table, of: options.count),
          reveal: try text("reveal", of: table),
          caveat: try text("caveat", of: table)
        )
      )
    }
    return result
  }

  private static func text(
    _ key: String,
    of table: ScenarioTable,
    most: Int = Limits.textCharacters
  ) throws(ScenarioProblem) -> LocalText {
    try table.required(
      key,
      table.localText(key, most: most),
      example: "{ en = \"…\", zh = \"…\" }"
    )
  }

  /// The place of the right answer, from 0, of its letter.
  private static func answer(
    _ table: ScenarioTable,
    of count: Int
  ) throws(ScenarioProblem) -> Int {
    let letters = ["a", "b", "c", "d"].prefix(count)
    let letter = try table.required("answer", table.string("answer"), example: "\"a\"")
    guard let index = letters.firstIndex(of: letter) else {
      let wanted = letters.joined(separator: ", ")
      throw table.problem(
        "answer",
        "must be the letter of an option, \(wanted); it is \(ScenarioText.quoted(letter))"
      )
    }
    return index
  }

  static func verdict(_ root: ScenarioTable) throws(ScenarioProblem) -> [VerdictPlan] {
    var result: [VerdictPlan] = []
    for table in try root.tables("verdict", ScenarioKeys.verdict, most: Limits.verdictLines) {
      let condition = try table.string("when")
      guard (condition?.count ?? 0) <= Limits.conditionCharacters else {
        throw table.problem("when", "must have at most \(Limits.conditionCharacters) characters")
      }
      result.append(VerdictPlan(condition: condition, text: try text("text", of: table)))
    }
    return result
  }
}
