package import Telemetry

/// What was kept of a queue's past.
package struct QueueFacts: Sendable {
  package let identity: QueueIdentity
  /// When the queue was first seen.
  package let firstSeenAt: Instant
  /// Since when messages wait in it without a break; nil when none does.
  package private(set) var waitingSince: Instant?
  /// Since when nobody consumes; nil when somebody does.
  package private(set) var unconsumedSince: Instant?
  /// When a message was last seen to be acknowledged.
  package private(set) var lastAcknowledgedAt: Instant?
  /// The depth (ready and unacked) turns here: it grows since the last valley, or falls since the
  /// last peak.
  package private(set) var turn: Turn
  package private(set) var isGrowing = false
  /// The least depth of each of the last minutes, the newest last and not yet over.
  package private(set) var minima: [Int] = []
  private var minute: Int64 = -1
  private var extreme: Turn

  /// A point at which a depth turns.
  package struct Turn: Sendable, Hashable {
    package var depth: Int
    package var at: Instant
  }

  init(_ queue: QueueSnapshot, at now: Instant) {
    identity = queue.identity
    firstSeenAt = now
    turn = Turn(depth: queue.depth, at: now)
    extreme = turn
    record(queue, acknowledgedBefore: queue.acknowledged, at: now)
  }

  /// Takes the queue's figures of one instant.
  ///
  /// - Parameters:
  ///   - queue: The figures.
  ///   - acknowledgedBefore: The acknowledged ones of the instant before.
  ///   - now: The instant.
  mutating func record(_ queue: QueueSnapshot, acknowledgedBefore: UInt64, at now: Instant) {
    if queue.ready == 0 { waitingSince = nil } else if waitingSince == nil { waitingSince = now }
    if queue.consumerCount > 0 {
      unconsumedSince = nil
    } else if unconsumedSince == nil {
      unconsumedSince = now
    }
    if queue.acknowledged > acknowledgedBefore { lastAcknowledgedAt = now }
    follow(queue.depth, at: now)
    keepMinimum(queue.depth, at: now)
  }

  /// A depth turns when it comes back from its extreme by more than noise.
  private mutating func follow(_ depth: Int, at now: Instant) {
    let noise = max(Self.noise, abs(extreme.depth - turn.depth) / 10)
    if isGrowing {
      if depth >= extreme.depth {
        extreme = Turn(depth: depth, at: now)
      } else if extreme.depth - depth > noise {
        isGrowing = false
        turn = extreme
        extreme = Turn(depth: depth, at: now)
      }
    } else {
      if depth <= extreme.depth {
        extreme = Turn(depth: depth, at: now)
      } else if depth - extreme.depth > noise {
        isGrowing = true
        turn = extreme
        extreme = Turn(depth: depth, at: now)
      }
    }
  }

  /// Fewer messages than this come and go without a meaning.
  private static let noise = 5

  private mutating func keepMinimum(_ depth: Int, at now: Instant) {
    let current = now.nanoseconds / 60_000_000_000
    if current == minute, let last = minima.last {
      if depth < last { minima[minima.count - 1] = depth }
      return
    }
    // A minute that nobody saw breaks the row.
    if minute >= 0, current != minute + 1 { minima = [] }
    minute = current
    minima.append(depth)
    if minima.count > Limits.minutes { minima.removeFirst() }
  }
}

extension QueueSnapshot {
  /// All that are in it: those that wait and those that are held.
  package var depth: Int { ready + unacked }
}

/// The sums of a queue that rates are computed from.
package struct QueueSums: Sendable {
  package var enqueued: UInt64
  package var delivered: UInt64
  package var redelivered: UInt64
  package var acknowledged: UInt64
  package var requeued: UInt64
  /// Those that left, for whatever reason.
  package var gone: UInt64
  package var deadLetters: DeadLetterReasons
  package var depth: Int

  init(_ queue: QueueSnapshot) {
    enqueued = queue.enqueued
    delivered = queue.delivered
    redelivered = queue.redelivered
    acknowledged = queue.acknowledged
    requeued = queue.requeued
    gone =
      queue.acknowledged &+ queue.discarded &+ queue.expired &+ queue.deadLettered
      &+ queue.dropped &+ queue.moved
    deadLetters = queue.deadLetters
    depth = queue.depth
  }
}

/// The sums of a consumer that rates are computed from.
package struct ConsumerSums: Sendable {
  package var delivered: UInt64
  package var redelivered: UInt64
  package var acknowledged: UInt64
  package var busyNanoseconds: UInt64?

  init(_ consumer: ConsumerSnapshot) {
    delivered = consumer.delivered
    redelivered = consumer.redelivered
    acknowledged = consumer.acknowledged
    busyNanoseconds = consumer.busyNanoseconds
  }
}
