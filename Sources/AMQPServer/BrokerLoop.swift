import Broker
import NIOCore
import Telemetry

#if canImport(Glibc)
import Glibc
#endif

/// The engine with the event loop it lives on: time, turns, sessions and snapshots.
///
/// - Isolation: the event loop; `BrokerServer` holds it in a `NIOLoopBound`.
final class BrokerLoop {
  let broker: Broker
  let eventLoop: any EventLoop
  private var handlers: [ObjectIdentifier: ConnectionHandler] = [:]
  private var isTurnScheduled = false
  /// When the engine is to be woken; `Int64.max` when it is not.
  private var wakeDeadline = Int64.max
  private var wakeTask: Scheduled<Void>?
  private var whenEmpty: EventLoopPromise<Void>?

  init(eventLoop: any EventLoop) {
    self.eventLoop = eventLoop
    var generator = SystemRandomNumberGenerator()
    broker = Broker(seed: generator.next(), makeName: Self.randomName)
    tellTime()
  }

  /// 128 random bits: a name that no client can guess.
  private static func randomName() -> String {
    var generator = SystemRandomNumberGenerator()
    let bits = [generator.next(), generator.next()]
    return bits.map { bits in
      let digits = String(bits, radix: 36)
      return String(repeating: "0", count: 13 - digits.count) + digits
    }.joined()
  }

  /// Tells the engine what time it is.
  func tellTime() {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    let milliseconds = Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    broker.advance(
      to: Instant(nanoseconds: Int64(NIODeadline.now().uptimeNanoseconds)),
      wallTime: WallTime(milliseconds: milliseconds)
    )
  }

  /// Finishes what one read began: everything for one connection goes out in one write.
  func endTurn() {
    for connection in broker.finishTurn() { connection.transport?.flush() }
    if let deadline = broker.nextDeadline, deadline < wakeDeadline { wake(at: deadline) }
  }

  private func wake(at deadline: Int64) {
    wakeTask?.cancel()
    wakeDeadline = deadline
    let delay = TimeAmount.nanoseconds(max(0, deadline - broker.now))
    wakeTask = eventLoop.assumeIsolated().scheduleTask(in: delay) { [self] in
      wakeDeadline = .max
      tellTime()
      broker.fireTimers()
      endTurn()
    }
  }

  /// Ends a turn later, after others had theirs.
  func endTurnSoon() {
    guard !isTurnScheduled else { return }
    isTurnScheduled = true
    eventLoop.assumeIsolated().execute { [self] in
      isTurnScheduled = false
      tellTime()
      endTurn()
    }
  }

  func register(_ handler: ConnectionHandler) {
    handlers[ObjectIdentifier(handler)] = handler
  }

  func unregister(_ handler: ConnectionHandler) {
    handlers[ObjectIdentifier(handler)] = nil
    guard handlers.isEmpty else { return }
    whenEmpty?.succeed()
    whenEmpty = nil
  }

  /// Asks every client to go, and cuts those that have not after a while.
  ///
  /// - Returns: Done when no connection is left.
  func closeAll(_ violation: Violation) -> EventLoopFuture<Void> {
    guard !handlers.isEmpty else { return eventLoop.makeSucceededVoidFuture() }
    let promise = eventLoop.makePromise(of: Void.self)
    whenEmpty = promise
    tellTime()
    for handler in handlers.values { handler.close(for: violation) }
    endTurn()
    eventLoop.assumeIsolated().scheduleTask(in: .seconds(ServerLimits.stopSeconds)) { [self] in
      for handler in handlers.values { handler.cut() }
    }
    return promise.futureResult
  }
}
