import TOMLText
import Telemetry

/// What the parts of a scenario say of each other.
struct ScenarioCheck {
  let root: ScenarioTable
  let scenario: Scenario
  let routes: ScenarioRoutes

  init(root: ScenarioTable, scenario: Scenario) {
    self.root = root
    self.scenario = scenario
    routes = ScenarioRoutes(scenario)
  }

  func run() throws(ScenarioProblem) {
    try checkExchanges()
    let services = try root.tables(
      "service",
      ScenarioKeys.service,
      most: Limits.scenarioServices,
      naming: "name"
    )
    try checkEntry(services)
    try checkNames(services)
    for (plan, table) in zip(scenario.services, services) {
      try checkBindings(of: plan, table)
    }
    for (plan, table) in zip(scenario.services, services) {
      try checkCalls(of: plan, table)
      try checkPublishes(of: plan, table)
    }
    try checkCircles(services)
    try checkTexts()
  }

  // MARK: - Names

  private func checkExchanges() throws(ScenarioProblem) {
    let tables = try root.tables(
      "exchange",
      ScenarioKeys.exchange,
      most: Limits.scenarioExchanges,
      naming: "name"
    )
    for (index, table) in tables.enumerated() {
      let earlier = scenario.exchanges.prefix(index).map(\.name)
      if earlier.contains(scenario.exchanges[index].name) {
        throw table.problem("name", "there is an exchange of that name already; take another one")
      }
    }
  }

  private func checkEntry(_ tables: [ScenarioTable]) throws(ScenarioProblem) {
    let entries = scenario.services.indices.filter { scenario.services[$0].isEntry }
    guard let entry = entries.first else {
      throw root.problem("service", "one service must be called by customers; write entry = true")
    }
    if entries.count > 1 {
      let name = scenario.services[entry].name
      throw tables[entries[1]].problem("entry", "\(name) is the entry already; take it out")
    }
    let plan = scenario.services[entry]
    if plan.isOptional {
      throw tables[entry].problem("optional", "the entry service is there from the beginning")
    }
    if plan.queue != nil {
      throw tables[entry].problem("queue", "customers call the entry service; it has no queue")
    }
    for way in [CallWay.synchronous, .asynchronous] where !scenario.ways.contains(way) {
      throw tables[entry].problem(
        "calls",
        "says nothing of \(way.measurementName); write calls.\(way.measurementName) or publish.\(way.measurementName)"
      )
    }
  }

  private func checkNames(_ tables: [ScenarioTable]) throws(ScenarioProblem) {
    let instances = CallWay.allCases.map { "\(scenario.entry.name)-\($0.measurementName)" }
    let phases = Set(scenario.phases.map(\.name) + scenario.steps.map(\.phase))
    var services: Set<String> = [FaultRequest.broker, "customers"]
    var queues = Set(CallWay.allCases.map(\.measurementName))
    for (plan, table) in zip(scenario.services, tables) {
      let base = plan.name.split(separator: "-").dropLast().joined(separator: "-")
      let isNumbered =
        plan.name.split(separator: "-").last.flatMap { Int($0) } != nil
        && scenario.service(named: base) != nil
      guard !instances.contains(plan.name), !isNumbered else {
        throw table.problem(
          "name",
          "is what a process of another service is called; take another one"
        )
      }
      guard services.insert(plan.name).inserted else {
        throw table.problem("name", "there is \(plan.name) already; take another name")
      }
      guard let queue = plan.queue?.name else { continue }
      guard !phases.contains(queue) else {
        throw table.problem(
          "queue",
          "there is a phase of that name; numbers need a name of their own"
        )
      }
      guard queues.insert(queue).inserted else {
        throw table.problem("queue", "there is \(queue) already; take another name")
      }
    }
  }

  // MARK: - Calls and events

  private func checkTrait(_ trait: String?, _ table: ScenarioTable) throws(ScenarioProblem) {
    guard let trait, scenario.traits[trait] == nil else { return }
    throw table.unknown("when", trait, scenario.traits.keys.sorted())
  }

  private func checkCalls(
    of plan: ServicePlan,
    _ table: ScenarioTable
  ) throws(ScenarioProblem) {
    guard let calls = try table.table("calls", nil) else { return }
    for (way, list) in plan.calls {
      let tables = try elements(calls, way)
      for (call, table) in zip(list, tables) {
        guard let called = scenario.service(named: call.service) else {
          throw table.unknown("service", call.service, scenario.services.map(\.name))
        }
        if called.isEntry {
          throw table.problem("service", "only customers call \(called.name); call another service")
        }
        try checkTrait(call.trait, table)
        if call.isRepeated, called.queue == nil {
          throw table.problem("each", "\(called.name) has no queue, so it has no copies")
        }
      }
    }
  }

  private func checkPublishes(
    of plan: ServicePlan,
    _ table: ScenarioTable
  ) throws(ScenarioProblem) {
    guard let publishes = try table.table("publish", nil) else { return }
    for (way, list) in plan.publishes {
      for (event, table) in zip(list, try elements(publishes, way)) {
        try checkExchange(event.exchange, table)
        try checkTrait(event.trait, table)
        if routes.services(reachedBy: event).isEmpty {
          throw table.problem(
            "key",
            "no queue gets \(ScenarioText.quoted(event.key)); bind one to it"
          )
        }
      }
    }
  }

