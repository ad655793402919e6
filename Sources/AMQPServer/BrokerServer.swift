import AMQP
import Broker
package import Definitions
package import Logging
import NIOCore
import NIOPosix
import Synchronization
package import Telemetry

/// An AMQP 0-9-1 broker that listens on a port.
///
/// One event loop owns the sockets and the engine; everything here may be called from anywhere.
package final class BrokerServer: Sendable {
  /// The port that it listens on.
  package let port: Int
  /// As a client would write it, without a password: `amqp://127.0.0.1:5672`.
  package let endpoint: String
  /// The address that it listens on, as it was configured.
  package var address: String { configuration.bindAddress }
  /// The port that it listens on for encrypted connections; nil when it does not.
  package let tlsPort: Int?
  /// Set when the wanted port was taken and another is used; a sentence for the person.
  package let notice: String?
  /// The newest picture of the broker; a new one is there after each interval.
  package let snapshots = Mailbox<BrokerSnapshot>()

  let group: MultiThreadedEventLoopGroup
  let loop: NIOLoopBound<BrokerLoop>
  let eventLoop: any EventLoop
  private let identity: BrokerIdentity
  let configuration: ServerConfiguration
  let disks: BrokerLoop.DiskOpener
  private let wake = Mutex<(@Sendable () -> Void)?>(nil)
  private let logger: Logger
  private let isStopped = Mutex(false)
  /// What makes a snapshot now and then; nil while nobody wants any.
  private let snapshotTask = Mutex<RepeatedTask?>(nil)

  /// Starts to listen.
  ///
  /// - Parameters:
  ///   - configuration: How and where.
  ///   - logger: For what the server itself does.
  ///   - onEvent: Told on the broker's loop of what a person should see; names in the texts came
  ///     from the network and are not fit for a terminal.
  /// - Returns: The server, which listens.
  /// - Throws: ``ServerError/addressInUse(address:port:triedPorts:)`` and
  ///   ``ServerError/cannotListen(address:port:reason:)``, with TLS also
  ///   ``ServerError/badTLSFile(path:reason:)``, with definitions
  ///   ``ServerError/badDefinitions(_:)``.
  package static func start(
    _ configuration: ServerConfiguration,
    logger: Logger,
    onEvent: (@Sendable (BrokerEvent) -> Void)? = nil
  ) async throws(ServerError) -> BrokerServer {
    try await start(
      configuration,
      logger: logger,
      onEvent: onEvent,
      disks: DataDirectory.Disks.open
    )
  }

  static func start(
    _ configuration: ServerConfiguration,
    logger: Logger,
    onEvent: (@Sendable (BrokerEvent) -> Void)? = nil,
    disks: @escaping BrokerLoop.DiskOpener
  ) async throws(ServerError) -> BrokerServer {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    var opened: NIOLoopBound<BrokerLoop>?
    let loop: NIOLoopBound<BrokerLoop>
    let listener: any NIOCore.Channel
    var tlsListener: (any NIOCore.Channel)?
    do {
      let eventLoop = group.next()
      // Making the loop's state on the loop itself cannot fail; only the future's type can.
      loop = try await eventLoop.submit {
        let loop = BrokerLoop(eventLoop: eventLoop, limits: configuration.limits)
        loop.onEvent = onEvent
        try loop.begin(with: configuration, disks: disks)
        return NIOLoopBound(loop, eventLoop: eventLoop)
      }.get()
      opened = loop
      if let tls = configuration.tls {
        tlsListener = try await Listener.openEncrypted(tls, configuration, on: group, loop: loop)
      }
      listener = try await Listener.open(configuration, on: group, loop: loop)
    } catch {
      // What failed is said below, and nothing was promised to anybody yet.
      if let opened { try? await group.next().flatSubmit { opened.value.close() }.get() }
      // The group has done nothing yet, so there is nothing to lose with its error.
      try? await group.shutdownGracefully()
      throw error as? ServerError
        ?? .cannotListen(
          address: configuration.bindAddress,
          port: configuration.port,
          reason: "\(error)"
        )
    }
    let server = BrokerServer(
      configuration,
      disks: disks,
      group: group,
      loop: loop,
      listener: listener,
      tlsListener: tlsListener,
      logger: logger
    )
    listener.eventLoop.execute { [tlsListener] in
      loop.value.listeners = [listener] + [tlsListener].compactMap { $0 }
      loop.value.startMeasuring()
    }
    if let interval = configuration.snapshotInterval { server.scheduleSnapshots(every: interval) }
    logger.info("listening", metadata: ["amqp": "\(server.endpoint)"])
    return server
  }

  private init(
    _ configuration: ServerConfiguration,
    disks: @escaping BrokerLoop.DiskOpener,
    group: MultiThreadedEventLoopGroup,
    loop: NIOLoopBound<BrokerLoop>,
    listener: any NIOCore.Channel,
    tlsListener: (any NIOCore.Channel)?,
    logger: Logger
  ) {
    let port = listener.localAddress?.port ?? configuration.port
    let address = configuration.bindAddress
    self.configuration = configuration
    self.disks = disks
    self.group = group
    self.loop = loop
    eventLoop = listener.eventLoop
    tlsPort = tlsListener?.localAddress?.port
    self.logger = logger
    self.port = port
    endpoint = "amqp://\(address.contains(":") ? "[\(address)]" : address):\(port)"
    let isAsWanted = configuration.port == 0 || configuration.port == port
    notice = isAsWanted ? nil : "port \(configuration.port) is taken, so this is \(port)"
    identity = BrokerIdentity(
      label: configuration.label,
      endpoint: endpoint,
      notice: notice,
      startedAt: Instant(nanoseconds: Int64(NIODeadline.now().uptimeNanoseconds))
    )
  }

  private func scheduleSnapshots(every interval: Duration) {
    eventLoop.execute { [self] in
      publishSnapshot()
      let task = eventLoop.scheduleRepeatedTask(
        initialDelay: TimeAmount(interval),
        delay: TimeAmount(interval)
      ) { [self] _ in publishSnapshot() }
      snapshotTask.withLock { old in
        old?.cancel()
        old = task
      }
    }
  }

  /// Makes snapshots at another pace from now on, and one at once.
  ///
  /// - Parameter interval: More than 0.
  package func setSnapshotInterval(_ interval: Duration) {
    scheduleSnapshots(every: interval)
  }

  func publishSnapshot() {
    let loop = loop.value
    loop.tellTime()
    var identity = identity
    identity.startedAt = loop.startedAt
    snapshots.put(loop.broker.snapshot(of: identity))
    wake.withLock { $0 }?()
  }

  /// Sets what is called, on the broker's loop, after each new snapshot; it must be quick.
  package func onSnapshot(_ body: @escaping @Sendable () -> Void) {
    wake.withLock { $0 = body }
  }

  /// Asks for a snapshot out of turn, to show at once what a key did.
  package func requestSnapshot() {
    eventLoop.execute { [self] in publishSnapshot() }
  }

  /// Everything but the messages, as it is now.
  ///
  /// - Returns: nil when the broker has stopped.
  package func definitions() async -> Definitions? {
    // Only a loop that has ended takes no more work.
    try? await eventLoop.submit { [loop] in Definitions(of: loop.value.broker) }.get()
  }

  /// What clients are told when the broker ends in order.
  static let shutDown = Violation(.connectionForced, "broker shut down")

  /// Set once the loop may be gone, which takes no more work.
  var hasStopped: Bool { isStopped.withLock { $0 } }

  /// Stops listening, asks every client to go (`connection.close` 320) and ends.
  package func stop() async {
    let isFirst = isStopped.withLock { isStopped in
      defer { isStopped = true }
      return !isStopped
    }
    guard isFirst else { return }
    do {
      try await eventLoop.flatSubmit { [loop] in loop.value.stop(Self.shutDown) }.get()
      try await group.shutdownGracefully()
    } catch {
      logger.error("stopping failed", metadata: ["error": "\(error)"])
    }
  }
}
