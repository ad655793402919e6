import AMQPServer
import Dashboard
import Diagnosis
import Telemetry

/// Looks at a broker without a screen, and runs a command for each new critical finding.
///
/// - Isolation: the main actor.
@MainActor
final class AlertGuard {
  /// How often is looked.
  nonisolated static let interval = Duration.milliseconds(500)

  private let server: BrokerServer
  private let command: AlertCommand
  private var diagnosis = Diagnosis(refreshSeconds: 0.5)
  private var watch = AlertWatch()

  /// - Parameters:
  ///   - server: Publishes snapshots each ``interval``.
  ///   - command: For `/bin/sh -c`.
  init(_ server: BrokerServer, command: String) {
    self.server = server
    self.command = AlertCommand(command) { text in
      Task { _ = await server.perform(.record(text: text, severity: .warning)) }
    }
    server.onSnapshot { [weak self] in
      Task { @MainActor in self?.look() }
    }
  }

  /// Runs nothing any more.
  func end() { command.end() }

  private func look() {
    guard let snapshot = server.snapshots.take() else { return }
    diagnosis.examine(snapshot)
    for finding in watch.news(in: diagnosis.findings, at: snapshot.at) {
      command.run(FindingRecord(finding, in: snapshot))
    }
  }
}
