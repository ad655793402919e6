import Broker
import NIOCore
import Telemetry

/// The ways to end and come back, to see what survives.
extension BrokerServer {
  /// Crashes the broker and starts it again: connections are cut, memory is dropped without a word
  /// to the disk, and the data directory is opened as after a `kill -9`.
  ///
  /// - Parameter pause: How long it is away; who connects meanwhile is refused. Without a pause who
  ///   connects is kept waiting for the moment that it takes.
  /// - Returns: One line on what survived, or why it could not be done.
  package func crash(pause: Duration = .zero) async -> Result<String, OperatorRefusal> {
    await goAndReturn(pause: pause, .crash)
  }

  /// Ends the broker in order and starts it again: clients are told (`connection.close` 320), all
  /// that is persistent is written, and the data directory is opened by a new broker.
  ///
  /// - Parameter pause: How long it is away; who connects meanwhile is refused.
  /// - Returns: One line on what survived, or why it could not be done.
  package func restart(pause: Duration) async -> Result<String, OperatorRefusal> {
    await goAndReturn(pause: pause, .restart)
  }

  private enum Way: Sendable {
    case crash
    case restart

    var doneText: String {
      switch self {
      case .crash: "crashed and back"
      case .restart: "restarted"
      }
    }

    var eventText: String {
      switch self {
      case .crash: "the broker crashed (you, f)"
      case .restart: "the broker was restarted (you, f)"
      }
    }

    var severity: BrokerEvent.Severity {
      switch self {
      case .crash: .critical
      case .restart: .warning
      }
    }
  }

  /// What there was before the broker went.
  private struct Parting: Sendable {
    var messageCount: UInt64
    var connectionCount: Int
  }

  private func goAndReturn(
    pause: Duration,
    _ way: Way
  ) async -> Result<String, OperatorRefusal> {
    guard configuration.dataDirectory != nil else {
      return .failure(OperatorRefusal(message: "nothing would survive: there is no data directory"))
    }
    guard !hasStopped else { return .failure(.stopped) }
    do {
      let parting = try await eventLoop.flatSubmit { [self] in go(way) }.get()
      let result = await comeBack(after: parting, pause: pause, way)
      // A stop waits for this, so that the loop is there until here.
      eventLoop.execute { [loop] in loop.value.endReturn() }
      return result
    } catch {
      return .failure(error as? OperatorRefusal ?? .stopped)
    }
  }

  /// Ends the broker, on its loop.
  private func go(_ way: Way) -> EventLoopFuture<Parting> {
    let loop = loop.value
    guard !loop.isStopping else { return eventLoop.makeFailedFuture(OperatorRefusal.stopped) }
    guard !loop.isReturning else {
      return eventLoop.makeFailedFuture(OperatorRefusal(message: "the broker is down already"))
    }
    let connectionCount = loop.broker.connections.count
    func parting() -> Parting {
      let totals = loop.broker.totals
      return Parting(
        messageCount: totals.ready + totals.unacked,
        connectionCount: connectionCount
      )
    }
    switch way {
    case .crash:
      // What its clients held is in their hands when a process dies.
      let parting = parting()
      return loop.crash().map { parting }
    case .restart:
      return loop.leave(Self.shutDown).assumeIsolated().map { parting() }.nonisolated()
    }
  }

  private func comeBack(
    after parting: Parting,
    pause: Duration,
    _ way: Way
  ) async -> Result<String, OperatorRefusal> {
    do {
      if pause > .zero {
        try await eventLoop.flatSubmit { [loop] in loop.value.closeListeners() }.get()
        try await self.pause(for: TimeAmount(pause))
      }
      let text = try await begin(after: parting, way)
      if pause > .zero { try await listenAgain() }
      return .success("\(way.doneText): \(text)")
    } catch let refusal as OperatorRefusal {
      return .failure(refusal)
    } catch let error as ServerError {
      return .failure(OperatorRefusal(message: "the broker is back, but \(error)"))
    } catch {
      return .failure(.stopped)
    }
  }

  /// Not a sleep of the task: who is cancelled must still bring the broker back.
  private func pause(for amount: TimeAmount) async throws {
    try await eventLoop.flatSubmit { [loop] in loop.value.pause(for: amount) }.get()
  }

  /// Begins anew with what is in the data directory.
  ///
  /// - Returns: What survived.
  private func begin(after parting: Parting, _ way: Way) async throws -> String {
    var attemptsLeft = ServerLimits.returnAttempts
    while true {
      do {
        return try await eventLoop.submit { [self] in try beginNow(after: parting, way) }.get()
      } catch let error as ServerError {
        attemptsLeft -= 1
        guard case .dataDirectoryInUse = error, attemptsLeft > 0 else {
          try await eventLoop.submit { [loop] in loop.value.letIn() }.get()
          throw OperatorRefusal(message: "the broker is back without its directory: \(error)")
        }
      }
      try await pause(for: .milliseconds(ServerLimits.returnMilliseconds))
    }
  }

  /// On the broker's loop.
  private func beginNow(after parting: Parting, _ way: Way) throws -> String {
    let loop = loop.value
    if loop.isStopping { throw OperatorRefusal.stopped }
    let begun = NIODeadline.now()
    loop.comeBack()
    try loop.begin(with: configuration, disks: disks)
    loop.letIn()
    let recovered = loop.broker.totals.recovered
    // More come back than were there when acknowledgements had not reached the disk.
    let lost = parting.messageCount > recovered ? parting.messageCount - recovered : 0
    let text =
      "\(recovered) of \(parting.messageCount) messages survived, \(lost) lost, "
      + "\(parting.connectionCount) connections cut, "
      + "\((NIODeadline.now() - begun).nanoseconds / 1_000_000) ms"
    loop.broker.record(way.severity, "\(way.eventText): \(text)")
    loop.endTurn()
    return text
  }

  /// Listens on the same ports as before.
  private func listenAgain() async throws {
    var configuration = configuration
    configuration.port = port
    configuration.triesNextPorts = false
    if let tlsPort { configuration.tls?.port = tlsPort }
    try await take { () async throws(ServerError) in
      try await Listener.open(configuration, on: group, loop: loop)
    }
    guard let tls = configuration.tls else { return }
    try await take { () async throws(ServerError) in
      try await Listener.openEncrypted(tls, configuration, on: group, loop: loop)
    }
  }

  private func take(
    _ open: () async throws(ServerError) -> any NIOCore.Channel
  ) async throws {
    var attemptsLeft = ServerLimits.returnAttempts
    while true {
      do {
        let listener = try await open()
        // A stop that came meanwhile closes it.
        return try await eventLoop.submit { [loop] in loop.value.listeners.append(listener) }.get()
      } catch let error as ServerError {
        attemptsLeft -= 1
        guard attemptsLeft > 0 else { throw error }
      }
      try await pause(for: .milliseconds(ServerLimits.returnMilliseconds))
    }
  }
}
