import AMQP

/// What policies may say, and RabbitMQ's words for what they may not.
enum PolicyKey {
  /// Says what is wrong with a value; nil when nothing is.
  private typealias Check = @Sendable (FieldValue) -> String?

  /// What is wrong with a policy's definition; nil when nothing is.
  static func problem(in definition: FieldTable, of kind: Policy.Kind) -> String? {
    guard !definition.isEmpty else { return "no policy provided" }
    let checks = kind == .user ? userChecks : operatorChecks
    let entries = definition.entries.sorted { $0.key < $1.key }
    for entry in entries {
      if let problem = checks[entry.key]?(entry.value) { return problem }
    }
    if kind == .user, let problem = mirroringProblem(definition) { return problem }
    let unknown = entries.filter { checks[$0.key] == nil }
    guard !unknown.isEmpty else { return nil }
    let list = FieldTable(entries: unknown).erlangText
    return "\(list) are not recognised policy settings"
  }

  /// Keys that make a policy not apply to queues of a type.
  static func unsupported(by type: QueueType) -> Set<String> {
    switch type {
    case .classic:
      [
        "delivery-limit", "dead-letter-strategy", "max-age", "stream-max-segment-size-bytes",
        "initial-cluster-size", "queue-leader-locator",
      ]
    case .quorum:
      [
        "ha-mode", "ha-params", "ha-sync-mode", "ha-promote-on-shutdown", "ha-promote-on-failure",
        "queue-mode", "queue-master-locator", "max-age", "stream-max-segment-size-bytes",
        "initial-cluster-size",
      ]
    }
  }

  private static let operatorChecks: [String: Check] = [
    "expires": atLeast(1, "queue expiry"),
    "message-ttl": atLeast(0, "message TTL"),
    "max-length": atLeast(0, "maximum length"),
    "max-length-bytes": atLeast(0, "maximum length in bytes"),
    "max-in-memory-length": atLeast(0, "maximum memory in bytes"),
    "max-in-memory-bytes": atLeast(0, "maximum memory in bytes"),
    "delivery-limit": atLeast(0, "delivery limit"),
  ]

  private static let userChecks: [String: Check] = operatorChecks.merging([
    "alternate-exchange": text("alternate exchange name"),
    "dead-letter-exchange": text("dead letter exchange name"),
    "dead-letter-routing-key": text("dead letter routing key"),
    "dead-letter-strategy": oneOf(["at-most-once", "at-least-once"], "dead letter strategy"),
    "queue-mode": oneOf(["default", "lazy"], "queue-mode value"),
    "overflow": oneOf(["drop-head", "reject-publish", "reject-publish-dlx"], "overflow value"),
    "queue-version": isQueueVersion,
    "max-age": text("max age"),
    "stream-max-segment-size-bytes": atLeast(0, "segment size"),
    "queue-leader-locator": oneOf(
      ["client-local", "balanced", "random", "least-leaders"],
      "queue leader locator value"
    ),
    "initial-cluster-size": atLeast(0, "cluster size"),
    "queue-master-locator": isMasterLocator,
    "ha-mode": oneOf(["all", "exactly", "nodes"], "ha-mode value"),
    "ha-params": anything,
    "ha-sync-mode": oneOf(["automatic", "manual"], "ha-sync-mode value"),
    "ha-sync-batch-size": atLeast(1, "ha-sync-batch-size value"),
    "ha-promote-on-shutdown": oneOf(["always", "when-synced"], "ha-promote-on-shutdown value"),
    "ha-promote-on-failure": oneOf(["always", "when-synced"], "ha-promote-on-failure value"),
  ]) { $1 }

  private static func atLeast(_ minimum: Int64, _ what: String) -> Check {
    { value in
      if let integer = value.integer, integer >= minimum { return nil }
      return "\(value.erlangText) is not a valid \(what)"
    }
  }

  private static func text(_ what: String) -> Check {
    { $0.text == nil ? "\($0.erlangText) is not a valid \(what)" : nil }
  }

  private static func oneOf(_ choices: [String], _ what: String) -> Check {
    { value in
      if let text = value.text, choices.contains(text) { return nil }
      return "\(value.erlangText) is not a valid \(what)"
    }
  }

  @Sendable
  private static func isQueueVersion(_ value: FieldValue) -> String? {
    if let integer = value.integer, (1...2).contains(integer) { return nil }
    return "\(value.erlangText) is not a valid queue-version value"
  }

  @Sendable
  private static func isMasterLocator(_ value: FieldValue) -> String? {
    let choices = ["min-masters", "client-local", "random"]
    if let text = value.text, choices.contains(text) { return nil }
    return "\(value.erlangText) invalid queue-master-locator value"
  }

  @Sendable
  private static func anything(_ value: FieldValue) -> String? { nil }

  /// Mirroring means nothing to a single broker, but a definition that RabbitMQ refuses is refused.
  private static func mirroringProblem(_ definition: FieldTable) -> String? {
    let dependent = [
      "ha-params", "ha-sync-mode", "ha-promote-on-shutdown", "ha-promote-on-failure",
      "ha-sync-batch-size",
    ]
    guard let mode = definition["ha-mode"]?.text else {
      return definition.entries.contains { dependent.contains($0.key) }
        ? "ha-mode must be specified to specify ha-params, ha-sync-mode or ha-promote-on-shutdown"
        : nil
    }
    guard mode == "exactly", definition["ha-params"]?.integer == nil else { return nil }
    let given = definition["ha-params"].map { "\($0.erlangText) given" } ?? "none given"
    return "ha-mode=\"exactly\" takes an integer, \(given)"
  }
}

extension FieldValue {
  /// The value as RabbitMQ prints one that came as JSON.
  fileprivate var erlangText: String {
    switch self {
    case .array(let values): "[" + values.map(\.erlangText).joined(separator: ",") + "]"
    case .table(let table): table.erlangText
    case .void: "null"
    case .boolean, .signed8, .unsigned8, .signed16, .unsigned16, .signed32, .unsigned32, .signed64,
      .float, .double, .decimal, .string, .timestamp, .bytes:
      term
    }
  }
}

extension FieldTable {
  /// The entries as RabbitMQ prints a list of pairs.
  fileprivate var erlangText: String {
    let pairs = entries.map { entry in
      "{\(FieldValue.text(entry.key).term),\(entry.value.erlangText)}"
    }
    return "[" + pairs.joined(separator: ",") + "]"
  }
}
