import AMQPServer
import Diagnosis
import Foundation
import Synchronization
import Telemetry
import TestSupport

/// Looks at a broker as the dashboard does, and remembers when each finding was first there.
final class DiagnosisWatch: Sendable {
  /// What was found, and when for the first time.
  struct Sighting: Sendable {
    var finding: Finding
    var at: ContinuousClock.Instant
    /// The broker's clock.
    var instant: Instant
  }

  private struct State {
    var sightings: [Sighting] = []
    var diagnosis: Diagnosis
    var newest: BrokerSnapshot?
  }

  private let state: Mutex<State>
  private let task: Mutex<Task<Void, Never>?> = Mutex(nil)

  /// Begins to look.
  ///
  /// - Parameters:
  ///   - server: Nobody else may take its snapshots.
  ///   - tuning: Of the rules.
  init(_ server: BrokerServer, tuning: Tuning = .standard) {
    state = Mutex(State(diagnosis: Diagnosis(tuning: tuning)))
    let looking = Task { [weak self] in
      while !Task.isCancelled {
        if let snapshot = server.snapshots.take() { self?.look(at: snapshot) }
        // The end of a cancelled sleep is that of the loop.
        try? await Task.sleep(for: .milliseconds(100))
      }
    }
    task.withLock { $0 = looking }
  }

  private func look(at snapshot: BrokerSnapshot) {
    state.withLock { state in
      if let newest = state.newest, newest.at >= snapshot.at { return }
      let before = Set(state.diagnosis.findings.map(\.identity))
      state.diagnosis.examine(snapshot)
      state.newest = snapshot
      for finding in state.diagnosis.findings where !before.contains(finding.identity) {
        state.sightings.append(Sighting(finding: finding, at: .now, instant: snapshot.at))
      }
    }
  }

  /// What is found now.
  var findings: [Finding] { state.withLock { $0.diagnosis.findings } }
  var newest: BrokerSnapshot? { state.withLock { $0.newest } }

  /// Every finding that was not there a snapshot before, so far.
  var sightings: [Sighting] { state.withLock { $0.sightings } }

  /// The rules that spoke of trouble so far.
  var troubles: [Rule] { sightings.map(\.finding.rule).filter { $0.severity != .note } }

  /// Waits until a rule speaks.
  ///
  /// - Parameters:
  ///   - rule: Which.
  ///   - name: What it speaks of, as a screen calls it; nil for anything.
  ///   - since: Earlier ones do not count.
  ///   - deadline: How long to wait.
  /// - Returns: What it said first.
  /// - Throws: ``DeadlineMissed`` with what was found instead.
  func wait(
    for rule: Rule,
    of name: String? = nil,
    since: ContinuousClock.Instant,
    deadline: Duration = .seconds(40)
  ) async throws -> Sighting {
    func seen() -> Sighting? {
      sightings.first { sighting in
        sighting.at >= since && sighting.finding.rule == rule
          && (name == nil || sighting.finding.subject.shownName == name)
      }
    }
    try await TestSupport.wait(
      for: "\(rule.word) \(name ?? "")",
      deadline: deadline,
      interval: .milliseconds(50),
      seen: { "\(findings.map { "\($0.rule.word) \($0.subject.shownName): \($0.text)" })" }
    ) { seen() != nil }
    guard let sighting = seen() else { throw DeadlineMissed(description: "gone again") }
    return sighting
  }

  func stop() { task.withLock { $0?.cancel() } }
}

/// The table of measured times, a line for each verdict, where `SLUICE_VERDICT_TIMES` names a file.
enum VerdictTimes {
  static func note(_ rule: Rule, _ cause: String, _ taken: Duration, bar: Double?) {
    guard let path = ProcessInfo.processInfo.environment["SLUICE_VERDICT_TIMES"] else { return }
    let limit = bar.map { "\($0) s" } ?? "-"
    let seconds = (taken / .seconds(1) * 100).rounded() / 100
    let line = "| \(rule.rawValue) | \(cause) | \(seconds) s | \(limit) |\n"
    guard let file = fopen(path, "a") else { return }
    fputs(line, file)
    fclose(file)
  }
}
