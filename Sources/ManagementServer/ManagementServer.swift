package import AMQPServer
import Hummingbird
package import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

#if canImport(Glibc)
import Glibc
#endif

/// RabbitMQ's management HTTP API over an embedded broker (RabbitMQ, "Management HTTP API").
///
/// What it lists is read from the engine for each request; rates come from samples that are taken
/// while somebody asks (see ``Statistics``).
package final class ManagementServer: Sendable {
  /// The port that it listens on.
  package let port: Int
  private let service: ServiceGroup
  private let running: Task<Void, any Error>
  private let statistics: Statistics

  /// Starts to listen.
  ///
  /// - Parameters:
  ///   - configuration: Where.
  ///   - broker: What it manages; it is not stopped by this.
  ///   - logger: For what the server itself does.
  /// - Returns: The server, which listens.
  /// - Throws: ``ManagementError``.
  package static func start(
    _ configuration: ManagementConfiguration,
    of broker: BrokerServer,
    logger: Logger
  ) async throws(ManagementError) -> ManagementServer {
    let tries = configuration.triesNextPorts ? ManagementConfiguration.portsTried : 1
    let last = min(configuration.port + tries - 1, Int(UInt16.max))
    for port in configuration.port...max(configuration.port, last) {
      switch await listen(on: port, configuration, broker, logger) {
      case .success(let server): return server
      case .failure(let error as IOError) where error.errnoCode == EADDRINUSE: continue
      case .failure(let error):
        throw ManagementError(
          "cannot listen on \(configuration.bindAddress):\(port): \(Self.reason(error))"
        )
      }
    }
    throw ManagementError(
      tries == 1
        ? "\(configuration.bindAddress):\(configuration.port) is in use; choose another port with "
          + "--management-port"
        : "\(configuration.bindAddress) ports \(configuration.port) to \(last) are in use; choose "
          + "another with --management-port"
    )
  }

  /// Serves every management of the process, and ends with that: what Hummingbird does at its end
  /// it does in a task that nobody can wait for, and on this.
  private static let thread = MultiThreadedEventLoopGroup(numberOfThreads: 1)
  /// A connection without a request is closed after that, as RabbitMQ does.
  private static let idleTimeout = TimeAmount.seconds(60)
  /// How long a request that has begun may take when the server ends.
  private static let lastRequests = Duration.seconds(1)

  private static func reason(_ error: any Error) -> String {
    (error as? IOError).map { String(cString: strerror($0.errnoCode)) } ?? "\(error)"
  }

  private static func listen(
    on port: Int,
    _ configuration: ManagementConfiguration,
    _ broker: BrokerServer,
    _ logger: Logger
  ) async -> Result<ManagementServer, any Error> {
    let office = Office(
      broker: broker,
      statistics: Statistics(broker),
      configuration: configuration
    )
    let (ports, tell) = AsyncStream.makeStream(of: Int.self)
    var quiet = logger
    quiet.logLevel = .error
    let application = Application(
      responder: Responder(desk: Desk(office: office, table: .all)),
      server: .http1(configuration: .init(idleTimeout: idleTimeout)),
      configuration: ApplicationConfiguration(
        address: .hostname(configuration.bindAddress, port: port),
        serverName: "Sluice"
      ),
      onServerRunning: { channel in
        let bound = channel.localAddress?.port ?? port
        office.listening.note(bound)
        tell.yield(bound)
      },
      eventLoopGroupProvider: .shared(thread),
      logger: quiet
    )
    var service = ServiceGroupConfiguration(services: [application], logger: quiet)
    service.maximumGracefulShutdownDuration = lastRequests
    let serviceGroup = ServiceGroup(configuration: service)
    let running = Task {
      defer { tell.finish() }
      try await serviceGroup.run()
    }
    for await port in ports {
      return .success(ManagementServer(port, serviceGroup, running, office.statistics))
    }
    var problem: any Error = ManagementError("it ended at once")
    do {
      try await running.value
    } catch {
      problem = error
    }
    return .failure(problem)
  }

  private init(
    _ port: Int,
    _ service: ServiceGroup,
    _ running: Task<Void, any Error>,
    _ statistics: Statistics
  ) {
    self.port = port
    self.service = service
    self.running = running
    self.statistics = statistics
  }

  /// Stops listening, answers who has asked, and cuts who is connected.
  package func stop() async {
    statistics.end()
    // To cancel it instead would print an error each time.
    await service.triggerGracefulShutdown()
    _ = await running.result
  }
}

/// Why the management could not start, as one line for a person.
package struct ManagementError: Error, Sendable, Hashable, CustomStringConvertible {
  package let description: String

  init(_ description: String) {
    self.description = description
  }
}
