import AMQPServer
import ArgumentParser
import Canvas
import Curses
import Definitions
import Glibc
import Lab
import Logging
import ManagementServer
import Telemetry

/// `sluice serve`: the broker alone, without a screen.
struct ServeCommand: RunnableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    _superCommandName: "sluice",
    abstract: "Run the broker alone, without a screen.",
    discussion: """
      Keeps durable queues and persistent messages in $XDG_DATA_HOME/sluice, or \
      ~/.local/share/sluice. \
      Prints one line when it is ready, logs to standard error, and stops on SIGTERM or SIGINT \
      after asking its clients to go.
      """
  )

  @Option(help: ArgumentHelp("The address to listen on.", valueName: "address"))
  var bind = "127.0.0.1"

  @Option(help: ArgumentHelp("The port to listen on; 0 takes a free one.", valueName: "port"))
  var amqpPort = 5672

  @Option(
    help: ArgumentHelp(
      "Begin with what a RabbitMQ exported: users, virtual hosts, queues and so on.",
      valueName: "file"
    )
  )
  var definitions: String?

  @Option(
    help: ArgumentHelp("Write the definitions there when the broker stops.", valueName: "file")
  )
  var exportDefinitions: String?

  @OptionGroup(title: "Alerts")
  var alert: AlertCommandOption

  @OptionGroup(title: "Data")
  var data: DataOptions

  @OptionGroup(title: "Encryption")
  var encryption: EncryptionOptions

  @OptionGroup(title: "Limits")
  var limits: LimitOptions

  @OptionGroup(title: "Management")
  var management: ManagementOptions

  /// For a program that starts a broker for its own use and must not leave it behind.
  @Flag(help: .hidden)
  var asChild = false

  func validate() throws {
    try Validation.checkPort(amqpPort)
  }

  @MainActor
  func execute() async -> ExitStatus {
    let (stops, stop) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    for signal in [SIGTERM, SIGINT] {
      Signals.shared.onSignal(signal) { stop.yield() }
    }
    let parent = asChild ? ParentWatch { stop.yield() } : nil
    defer { parent?.end() }
    let logger = Logger(label: "sluice") { StreamLogHandler.standardError(label: $0) }
    let definitions: Definitions?
    do {
      definitions = try DefinitionsFile.read(self.definitions)
    } catch {
      Announcement.complain(error.description)
      return .configuration
    }
    let temporary = asChild ? TemporaryDirectory(.broker) : nil
    defer { temporary?.remove() }
    guard let directory = asChild ? temporary?.path : data.directoryOrDefault else {
      guard !asChild else {
        let reason = String(cString: strerror(errno))
        Announcement.complain("no temporary directory: \(reason); set TMPDIR")
        return .failure
      }
      Announcement.complain("HOME is not set; say with --data where messages are kept")
      return .usage
    }
    let configuration = ServerConfiguration(
      bindAddress: bind,
      port: amqpPort,
      snapshotInterval: nil,
      label: "broker",
      limits: limits.limits,
      tls: encryption.settings,
      definitions: definitions,
      dataDirectory: directory,
      keepsGuest: false
    )
    let server: BrokerServer
    do {
      server = try await BrokerServer.start(configuration, logger: logger) { event in
        logger.log(level: event.severity.level, "\(SafeText.clean(event.text))")
      }
    } catch {
      return Announcement.complain(error, definitions: self.definitions)
    }
    let watch = FindingsWatch(server, command: alert.command)
    let management: ManagementServer?
    do {
      management = try await openManagement(of: server, watch, logger)
    } catch {
      Announcement.complain(error.description)
      await server.stop()
      return .configuration
    }
    announce(server, management)
    for await _ in stops { break }
    // A second signal means: now.
    for signal in [SIGTERM, SIGINT] { Signals.shared.release(signal) }
    logger.info("stopping")
    let isExported = await export(from: server)
    watch.end()
    await management?.stop()
    await server.stop()
    return isExported ? .success : .failure
  }

  /// Starts the management API, if it is wanted.
  @MainActor
  private func openManagement(
    of server: BrokerServer,
    _ watch: FindingsWatch,
    _ logger: Logger
  ) async throws(ManagementError) -> ManagementServer? {
    guard let port = management.port else { return nil }
    let configuration = ManagementConfiguration(
      bindAddress: bind,
      port: port,
      triesNextPorts: !management.isPortGiven,
      findings: { await watch.findings() }
    )
    return try await ManagementServer.start(configuration, of: server, logger: logger)
  }

  /// Says where it listens, in one line for a person or a script.
  private func announce(_ server: BrokerServer, _ management: ManagementServer?) {
    let endpoint = server.endpoint.split(separator: "//").last.map(String.init) ?? server.endpoint
    let tls = server.tlsPort.map { " amqps=\(bind):\($0)" } ?? ""
    let http = management.map { " management=\(bind):\($0.port)" } ?? ""
    Announcement.say("ready amqp=\(endpoint)\(tls)\(http) pid=\(getpid())")
  }

  /// Writes the definitions, if that was asked for.
  ///
  /// - Returns: false when they could not be written, which is then said.
  private func export(from server: BrokerServer) async -> Bool {
    guard let exportDefinitions, let definitions = await server.definitions() else { return true }
    do {
      try DefinitionsFile.write(definitions, to: exportDefinitions)
      return true
    } catch {
      Announcement.complain(error.description)
      return false
    }
  }
}

extension BrokerEvent.Severity {
  fileprivate var level: Logger.Level {
    switch self {
    case .information: .info
    case .warning: .warning
    case .critical: .critical
    }
  }
}
