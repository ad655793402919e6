import AMQPClient
import Histogram
import Host
import NIOCore
import Synchronization

/// What the publisher, the consumers and the confirms of one running case know together.
final class CaseProgress: Sendable {
  private struct State {
    /// For each consumer.
    var checks: [SequenceCheck]
    /// Arrivals at the slowest consumer, for which room was given back.
    var givenCount = 0
    var settledCount = 0
    var refusedCount = 0
    var lastNanoseconds: Int64 = 0
    var delivery: Histogram<UInt64>?
    var confirm: Histogram<UInt64>?
    var failure: ClientError?
  }

  /// Marks the bodies of this run.
  let mark: UInt64
  /// Messages on their way to the slowest consumer.
  let onTheWay = Window(Limits.onTheWay)
  /// Messages without a confirm.
  let unconfirmed = Window(Limits.unconfirmed)
  private let state: Mutex<State>

  init(mark: UInt64, consumerCount: Int, measuresLatency: Bool) {
    self.mark = mark
    let histogram = measuresLatency ? Percentiles.empty : nil
    state = Mutex(
      State(
        checks: Array(repeating: SequenceCheck(), count: consumerCount),
        delivery: histogram,
        confirm: histogram
      )
    )
  }

  // MARK: Bodies

  /// A body with its number and the instant from which its latency counts.
  ///
  ///     [ mark 8 bytes | number 8 | monotonic nanoseconds 8 | zeros ]
  func body(_ template: ByteBuffer, number: Int, nanoseconds: Int64) -> ByteBuffer {
    var body = template
    body.setInteger(mark, at: 0)
    body.setInteger(UInt64(number), at: 8)
    body.setInteger(nanoseconds, at: 16)
    return body
  }

  static let template: ByteBuffer = {
    var buffer = ByteBuffer()
    buffer.writeRepeatingByte(0, count: Limits.bodyBytes)
    return buffer
  }()

  // MARK: What happens

  /// Deliveries have come to a consumer.
  func arrived(_ deliveries: [Delivery], at consumer: Int) {
    let now = HostClock.monotonicNanoseconds()
    let room = state.withLock { state -> Int in
      for delivery in deliveries {
        let body = delivery.body
        let start = body.readerIndex
        guard body.readableBytes == Limits.bodyBytes,
          body.getInteger(at: start, as: UInt64.self) == mark,
          let number = body.getInteger(at: start + 8, as: UInt64.self),
          let since = body.getInteger(at: start + 16, as: Int64.self)
        else {
          state.checks[consumer].received(nil)
          continue
        }
        state.checks[consumer].received(number)
        if state.delivery != nil { _ = state.delivery?.record(Self.microseconds(now - since)) }
      }
      state.lastNanoseconds = now
      let slowest = state.checks.map(\.receivedCount).min() ?? 0
      defer { state.givenCount = slowest }
      return slowest - state.givenCount
    }
    if room > 0 { onTheWay.give(room) }
  }

  /// A message is confirmed, or will not be.
  ///
  /// - Parameters:
  ///   - error: nil when it is confirmed.
  ///   - since: The instant from which its latency counts.
  func settled(_ error: ClientError?, since: Int64) {
    let now = HostClock.monotonicNanoseconds()
    state.withLock { state in
      state.settledCount += 1
      if error?.code == .nacked { state.refusedCount += 1 }
      if error == nil { _ = state.confirm?.record(Self.microseconds(now - since)) }
    }
    unconfirmed.give(1)
  }

  private static func microseconds(_ nanoseconds: Int64) -> UInt64 {
    min(UInt64(max(nanoseconds, 0)) / 1_000, Limits.latencyMicroseconds)
  }

  /// A connection has ended; nil when it was closed by us.
  func ended(_ error: ClientError?) {
    if let error, error.code != .cancelled {
      state.withLock { state in
        if state.failure == nil { state.failure = error }
      }
    }
    close()
  }

  /// Lets nobody wait for room any more.
  func close() {
    onTheWay.close()
    unconfirmed.close()
  }

  // MARK: What is known

  var failure: ClientError? { state.withLock(\.failure) }

  /// Messages that have come to every consumer.
  var slowestCount: Int { state.withLock { $0.checks.map(\.receivedCount).min() ?? 0 } }

  var settledCount: Int { state.withLock(\.settledCount) }

  /// What counts as a sign of life while all is waited for.
  var eventCount: Int {
    state.withLock { $0.settledCount + $0.checks.reduce(0) { $0 + $1.receivedCount } }
  }

  /// When the last message came; 0 when none did.
  var lastNanoseconds: Int64 { state.withLock(\.lastNanoseconds) }

  /// Fills in what was counted.
  func measurement(publishedCount: Int, seconds: Double) -> RoundMeasurement {
    state.withLock { state in
      var flaws = state.checks.map { $0.flaws(sentCount: publishedCount) }.reduce(Flaws(), +)
      flaws.refused = state.refusedCount
      return RoundMeasurement(
        seconds: seconds,
        publishedCount: publishedCount,
        deliveredCount: state.checks.reduce(0) { $0 + $1.receivedCount },
        flaws: flaws,
        delivery: state.delivery.flatMap { Percentiles($0) },
        confirm: state.confirm.flatMap { Percentiles($0) }
      )
    }
  }
}