  private func elements(
    _ table: ScenarioTable,
    _ way: CallWay
  ) throws(ScenarioProblem) -> [ScenarioTable] {
    let keys = ScenarioKeys.call + ScenarioKeys.publish
    return try table.tables(
      way.measurementName,
      keys,
      most: Limits.servicePlanSteps,
      shorthand: "service"
    )
  }

  private func checkExchange(_ name: String, _ table: ScenarioTable) throws(ScenarioProblem) {
    guard !name.isEmpty, !scenario.exchanges.contains(where: { $0.name == name }) else { return }
    throw table.unknown("exchange", name, scenario.exchanges.map(\.name))
  }

  private func checkBindings(
    of plan: ServicePlan,
    _ table: ScenarioTable
  ) throws(ScenarioProblem) {
    guard let queue = plan.queue else { return }
    for (binding, table) in zip(
      queue.bindings,
      try table.tables("bind", ScenarioKeys.bind, most: Limits.queueBindings)
    ) {
      try checkExchange(binding.exchange, table)
    }
    if scenario.isGroup(plan), queue.onError == .retry {
      throw table.problem(
        "on_error",
        "a retry cannot tell from which copy it came; write on_error = \"requeue\""
      )
    }
    let events = scenario.services.flatMap(\.publishes.values).joined()
    guard queue.bindings.isEmpty else { return }
    guard queue.copies == 1, scenario.knob?.subject != .copies(service: plan.name) else {
      throw table.problem("bind", "is missing; copies need an exchange that sends to each of them")
    }
    guard events.contains(where: { $0.exchange.isEmpty && $0.key == queue.name }) else {
      let example = "bind = [{ exchange = \"…\", key = \"…\" }]"
      throw table.problem(
        "bind",
        "is missing, and nobody publishes to \(queue.name); write \(example)"
      )
    }
  }

  /// Refuses services that call each other, or send each other events, without end.
  private func checkCircles(_ tables: [ScenarioTable]) throws(ScenarioProblem) {
    let services = scenario.services
    for (index, plan) in services.enumerated() {
      for way in CallWay.allCases {
        let called = { (plan: ServicePlan) in (plan.calls[way] ?? []).map(\.service) }
        if let circle = circle(from: plan, called) {
          throw tables[index].problem("calls", "\(circle) is a circle; take one call out")
        }
        let reached = { (plan: ServicePlan) in
          (plan.publishes[way] ?? []).flatMap(routes.services(reachedBy:))
        }
        if let circle = circle(from: plan, reached) {
          throw tables[index].problem("publish", "\(circle) is a circle; take one event out")
        }
      }
    }
  }

  /// The services on a way from a service back to itself, as `a → b → a`; nil when there is none.
  private func circle(
    from start: ServicePlan,
    _ next: (ServicePlan) -> [String]
  ) -> String? {
    var seen: Set<String> = []
    var ahead = next(start).map { [start.name, $0] }
    while let path = ahead.popLast(), let name = path.last {
      if name == start.name { return path.joined(separator: " → ") }
      guard seen.insert(name).inserted, let plan = scenario.service(named: name) else { continue }
      ahead += next(plan).map { path + [$0] }
    }
    return nil
  }

  // MARK: - Texts

  private func checkTexts() throws(ScenarioProblem) {
    let measure = ScenarioMeasure(of: scenario)
    let steps = try root.tables("step", ScenarioKeys.step, most: Limits.lessonSteps)
    for table in steps {
      for key in ["title", "task", "question", "reveal", "caveat"] {
        try checkPlaces(key, of: table, measure)
      }
      for option in try table.tables(
        "options",
        ScenarioKeys.texts,
        most: Limits.lessonOptions.upperBound,
        shorthand: Language.english.rawValue
      ) {
        for key in ScenarioKeys.texts { try checkPlaces(key, of: option, measure) }
      }
    }
    let verdict = try root.tables("verdict", ScenarioKeys.verdict, most: Limits.verdictLines)
    for (line, table) in zip(scenario.verdict, verdict) {
      try checkPlaces("text", of: table, measure)
      guard let text = line.condition else { continue }
      guard LabMeasurements.isCondition(text) else {
        throw table.problem(
          "when",
          "must compare numbers, 'sync.p95 > async.p95 * 2 and async.failed < 1'"
        )
      }
      for name in LabMeasurements.names(inCondition: text) {
        if let complaint = measure.complaint(about: name) { throw table.problem("when", complaint) }
      }
    }
  }

  private func checkPlaces(
    _ key: String,
    of table: ScenarioTable,
    _ measure: ScenarioMeasure
  ) throws(ScenarioProblem) {
    guard let node = table.values[key] else { return }
    switch node {
    case .string(let text): try checkPlaces(in: text, key, of: table, measure)
    case .table(let texts):
      guard let inner = try table.table(key, nil) else { return }
      for language in texts.keys.sorted() {
        guard case .string(let text) = texts[language] else { continue }
        try checkPlaces(in: text, language, of: inner, measure)
      }
    case .integer, .boolean, .array, .other: return
    }
  }

  private func checkPlaces(
    in text: String,
    _ key: String,
    of table: ScenarioTable,
    _ measure: ScenarioMeasure
  ) throws(ScenarioProblem) {
    guard !ScenarioText.hasOpenPlace(text) else {
      throw table.problem(key, "has a place for a number that does not end; write {async.p95}")
    }
    for name in LabMeasurements.names(in: text) {
      if let complaint = measure.complaint(about: name) { throw table.problem(key, complaint) }
    }
  }
}
