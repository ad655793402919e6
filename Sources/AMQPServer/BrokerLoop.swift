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
  /// Cuts those who did not go when asked.
  private var cutTask: Scheduled<Void>?
  let limits: ServerLimits
  private(set) var monitor: ResourceMonitor
  /// Set once it listens; not read from while as many connections are served as may be.
  var listeners: [any NIOCore.Channel] = []
  private var isAccepting = true
  /// Set between the end, by a crash or in order, and the new start.
  private(set) var isDown = false
  /// Set when there will be no new start.
  private(set) var isStopping = false
  /// Kept when the broker has gone and come back, or found that it is to stop.
  private var returning: EventLoopPromise<Void>?
  private var pauseTask: Scheduled<Void>?
  /// Whether it has gone, and who brings it back has not done all of that yet.
  var isReturning: Bool { returning != nil }
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
    let connections = broker.finishTurn()
    // First, so that the disk works while answers and deliveries go out.
    data?.work()
    for connection in connections { connection.transport?.flush() }
    if let data, data.isFlooded != broker.isStoreFlooded { broker.setStoreFlooded(data.isFlooded) }
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
    // A broker that has ended does nothing more by itself.
    guard !isDown else { return }
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
    goDown(because: "the broker crashed")
    let ended = data?.abandon() ?? eventLoop.makeSucceededVoidFuture()
    data = nil
    for handler in handlers.values { handler.cut() }
    return ended
  }

  /// Asks every client to go and leaves the data directory to others, to come back later.
  ///
  /// - Returns: Done when all is written; until ``comeBack()`` nobody is let in.
  func leave(_ violation: Violation) -> EventLoopFuture<Void> {
    goDown(because: "the broker restarts")
    return end(violation)
  }

  private func goDown(because reason: String) {
    isDown = true
    returning = eventLoop.makePromise()
    tasks.abandonAll(because: reason)
    limitConnections()
    wakeTask?.cancel()
    wakeDeadline = .max
  }

  /// Asks every client to go and leaves the data directory to others, for good.
  ///
  /// - Returns: Done when all is written and nobody listens.
  func stop(_ violation: Violation) -> EventLoopFuture<Void> {
    isStopping = true
    // Who is about to come back needs the loop to notice.
    pauseTask?.cancel()
    let returned = returning?.futureResult ?? eventLoop.makeSucceededVoidFuture()
    return returned.assumeIsolated().flatMap { [self] in closeListeners() }
      .flatMap { [self] in end(violation) }.nonisolated()
  }

  private func end(_ violation: Violation) -> EventLoopFuture<Void> {
    closeAll(violation).assumeIsolated().flatMap { [self] in close() }.nonisolated()
  }

  /// Stops listening; who connects is refused by the system.
  func closeListeners() -> EventLoopFuture<Void> {
    let closing = listeners.map { $0.close() }
    listeners = []
    return EventLoopFuture.andAllSucceed(closing, on: eventLoop)
  }

  /// Lets time go by before the broker comes back.
  ///
  /// - Returns: Failed when the broker is to stop.
  func pause(for amount: TimeAmount) -> EventLoopFuture<Void> {
    guard !isStopping else { return eventLoop.makeFailedFuture(OperatorRefusal.stopped) }
    let task = eventLoop.scheduleTask(in: amount) {}
    pauseTask = task
    return task.futureResult
  }

  /// Begins with an empty broker where ``crash()`` or ``leave(_:)`` left off.
  func comeBack() {
    // The old one lets go of the directory.
    broker.keepNothing()
    broker = Self.newBroker(limits)
    startedAt = Self.instant
    tellTime()
    broker.watch(watched.0, isTapping: watched.isTapping)
  }

  /// Tells more about one thing from now on.
  func watch(_ watch: Watch, isTapping: Bool) {
    watched = (watch, isTapping)
    broker.watch(watch, isTapping: isTapping)
  }

  /// Lets clients in again after ``comeBack()``.
  func letIn() {
    isDown = false
    limitConnections()
  }

  /// Nothing more is done to come back.
  func endReturn() {
    pauseTask = nil
    returning?.succeed()
    returning = nil
  }

  /// Sockets of clients that are open.
  var connectionCount: Int { handlers.count }

  func register(_ handler: ConnectionHandler) {
    handlers[ObjectIdentifier(handler)] = handler
    limitConnections()
    // It was accepted just before, and would be served by a broker that is no more.
    if isDown { handler.cut() }
  }

  func unregister(_ handler: ConnectionHandler) {
    handlers[ObjectIdentifier(handler)] = nil
    limitConnections()
    guard handlers.isEmpty else { return }
    cutTask?.cancel()
    whenEmpty?.succeed()
    whenEmpty = nil
  }

  /// Asks every client to go, and cuts those that have not after a while.
  ///
  /// - Returns: Done when no connection is left.
  private func closeAll(_ violation: Violation) -> EventLoopFuture<Void> {
    guard !handlers.isEmpty else { return eventLoop.makeSucceededVoidFuture() }
    let promise = eventLoop.makePromise(of: Void.self)
    whenEmpty = promise
    tellTime()
    for handler in handlers.values { handler.close(for: violation) }
    endTurn()
    let delay = TimeAmount.seconds(ServerLimits.stopSeconds)
    cutTask = eventLoop.assumeIsolated().scheduleTask(in: delay) { [self] in
      for handler in handlers.values { handler.cut() }
    }
    return promise.futureResult
  }
}
