/// What only some queues have, in one piece that snapshots share: those of thousands stay small.
package final class QueueDetails: Sendable, Hashable {
  package let bounds: QueueBounds
  package let deadLetters: DeadLetterReasons
  package let mostReturned: ReturnedMessage?

  /// nil when there is nothing to say.
  ///
  /// - Parameters:
  ///   - bounds: What its arguments and policies limit.
  ///   - deadLetters: How many of its messages died, by the reasons.
  ///   - mostReturned: The message that came back most often.
  package init?(
    bounds: QueueBounds,
    deadLetters: DeadLetterReasons,
    mostReturned: ReturnedMessage?
  ) {
    guard
      mostReturned != nil || bounds != QueueBounds() || deadLetters != DeadLetterReasons()
    else { return nil }
    self.bounds = bounds
    self.deadLetters = deadLetters
    self.mostReturned = mostReturned
  }

  package static func == (left: QueueDetails, right: QueueDetails) -> Bool {
    left === right
      || left.bounds == right.bounds && left.deadLetters == right.deadLetters
        && left.mostReturned == right.mostReturned
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(bounds)
    hasher.combine(deadLetters)
    hasher.combine(mostReturned)
  }
}

extension QueueSnapshot {
  /// What its arguments and policies limit.
  package var bounds: QueueBounds {
    get { details?.bounds ?? QueueBounds() }
    set {
      details = QueueDetails(
        bounds: newValue,
        deadLetters: deadLetters,
        mostReturned: mostReturned
      )
    }
  }

  /// The ``deadLettered`` by their reasons.
  package var deadLetters: DeadLetterReasons {
    get { details?.deadLetters ?? DeadLetterReasons() }
    set {
      details = QueueDetails(bounds: bounds, deadLetters: newValue, mostReturned: mostReturned)
    }
  }

  /// The message that came back most often of those that are in the queue or held; nil when none
  /// did, or where nobody counts.
  package var mostReturned: ReturnedMessage? {
    get { details?.mostReturned }
    set { details = QueueDetails(bounds: bounds, deadLetters: deadLetters, mostReturned: newValue) }
  }
}

extension QueueSnapshot {
  /// Sets the three in one, and only when one of them is another.
  ///
  /// - Parameters:
  ///   - bounds: What its arguments and policies limit.
  ///   - deadLetters: How many of its messages died, by the reasons.
  ///   - mostReturned: The message that came back most often.
  package mutating func setDetails(
    _ bounds: QueueBounds,
    _ deadLetters: DeadLetterReasons,
    _ mostReturned: ReturnedMessage?
  ) {
    guard
      bounds != self.bounds || deadLetters != self.deadLetters || mostReturned != self.mostReturned
    else { return }
    details = QueueDetails(bounds: bounds, deadLetters: deadLetters, mostReturned: mostReturned)
  }
}

/// What a queue's arguments and policies limit, as far as they apply to it.
package struct QueueBounds: Sendable, Hashable {
  /// `x-max-length`, in messages that are ready; nil for no limit.
  package var maximumLength: Int?
  /// `x-max-length-bytes`, in bytes of the bodies that are ready; nil for no limit.
  package var maximumBytes: Int?
  /// What happens to a message beyond that.
  package var overflow: Overflow
  /// `x-message-ttl`, in milliseconds; nil for none.
  package var messageMilliseconds: Int?
  /// Where messages go that die; nil for nowhere.
  package var deadLetterExchange: String?
  /// The key that they get; nil when they keep their own.
  package var deadLetterRoutingKey: String?

  /// - Parameters:
  ///   - maximumLength: In messages that are ready.
  ///   - maximumBytes: In bytes of the bodies that are ready.
  ///   - overflow: What happens beyond that.
  ///   - messageMilliseconds: How long a message may wait.
  ///   - deadLetterExchange: Where messages go that die.
  ///   - deadLetterRoutingKey: The key that they get.
  package init(
    maximumLength: Int? = nil,
    maximumBytes: Int? = nil,
    overflow: Overflow = .dropHead,
    messageMilliseconds: Int? = nil,
    deadLetterExchange: String? = nil,
    deadLetterRoutingKey: String? = nil
  ) {
    self.maximumLength = maximumLength
    self.maximumBytes = maximumBytes
    self.overflow = overflow
    self.messageMilliseconds = messageMilliseconds
    self.deadLetterExchange = deadLetterExchange
    self.deadLetterRoutingKey = deadLetterRoutingKey
  }

  /// RabbitMQ's words for what happens at a limit.
  package enum Overflow: String, Sendable, Hashable, CaseIterable {
    case dropHead = "drop-head"
    case rejectPublish = "reject-publish"
    case rejectPublishToDeadLetters = "reject-publish-dlx"
  }
}

/// How many messages a queue gave to its dead letter exchange, by the reasons of RabbitMQ's
/// `x-death` header.
package struct DeadLetterReasons: Sendable, Hashable {
  /// Rejected, or not acknowledged, without requeue.
  package var rejected: UInt64 = 0
  /// Their time was over.
  package var expired: UInt64 = 0
  /// Beyond the length limit.
  package var maximumLength: UInt64 = 0
  /// They came back more often than the delivery limit allows.
  package var deliveryLimit: UInt64 = 0

  package init() {}
}

/// A message that was given back to its queue, again and again perhaps.
package struct ReturnedMessage: Sendable, Hashable {
  /// The broker's number for it, as ``MessageSnapshot/identifier``.
  package var identifier: UInt64
  /// What its publisher called it (`message-id`); nil without one.
  package var messageIdentifier: String?
  package var routingKey: String
  /// How often it was given back.
  package var count: Int
  /// When it first was, as far as this broker saw.
  package var since: Instant
  /// The consumer that gave it back last; nil when it was none (`basic.get`).
  package var consumerIdentifier: UInt64?

  /// - Parameters:
  ///   - identifier: The broker's number for it.
  ///   - messageIdentifier: What its publisher called it.
  ///   - routingKey: The key it was published with.
  ///   - count: How often it was given back.
  ///   - since: When it first was.
  ///   - consumerIdentifier: Who gave it back last.
  package init(
    identifier: UInt64,
    messageIdentifier: String? = nil,
    routingKey: String,
    count: Int,
    since: Instant,
    consumerIdentifier: UInt64? = nil
  ) {
    self.identifier = identifier
    self.messageIdentifier = messageIdentifier
    self.routingKey = routingKey
    self.count = count
    self.since = since
    self.consumerIdentifier = consumerIdentifier
  }
}

/// All bindings at one instant: too many to be carried anew by every snapshot.
package struct BindingSurvey: Sendable, Hashable {
  package var at: Instant
  /// At most ``limit``; those between queues and the default exchange are not among them.
  package var bindings: [BindingSnapshot]

  /// How often bindings are surveyed.
  package static let seconds = 10.0
  /// Where there are more bindings, none is surveyed.
  package static let limit = 5_000

  /// - Parameters:
  ///   - at: When it was made.
  ///   - bindings: At most ``limit``.
  package init(at: Instant, bindings: [BindingSnapshot]) {
    self.at = at
    self.bindings = bindings
  }
}
