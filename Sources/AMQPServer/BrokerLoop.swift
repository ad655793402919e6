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
  private(set) var broker: Broker
  let eventLoop: any EventLoop
  private var handlers: [ObjectIdentifier: ConnectionHandler] = [:]
  private var isTurnScheduled = false
  /// When the engine is to be woken; `Int64.max` when it is not.
  private var wakeDeadline = Int64.max
  private var wakeTask: Scheduled<Void>?
  private var whenEmpty: EventLoopPromise<Void>?
  let limits: ServerLimits
  private var monitor: ResourceMonitor
  /// Set once it listens; not read from while as many connections are served as may be.
  var listeners: [any NIOCore.Channel] = []
  private var isAccepting = true
  /// Set between a crash and the new start.
  private(set) var isDown = false
  /// When the broker began, or began again after a crash.
  private(set) var startedAt: Instant
  /// nil when nothing outlives the process.
  var data: DataDirectory?
  /// What a person looks at closely, over crashes.
  private var watched = (Watch.nothing, isTapping: false)
  /// What a person asked for and takes several turns.
  var tasks = OperatorTasks()

  /// Told of each event; its texts have names in them that came from the network.
  var onEvent: (@Sendable (BrokerEvent) -> Void)?

  init(eventLoop: any EventLoop, limits: ServerLimits) {
    self.eventLoop = eventLoop
    self.limits = limits
    monitor = ResourceMonitor(limits)
    broker = Self.newBroker(limits)
    startedAt = Self.instant
    tellTime()
  }

  private static func newBroker(_ limits: ServerLimits) -> Broker {
    var generator = SystemRandomNumberGenerator()
    let broker = Broker(seed: generator.next(), makeName: randomName)
    broker.queueCountLimit = limits.queueCount
    return broker
  }

  private static var instant: Instant {
    Instant(nanoseconds: Int64(NIODeadline.now().uptimeNanoseconds))
  }

  /// 128 random bits, a name that no client can guess, as 22 letters of base64url like RabbitMQ's.
  private static func randomName() -> String {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    var generator = SystemRandomNumberGenerator()
    return String((0..<22).map { _ in letters[Int(generator.next(upperBound: UInt64(64)))] })
  }

  /// Tells the engine what time it is.
  func tellTime() {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    let milliseconds = Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    broker.advance(
      to: Self.instant,
      wallTime: WallTime(milliseconds: milliseconds)
    )
  }

  /// Finishes what one read began: everything for one connection goes out in one write.
  func endTurn() {
    if let onEvent, broker.hasNewEvents { broker.takeNewEvents().forEach(onEvent) }
    for connection in broker.finishTurn() { connection.transport?.flush() }
    if let data {
      data.work()
      if data.isFlooded != broker.isStoreFlooded { broker.setStoreFlooded(data.isFlooded) }
    }
    if broker.hasWorkLeft { endTurnSoon() }
    if let deadline = broker.nextDeadline, deadline < wakeDeadline { wake(at: deadline) }
  }

  /// Writes what waits for the disk, and leaves the data directory to others.
  ///
  /// - Returns: Done when all is written, or the disk took nothing.
  func close() -> EventLoopFuture<Void> {
    tasks.abandonAll(because: "the broker has stopped")
    guard let data else { return eventLoop.makeSucceededVoidFuture() }
    return data.finish().assumeIsolated().always { [self] _ in
      self.data = nil
      broker.keepNothing()
    }.nonisolated()
  }

  /// The disk did something that others waited for.
  func diskProgressed() {
    tellTime()
    endTurn()
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
    afterOthers { [self] in
      isTurnScheduled = false
      tellTime()
      endTurn()
    }
  }

  /// Does something after every socket that is ready had its turn.
  ///
  /// NIO does what `execute` was given, and what that gives to `execute` in turn, before it looks at
  /// its sockets again; only what lies in the future waits for them.
  func afterOthers(_ body: @escaping () -> Void) {
    eventLoop.assumeIsolated().scheduleTask(in: .microseconds(Self.yieldMicroseconds)) { body() }
  }

  /// Longer than the loop needs to come to look for tasks that are due.
  private static let yieldMicroseconds: Int64 = 20

  /// Looks at memory and disk now and from then on.
  func startMeasuring() {
    measure()
    let delay = TimeAmount.seconds(ServerLimits.measureSeconds)
    let loop = NIOLoopBound(self, eventLoop: eventLoop)
    eventLoop.scheduleRepeatedTask(initialDelay: delay, delay: delay) { _ in loop.value.measure() }
  }

  /// It is the disk under the data directory whose free room counts.
  func watchDisk(of directory: String) { monitor.directory = directory }

  private func measure() {
    tellTime()
    monitor.look(for: broker)
    data?.compact()
    endTurn()
  }

  /// Stops taking connections when there are enough, and goes on when there is room: as with
  /// RabbitMQ 3.10, those beyond wait unanswered in the system's backlog.
  private func limitConnections() {
    let hasRoom = !isDown && handlers.count < limits.connectionCount ?? .max
    guard hasRoom != isAccepting else { return }
    isAccepting = hasRoom
    for listener in listeners {
      // A listener that cannot take the option is closing, and takes no more connections anyway.
      _ = try? listener.syncOptions?.setOption(.autoRead, value: hasRoom)
    }
  }

  /// Cuts every connection and forgets everything that is in memory, as if the process had died.
  ///
  /// - Returns: Done when the disk has ended what it was doing; until ``comeBack()`` nobody is
  ///   let in.
  func crash() -> EventLoopFuture<Void> {
    isDown = true
    tasks.abandonAll(because: "the broker crashed")
    limitConnections()
    let ended = data?.abandon() ?? eventLoop.makeSucceededVoidFuture()
    data = nil
    for handler in handlers.values { handler.cut() }
    return ended
  }

  /// Begins with an empty broker where ``crash()`` left off.
  func comeBack() {
    // The old one lets go of the directory.
    broker.keepNothing()
    wakeTask?.cancel()
    wakeDeadline = .max
    broker = Self.newBroker(limits)
    startedAt = Self.instant
    tellTime()
    broker.watch(watched.0, isTapping: watched.isTapping)
    isDown = false
  }

  /// Tells more about one thing from now on.
  func watch(_ watch: Watch, isTapping: Bool) {
    watched = (watch, isTapping)
    broker.watch(watch, isTapping: isTapping)
  }

  /// Lets clients in again.
  func letIn() { limitConnections() }

  func register(_ handler: ConnectionHandler) {
    handlers[ObjectIdentifier(handler)] = handler
    limitConnections()
  }

  func unregister(_ handler: ConnectionHandler) {
    handlers[ObjectIdentifier(handler)] = nil
    limitConnections()
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
