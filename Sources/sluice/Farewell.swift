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
  private let lab: LabDesk
  private let brokerKeepsMessages: Bool
  private let pausedQueues: Set<String>

  /// - Parameters:
  ///   - lab: The scenario; it may not have started.
  ///   - brokerKeepsMessages: Whether the broker outlives this program.
  ///   - pausedQueues: Those that will not drain.
  init(_ lab: LabDesk, brokerKeepsMessages: Bool, pausedQueues: Set<String> = []) {
    self.lab = lab
    self.brokerKeepsMessages = brokerKeepsMessages
    self.pausedQueues = pausedQueues
  }

  /// Ends the scenario and then the broker.
  ///
  /// - Parameters:
  ///   - isWatched: Whether somebody can read what is printed.
  ///   - endBroker: Ends it, or leaves it.
  /// - Returns: How the program ends.
  func end(isWatched: Bool, endBroker: @MainActor () async -> Void) async -> ExitStatus {
    if let runner = lab.runner { await end(runner, isWatched: isWatched) }
    await endBroker()
    guard let runner = lab.runner else { return .failure }
    if case .failed = runner.snapshot.state { return .failure }
    return runner.recordingProblem == nil ? .success : .failure
  }

  private func end(_ lab: LabRunner, isWatched: Bool) async {
    if isWatched {
      Announcement.say("customers go home and queues drain; Ctrl-C skips this")
    }
    let (results, result) = AsyncStream.makeStream(of: LabLedger?.self)
    for signal in [SIGINT, SIGTERM, SIGHUP] {
      Signals.shared.onSignal(signal) { result.yield(nil) }
    }
    let stopping = Task { result.yield(await lab.stop(pausedQueues: pausedQueues)) }
    var ledger: LabLedger?
    for await first in results {
      ledger = first
      break
    }
    stopping.cancel()
    guard isWatched else { return }
    guard let ledger else {
      // The processes end by themselves when they find that we are gone.
      let rest = brokerKeepsMessages ? "stays there" : "is lost"
      Announcement.say("skipped: there is no ledger, and what waits in the queues \(rest)")
      return
    }
    ledger.lines.forEach(Announcement.say)
    if let problem = lab.recordingProblem { Announcement.complain(SafeText.clean(problem)) }
  }
}
