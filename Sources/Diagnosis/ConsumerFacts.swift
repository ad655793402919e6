package import Telemetry

/// What was kept of a consumer's past.
package struct ConsumerFacts: Sendable {
  package let identifier: UInt64
  /// Since when it holds messages and settled none; nil when it holds none.
  package private(set) var quietSince: Instant?
  /// How long its work usually takes it, in seconds; nil before it has settled anything.
  ///
  /// 95 % take no longer, from delivery to acknowledgement; where nobody measures that, it is the
  /// longest time lately without a settlement.
  package var usualSeconds: Double? { serviceSeconds ?? longestGap }
  /// The longest time lately in which it held messages and settled none, in seconds; nil before it
  /// has settled anything.
  package private(set) var longestGap: Double?
  /// How long it held messages for what it settled in the newest step, in seconds; nil where nobody
  /// measures it, and when it was stuck meanwhile.
  private(set) var workSeconds: Double?

  private var serviceSeconds: Double?
  private var settled: UInt64 = 0
  private var acknowledged: UInt64 = 0
  private var held = 0
  private var heldSince: Instant?
  private var lastSettledAt: Instant?
  private var busyNanoseconds: UInt64?
  /// How long it held messages since its last settlement, in seconds.
  private var pendingSeconds: Double?
  /// Whether the newest step settled something.
  private var isSettling = false
  /// Its service times mean nothing until then: it was stuck.
  private var learnsFrom = Instant.zero
  /// How many it had settled when it was last stuck.
  private var settledWhenStuck: UInt64?

  /// Service times are those of the last 30 s at most.
  private static let serviceSpan = 35.0
  private static let usualSpan = 60.0
  private static let gapSpan = 600.0

  /// - Parameters:
  ///   - consumer: Its figures when it is first seen.
  ///   - step: When that is.
  init(_ consumer: ConsumerSnapshot, in step: Step) {
    identifier = consumer.identifier
    settled = Self.settled(of: consumer)
    acknowledged = consumer.acknowledged
    lastSettledAt = consumer.lastAcknowledgedAt
    record(consumer, in: Step(now: step.now, seconds: 0, tuning: step.tuning))
  }

  /// Acknowledged, rejected or given back: whatever is not held any more.
  private static func settled(of consumer: ConsumerSnapshot) -> UInt64 {
    let held = UInt64(max(0, consumer.held))
    let gone = consumer.delivered >= held ? consumer.delivered - held : 0
    return max(gone, consumer.acknowledged)
  }

  /// Takes the consumer's figures of one instant.
  ///
  /// - Parameters:
  ///   - consumer: The figures.
  ///   - step: The instant.
  mutating func record(_ consumer: ConsumerSnapshot, in step: Step) {
    recordBusy(consumer)
    let now = Self.settled(of: consumer)
    // Sums that went down were restarted: what was before is not known any more.
    let done = now > settled ? now - settled : 0
    if done > 0 {
      let isExact = consumer.acknowledged > acknowledged
      learn(done, asOf: now, in: step)
      lastSettledAt = (isExact ? consumer.lastAcknowledgedAt : nil) ?? step.now
    } else if now < settled {
      lastSettledAt = step.now
    }
    isSettling = done > 0
    settled = now
    acknowledged = consumer.acknowledged
    learnService(consumer.serviceTime, in: step)
    held = consumer.held
    guard held > 0 else {
      heldSince = nil
      quietSince = nil
      return
    }
    let began = consumer.heldSince ?? heldSince ?? step.now
    heldSince = began
    quietSince = lastSettledAt.map { max($0, began) } ?? began
  }

  private mutating func recordBusy(_ consumer: ConsumerSnapshot) {
    workSeconds = nil
    if let busy = consumer.busyNanoseconds, let before = busyNanoseconds, busy >= before {
      pendingSeconds = (pendingSeconds ?? 0) + Double(busy - before) / 1e9
    } else {
      pendingSeconds = nil
    }
    busyNanoseconds = consumer.busyNanoseconds
  }

  /// Learns from a settlement how long it may be without one.
  ///
  /// A time in which it was stuck is no usual one; but when it comes again before much was settled
  /// in between, then its work simply takes so long now.
  private mutating func learn(_ done: UInt64, asOf sum: UInt64, in step: Step) {
    defer { pendingSeconds = nil }
    let quiet = quietSince.map { step.now.seconds(since: $0) } ?? 0
    let gap = isSettling || quietSince == nil ? step.seconds / Double(done) : quiet
    if let usual = usualSeconds, quiet > Patience.seconds(usual: usual, step.tuning) {
      let few = 2 * UInt64(max(1, held))
      let isAgain = settledWhenStuck.map { settled - $0 <= few } ?? false
      settledWhenStuck = sum
      if !isAgain {
        learnsFrom = step.now.advanced(bySeconds: Self.serviceSpan)
        return
      }
      learnsFrom = step.now
    }
    workSeconds = pendingSeconds
    longestGap = max(gap, (longestGap ?? 0) * step.remainder(over: Self.gapSpan))
  }

  private mutating func learnService(_ service: ServiceTime?, in step: Step) {
    guard let service, step.now >= learnsFrom else { return }
    let newest = service.p95Milliseconds / 1_000
    guard let usual = serviceSeconds else {
      serviceSeconds = newest
      return
    }
    serviceSeconds = usual + (newest - usual) * min(1, step.seconds / Self.usualSpan)
  }
}

/// How long a consumer may be without a settlement before that means something.
enum Patience {
  /// - Parameters:
  ///   - usual: How long its work usually takes, in seconds; nil when that is not known.
  ///   - tuning: What the person changed.
  /// - Returns: Seconds.
  static func seconds(usual: Double?, _ tuning: Tuning) -> Double {
    max(tuning[.stuckSeconds], tuning[.stuckTimes] * (usual ?? 0))
  }
}
