import AMQPServer
import ArgumentParser
import Canvas
import Curses
import Glibc
import Logging

/// `sluice serve`: the broker alone, without a screen.
struct ServeCommand: RunnableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    _superCommandName: "sluice",
    abstract: "Run the broker alone, without a screen.",
    discussion: """
      Prints one line when it is ready, logs to standard error, and stops on SIGTERM or SIGINT \
      after asking its clients to go.
      """
  )

  @Option(help: ArgumentHelp("The address to listen on.", valueName: "address"))
  var bind = "127.0.0.1"

  @Option(help: ArgumentHelp("The port to listen on; 0 takes a free one.", valueName: "port"))
  var amqpPort = 5672

  @OptionGroup(title: "Encryption")
  var encryption: EncryptionOptions

  @OptionGroup(title: "Limits")
  var limits: LimitOptions

  func validate() throws {
    try Validation.checkPort(amqpPort)
  }

  @MainActor
  func execute() async -> ExitStatus {
    let (stops, stop) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    for signal in [SIGTERM, SIGINT] {
      Signals.shared.onSignal(signal) { stop.yield() }
    }
    let logger = Logger(label: "sluice") { StreamLogHandler.standardError(label: $0) }
    let configuration = ServerConfiguration(
      bindAddress: bind,
      port: amqpPort,
      snapshotInterval: nil,
      label: "broker",
      limits: limits.limits,
      tls: encryption.settings
    )
    let server: BrokerServer
    do {
      server = try await BrokerServer.start(configuration, logger: logger)
    } catch {
      Announcement.complain(SafeText.clean(error.description))
      if case .badTLSFile = error { return .configuration }
      return .failure
    }
    let endpoint = server.endpoint.split(separator: "//").last.map(String.init) ?? server.endpoint
    let tls = server.tlsPort.map { " amqps=\(bind):\($0)" } ?? ""
    Announcement.say("ready amqp=\(endpoint)\(tls) pid=\(getpid())")
    for await _ in stops { break }
    // A second signal means: now.
    for signal in [SIGTERM, SIGINT] { Signals.shared.release(signal) }
    logger.info("stopping")
    await server.stop()
    return .success
  }
}
