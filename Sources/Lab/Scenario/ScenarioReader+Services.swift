import Telemetry

/// The services of a scenario file.
extension ScenarioReader {
  static func service(_ table: ScenarioTable) throws(ScenarioProblem) -> ServicePlan {
    var plan = ServicePlan(
      name: try table.required("name", table.name("name"), example: "\"points\"")
    )
    plan.isEntry = try table.boolean("entry") ?? plan.isEntry
    plan.isOptional = try table.boolean("optional") ?? plan.isOptional
    plan.work = try work(table)
    plan.hopMilliseconds =
      try table.integer("hop_ms", Limits.workMilliseconds) ?? plan.hopMilliseconds
    plan.pool = try table.integer("pool", Limits.poolPlaces) ?? plan.pool
    plan.timeoutMilliseconds =
      try table.integer("timeout_ms", Limits.timeoutMilliseconds) ?? plan.timeoutMilliseconds
    plan.retries = try table.integer("retries", Limits.retryCounts) ?? plan.retries
    plan.backoffMilliseconds =
      try table.integer("backoff_ms", Limits.workMilliseconds) ?? plan.backoffMilliseconds
    plan.isDeducting = try table.boolean("deducts") ?? plan.isDeducting
    if let calls = try table.table("calls", ScenarioKeys.ways) {
      for way in CallWay.allCases where calls.values[way.measurementName] != nil {
        plan.calls[way] = try Self.calls(calls, way)
      }
    }
    if let publishes = try table.table("publish", ScenarioKeys.ways) {
      for way in CallWay.allCases where publishes.values[way.measurementName] != nil {
        plan.publishes[way] = try Self.publishes(publishes, way)
      }
    }
    plan.queue = try queue(table)
    return plan
  }

  private static func work(_ table: ScenarioTable) throws(ScenarioProblem) -> WorkPlan {
    var plan = WorkPlan()
    plan.distribution =
      try table.choice("work_distribution", of: WorkPlan.Distribution.self) ?? plan.distribution
    plan.meanMilliseconds =
      try table.integer("work_ms", Limits.workMilliseconds) ?? plan.meanMilliseconds
    plan.spreadPercent =
      try table.integer("work_spread_percent", Limits.percentages) ?? plan.spreadPercent
    plan.errorPercent = try table.integer("error_percent", Limits.percentages) ?? plan.errorPercent
    switch plan.distribution {
    case .fixed, .exponential:
      guard plan.spreadPercent == 0 else {
        let kinds = "uniform or normal"
        throw table.problem(
          "work_spread_percent",
          "means nothing for \(plan.distribution.rawValue); write work_distribution = \(kinds)"
        )
      }
    case .uniform, .normal: break
    }
    return plan
  }

  private static func calls(
    _ table: ScenarioTable,
    _ way: CallWay
  ) throws(ScenarioProblem) -> [CallPlan] {
    var result: [CallPlan] = []
    for call in try table.tables(
      way.measurementName,
      ScenarioKeys.call,
      most: Limits.servicePlanSteps,
      shorthand: "service"
    ) {
      let service = try call.required("service", call.name("service"), example: "\"points\"")
      var plan = CallPlan(service: service)
      plan.trait = try call.name("when")
      plan.isRepeated = try call.boolean("each") ?? plan.isRepeated
      result.append(plan)
    }
    return result
  }

  private static func publishes(
    _ table: ScenarioTable,
    _ way: CallWay
  ) throws(ScenarioProblem) -> [PublishPlan] {
    var result: [PublishPlan] = []
    for event in try table.tables(
      way.measurementName,
      ScenarioKeys.publish,
      most: Limits.servicePlanSteps
    ) {
      var plan = PublishPlan(
        exchange: try event.name("exchange") ?? "",
        key: try routingKey(event) ?? ""
      )
      plan.trait = try event.name("when")
      plan.guarantee =
        try event.choice("guarantee", of: PublishPlan.Guarantee.self) ?? plan.guarantee
      plan.isPersistent = try event.boolean("persistent") ?? plan.isPersistent
      result.append(plan)
    }
    return result
  }

