import AMQPClient
import AMQPServer
import Dashboard
import Glibc
import Lab
import LabBroker
import Logging
import ManagementServer
import Telemetry

/// What runs behind the screen: the broker and the scenario on it.
///
/// - Isolation: the main actor; the broker and the lab run elsewhere.
@MainActor
final class Backstage {
  let server: BrokerServer
  private let temporary: TemporaryDirectory?
  let lab = LabDesk()
  private var publishedByHand: UInt64 = 0
  /// Set while programs can ask over HTTP.
  var management: ManagementServer?

  /// Starts the broker, on the next free port when the wanted one is taken.
  static func open(_ plan: DashboardPlan) async throws(ServerError) -> Backstage {
    let temporary = plan.dataDirectory == nil ? TemporaryDirectory(.broker) : nil
    guard let directory = plan.dataDirectory ?? temporary?.path else {
      let reason = "no temporary directory: \(String(cString: strerror(errno))); give --data"
      throw .badDataDirectory(path: Environment.value("TMPDIR") ?? "/tmp", reason: reason)
    }
    let configuration = ServerConfiguration(
      port: plan.port,
      triesNextPorts: plan.port != 0,
      snapshotInterval: plan.refresh.duration,
      limits: plan.limits,
      tls: plan.tls,
      definitions: plan.definitions,
      dataDirectory: directory
    )
    var logger = Logger(label: "sluice") { StreamLogHandler.standardError(label: $0) }
    // Standard error is read after the dashboard: what the events panel shows need not be there.
    logger.logLevel = .error
    do throws(ServerError) {
      return Backstage(try await BrokerServer.start(configuration, logger: logger), temporary)
    } catch {
      temporary?.remove()
      throw error
    }
  }

  private init(_ server: BrokerServer, _ temporary: TemporaryDirectory?) {
    self.server = server
    self.temporary = temporary
  }

  /// Ends the broker, and what it kept for this run alone.
  func stopServer() async {
    await management?.stop()
    await server.stop()
    temporary?.remove()
  }

  /// Starts the scenario's processes.
  ///
  /// - Throws: ``LabError`` when the plan means nothing to the lab.
  func startLab(_ plan: DashboardPlan) async throws(LabError) {
    var configuration = plan.lab.configuration(
      at: ClientEndpoint(host: "127.0.0.1", port: server.port)
    )
    configuration.control = BrokerControl(server: server)
    try await lab.start(configuration)
  }

  /// Does what the dashboard wants of the broker or the lab.
  ///
  /// - Returns: What to tell the person; nil for effects that are not ours, or that need no answer.
  func perform(_ effect: Effect) async -> Outcome? {
    switch effect {
    case .publish(let virtualHost, let exchange, let routingKey, let count):
      return await tell(
        .publish(
          virtualHost: virtualHost,
          exchange: exchange,
          routingKey: routingKey,
          body: nextBody(),
          count: count
        )
      )
    case .pauseQueue(let virtualHost, let name, let isPaused):
      return await tell(.pauseQueue(virtualHost: virtualHost, name: name, isPaused: isPaused))
    case .pauseConsumer(let identifier, let isPaused):
      return await tell(.pauseConsumer(identifier: identifier, isPaused: isPaused))
    case .killConsumer(let identifier):
      return await tell(.closeConsumer(identifier: identifier))
    case .record(let text, let severity):
      return await tell(.record(text: text, severity: severity))
    case .crashBroker:
      return switch await server.crash() {
      case .success(let text): .succeeded(text)
      case .failure(let refusal): .refused(refusal.message)
      }
    case .act(let act):
      return await perform(act)
    case .watch(let watch, let isTapping):
      server.watch(watch, isTapping: isTapping)
      return nil
    case .setRefresh(let seconds):
      server.setSnapshotInterval(.milliseconds(Int(seconds * 1_000)))
      return nil
    case .killService, .bringBack, .setMode, .setLoad, .burst, .putFault, .healFault, .healAll,
      .setShape, .setMessageBytes, .addInstance, .removeInstance, .join, .turnKnob:
      return await lab.perform(effect) { text, severity in
        _ = await server.perform(.record(text: text, severity: severity))
      }
    case .suspend, .repaint, .quit, .look, .copy, .export, .alert, .bell, .readBody, .useTheme,
      .remember, .setRecording, .play, .holdPlaying, .switchTarget, .see:
      return nil
    }
  }

  func tell(_ command: OperatorCommand) async -> Outcome? {
    switch await server.perform(command) {
    case .success(""): nil
    case .success(let text): .succeeded(text)
    case .failure(let refusal): .refused(refusal.message)
    }
  }

  private func nextBody() -> [UInt8] {
    publishedByHand += 1
    return Array(#"{"note":"published by hand","sequence":\#(publishedByHand)}"#.utf8)
  }
}
