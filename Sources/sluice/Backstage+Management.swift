import AMQPServer
import JSONText
import Logging
import ManagementServer
import Telemetry

extension Backstage {
  /// Lets programs ask and act over HTTP; that it cannot be done is told as an event, for the
  /// dashboard does without.
  ///
  /// - Parameters:
  ///   - port: The first to try; nil to do without.
  ///   - findings: What the diagnosis finds now.
  func openManagement(
    on port: Int?,
    findings: @escaping @MainActor @Sendable () -> JSON
  ) async {
    guard let port else { return }
    let configuration = ManagementConfiguration(
      port: port,
      triesNextPorts: port != 0,
      findings: { await findings() }
    )
    var logger = Logger(label: "sluice") { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = .error
    do {
      let server = try await ManagementServer.start(configuration, of: server, logger: logger)
      management = server
      let text = "management API on http://127.0.0.1:\(server.port)"
      _ = await tell(.record(text: text, severity: .information))
    } catch {
      let text = "no management API: \(error.description)"
      _ = await tell(.record(text: text, severity: .warning))
    }
  }
}
