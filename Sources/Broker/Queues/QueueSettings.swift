package import AMQP
import Telemetry

/// What a full queue does with more messages (RabbitMQ, "Queue Length Limit").
package enum Overflow: String, Sendable {
  case dropHead = "drop-head"
  case rejectPublish = "reject-publish"
  case rejectPublishToDeadLetters = "reject-publish-dlx"
}

/// What a queue's arguments and the policies on it come to together.
package struct QueueSettings: Sendable, Hashable {
  package var type: QueueType
  /// How long a message may wait, in nanoseconds; nil for ever.
  package var messageLifetime: Int64?
  /// How long the queue may be unused, in nanoseconds; nil for ever.
  package var idleLifetime: Int64?
  package var maximumLength: Int?
  /// Of the bodies of ready messages.
  package var maximumBytes: Int?
  package var overflow = Overflow.dropHead
  package var deadLetterExchange: Name?
  /// nil: dead letters keep their routing keys.
  package var deadLetterRoutingKey: Name?
  /// How often a message may come back to a quorum queue; nil for ever.
  package var deliveryLimit: Int64?
  /// 0 for a queue without priorities; from its arguments alone.
  package var maximumPriority = 0
  /// From its arguments alone.
  package var isSingleActiveConsumer = false

  /// - Parameters:
  ///   - arguments: What the queue was declared with.
  ///   - policy: What applies to it.
  ///   - limit: Messages that a person lets wait in it at most; nil for no such limit.
  package init(arguments: FieldTable, policy: AppliedPolicy, limit: Int? = nil) {
    type = QueueType(of: arguments)
    messageLifetime = Self.nanoseconds(
      policy.least("message-ttl", arguments["x-message-ttl"])
    )
    idleLifetime = Self.nanoseconds(policy.least("expires", arguments["x-expires"]))
    maximumLength = policy.least("max-length", arguments["x-max-length"]).map(Int.init)
    maximumBytes = policy.least("max-length-bytes", arguments["x-max-length-bytes"]).map(Int.init)
    let named = policy.text("overflow", arguments["x-overflow"])
    overflow = named.flatMap { Overflow(rawValue: $0) } ?? .dropHead
    // A quorum queue of 3.10 knows no third way and drops its head.
    if type == .quorum, overflow == .rejectPublishToDeadLetters { overflow = .dropHead }
    if let limit {
      maximumLength = min(limit, maximumLength ?? .max)
      // A limit by hand must throw nothing away that was accepted.
      if overflow == .dropHead { overflow = .rejectPublish }
    }
    deadLetterExchange = policy.name("dead-letter-exchange", arguments["x-dead-letter-exchange"])
    deadLetterRoutingKey = policy.name(
      "dead-letter-routing-key",
      arguments["x-dead-letter-routing-key"]
    )
    if type == .quorum {
      deliveryLimit = policy.least("delivery-limit", arguments["x-delivery-limit"])
    }
    maximumPriority = Int(clamping: arguments["x-max-priority"]?.integer ?? 0)
    isSingleActiveConsumer = arguments["x-single-active-consumer"] == .boolean(true)
  }

  private static func nanoseconds(_ milliseconds: Int64?) -> Int64? {
    milliseconds.map { $0.multipliedReportingOverflow(by: 1_000_000) }
      .map { $0.overflow ? .max : $0.partialValue }
  }

  /// Whether messages just come and go: nothing in it needs a look at each of them.
  var isPlain: Bool {
    type == .classic && messageLifetime == nil && !hasLengthLimit && maximumPriority == 0
  }

  var hasLengthLimit: Bool { maximumLength != nil || maximumBytes != nil }

  /// Whether that many ready messages are too many for the limits.
  func isExceeded(by count: Int, bytes: Int) -> Bool {
    count > maximumLength ?? .max || bytes > maximumBytes ?? .max
  }
}

extension QueueBounds {
  init(_ settings: QueueSettings) {
    self.init(
      maximumLength: settings.maximumLength,
      maximumBytes: settings.maximumBytes,
      overflow: settings.overflow.ofBounds,
      messageMilliseconds: settings.messageLifetime.map { Int($0 / 1_000_000) },
      deadLetterExchange: settings.deadLetterExchange?.text,
      deadLetterRoutingKey: settings.deadLetterRoutingKey?.text
    )
  }
}

extension Overflow {
  fileprivate var ofBounds: QueueBounds.Overflow {
    switch self {
    case .dropHead: .dropHead
    case .rejectPublish: .rejectPublish
    case .rejectPublishToDeadLetters: .rejectPublishToDeadLetters
    }
  }
}

extension AppliedPolicy {
  /// As ``text(_:_:)``, but for names, whose bytes need not be UTF-8.
  fileprivate func name(_ key: String, _ argument: FieldValue?) -> Name? {
    for value in [operatorDefinition[key], argument, definition[key]] {
      if case .string(let bytes) = value { return Name(bytes) }
    }
    return nil
  }
}