  private static func routingKey(_ table: ScenarioTable) throws(ScenarioProblem) -> String? {
    guard let key = try table.string("key") else { return nil }
    guard Limits.routingKeyBytes.contains(key.utf8.count) else {
      let most = Limits.routingKeyBytes.upperBound
      throw table.problem("key", "must have at most \(most) bytes; it has \(key.utf8.count)")
    }
    return key
  }

  // MARK: - Queues

  private enum WhenFull: String, CaseIterable {
    case rejectPublish = "reject-publish"
    case dropHead = "drop-head"
  }

  private static func queue(_ table: ScenarioTable) throws(ScenarioProblem) -> QueuePlan? {
    guard let name = try table.name("queue") else {
      if let key = ScenarioKeys.queue.first(where: { table.values[$0] != nil }) {
        throw table.problem(
          key,
          "is for a service with a queue; write queue = \"…\" or take it out"
        )
      }
      return nil
    }
    var plan = QueuePlan(name: name, bindings: [])
    for binding in try table.tables("bind", ScenarioKeys.bind, most: Limits.queueBindings) {
      let exchange = try binding.name("exchange")
      plan.bindings.append(
        QueuePlan.Binding(
          exchange: try binding.required("exchange", exchange, example: "\"payments\""),
          key: try routingKey(binding) ?? ""
        )
      )
    }
    plan.prefetch = try table.integer("prefetch", Limits.prefetchCounts) ?? plan.prefetch
    plan.consumers = try table.integer("consumers", Limits.consumerCounts) ?? plan.consumers
    plan.copies = try table.integer("copies", Limits.copyCounts) ?? plan.copies
    plan.isDurable = try table.boolean("durable") ?? plan.isDurable
    plan.maximumLength = try table.integer("max_length", Limits.queueLengths)
    let whenFull = try table.choice("when_full", of: WhenFull.self)
    plan.isRefusingWhenFull = whenFull != .dropHead
    plan.onError =
      try table.choice("on_error", of: QueuePlan.ErrorBehaviour.self) ?? plan.onError
    plan.deliveryLimit = try table.integer("delivery_limit", Limits.deliveryLimits)
    plan.hasDeadLetters = try table.boolean("dead_letter") ?? plan.hasDeadLetters
    plan.isIdempotent = try table.boolean("idempotent") ?? plan.isIdempotent
    plan.isAutoAcknowledged = try table.boolean("auto_ack") ?? plan.isAutoAcknowledged
    plan.acknowledgementDelayMilliseconds =
      try table.integer("ack_delay_ms", Limits.workMilliseconds)
      ?? plan.acknowledgementDelayMilliseconds
    plan.isCountingReplies = try table.boolean("counts_replies") ?? plan.isCountingReplies
    try check(plan, table)
    return plan
  }

  /// What of a queue does not go together.
  private static func check(
    _ plan: QueuePlan,
    _ table: ScenarioTable
  ) throws(ScenarioProblem) {
    if table.values["when_full"] != nil, plan.maximumLength == nil {
      throw table.problem("when_full", "means nothing without max_length; write max_length = 200")
    }
    if plan.deliveryLimit != nil, plan.onError != .retry, !plan.isAutoAcknowledged {
      throw table.problem("delivery_limit", "counts retries; write on_error = \"retry\"")
    }
    if plan.deliveryLimit != nil, !plan.hasDeadLetters {
      throw table.problem(
        "delivery_limit",
        "needs a place for what is given up; write dead_letter = true"
      )
    }
    if plan.onError == .retry, table.values["backoff_ms"] == nil {
      throw table.problem("on_error", "retry waits for backoff_ms; write backoff_ms = 1000")
    }
    if plan.onError == .retry, plan.deliveryLimit == nil {
      throw table.problem("on_error", "retry would go on for ever; write delivery_limit = 5")
    }
    if plan.isAutoAcknowledged {
      for key in ["on_error", "delivery_limit"] where table.values[key] != nil {
        throw table.problem(
          key,
          "means nothing with auto_ack: the broker has forgotten the message"
        )
      }
    }
    if plan.copies > 1, plan.consumers > 1 {
      throw table.problem("consumers", "must be 1 when there are copies; it is \(plan.consumers)")
    }
  }
}
