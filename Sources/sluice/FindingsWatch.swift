import AMQPServer
import Dashboard
import Diagnosis
import JSONText
import Telemetry

/// Diagnoses a broker without a screen: for a command that runs on each new critical finding, and
/// for programs that ask over HTTP.
///
/// Without a command it begins with the first question, so that a broker that nobody asks pays
/// nothing.
///
/// - Isolation: the main actor.
@MainActor
final class FindingsWatch {
  /// How often is looked.
  private static let interval = Duration.milliseconds(500)
  private static let seconds = 0.5

  private let server: BrokerServer
  private let command: AlertCommand?
  private var diagnosis = Diagnosis(refreshSeconds: FindingsWatch.seconds)
  private var watch = AlertWatch()
  private var newest: BrokerSnapshot?
  private var isLooking = false

  /// - Parameters:
  ///   - server: Publishes snapshots as soon as this begins to look.
  ///   - command: For `/bin/sh -c`; nil for none.
  init(_ server: BrokerServer, command: String?) {
    self.server = server
    self.command = command.map { command in
      AlertCommand(command) { text in
        Task { _ = await server.perform(.record(text: text, severity: .warning)) }
      }
    }
    if command != nil { begin() }
  }

  /// Runs nothing any more.
  func end() { command?.end() }

  /// What is found now; the first answer is empty, since nothing was looked at before.
  func findings() -> JSON {
    begin()
    guard let newest else { return [] }
    return .array(diagnosis.findings.map { FindingRecord($0, in: newest).json })
  }

  private func begin() {
    guard !isLooking else { return }
    isLooking = true
    server.onSnapshot { [weak self] in
      Task { @MainActor in self?.look() }
    }
    server.setSnapshotInterval(Self.interval)
  }

  private func look() {
    guard let snapshot = server.snapshots.take() else { return }
    diagnosis.examine(snapshot)
    newest = snapshot
    for finding in watch.news(in: diagnosis.findings, at: snapshot.at) {
      command?.run(FindingRecord(finding, in: snapshot))
    }
  }
}
