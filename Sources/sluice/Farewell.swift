import AMQPServer
import Canvas
import Curses
import Glibc
import Lab
import Telemetry

/// The end of a dashboard, after the terminal was given back: customers go home, queues drain,
/// the ledger is printed.
///
/// - Isolation: the main actor.
@MainActor
struct Farewell {
  private let backstage: Backstage

  init(_ backstage: Backstage) {
    self.backstage = backstage
  }

  /// Ends the scenario and the broker.
  ///
  /// - Parameter isWatched: Whether somebody can read what is printed.
  /// - Returns: How the program ends.
  func end(isWatched: Bool) async -> ExitStatus {
    if let lab = backstage.lab { await end(lab, isWatched: isWatched) }
    await backstage.stopServer()
    guard let lab = backstage.lab else { return .failure }
    if case .failed = lab.snapshot.state { return .failure }
    return lab.recordingProblem == nil ? .success : .failure
  }

  private func end(_ lab: LabRunner, isWatched: Bool) async {
    if isWatched {
      Announcement.say("customers go home and queues drain; Ctrl-C skips this")
    }
    let (results, result) = AsyncStream.makeStream(of: LabLedger?.self)
    for signal in [SIGINT, SIGTERM, SIGHUP] {
      Signals.shared.onSignal(signal) { result.yield(nil) }
    }
    let stopping = Task { result.yield(await lab.stop()) }
    var ledger: LabLedger?
    for await first in results {
      ledger = first
      break
    }
    stopping.cancel()
    guard isWatched else { return }
    guard let ledger else {
      // The processes end by themselves when they find that we are gone.
      Announcement.say("skipped: there is no ledger, and what waits in the queues is lost")
      return
    }
    ledger.lines.forEach(Announcement.say)
    if let problem = lab.recordingProblem { Announcement.complain(SafeText.clean(problem)) }
  }
}
