import Synchronization
import Telemetry

/// What was measured in one phase of a timed run.
package struct PhaseMeasurement: Sendable, Hashable {
  package var name: String
  /// As lessons name them; see ``LabMeasurements``.
  package var values: [String: Double]

  /// - Parameters:
  ///   - name: The phase's name in the scenario.
  ///   - values: What was measured.
  package init(name: String, values: [String: Double]) {
    self.name = name
    self.values = values
  }
}

extension LabRunner {
  /// Something that a timed run does at an instant.
  private enum Turn {
    case measure(PhasePlan)
    case heal(entry: Int)
    case begin(PhasePlan)
    case happen(TimelineEntry, entry: Int)

    /// Of things at one instant: first what belongs to the time before.
    var rank: Int {
      switch self {
      case .measure: 0
      case .heal: 1
      case .begin: 2
      case .happen: 3
      }
    }
  }

  /// Plays the scenario's timeline and measures its phases.
  ///
  /// It waits for the scenario to run first, and returns when the time is over; the customers have
  /// not gone home then.
  ///
  /// - Parameters:
  ///   - duration: Of the run, on the clock.
  ///   - note: Called with a line for each thing that happens.
  /// - Returns: The phases in the order of their ends.
  /// - Throws: ``LabError`` when the scenario could not start.
  package func play(
    for duration: Duration,
    note: @escaping @Sendable (String) -> Void
  ) async throws(LabError) -> [PhaseMeasurement] {
    // The start has its own limit and always comes to an end, on a busy machine a little later.
    while await !wait(Limits.start, until: { $0.model.state != .starting }) {}
    switch state.withLock({ $0.model.state }) {
    case .failed(let reason): throw LabError(code: .badConfiguration, message: reason)
    case .starting: throw LabError(code: .badConfiguration, message: "it did not start in time")
    case .running, .draining, .stopped: break
    }
    let began = MonotonicClock.now()
    var measured: [PhaseMeasurement] = []
    var bases: [String: LabSnapshot] = [:]
    var identifiers: [Int: Int] = [:]
    for (percent, turn) in turns() {
      await sleep(until: began.advanced(by: duration * percent / 100))
      switch turn {
      case .measure(let phase):
        let values = LabMeasurements(snapshot, since: bases[phase.name]).values
        measured.append(PhaseMeasurement(name: phase.name, values: values))
      case .begin(let phase):
        bases[phase.name] = snapshot
        note("\(percent) %: phase \(phase.name)")
      case .heal(let entry):
        guard let identifier = identifiers[entry] else { continue }
        note("\(percent) %: " + Self.text(await heal(fault: identifier)))
      case .happen(let happening, let entry):
        let text = await happen(happening, entry, duration, &identifiers)
        note("\(percent) %: " + text)
      }
    }
    await sleep(until: began.advanced(by: duration))
    return measured
  }

  private func turns() -> [(percent: Int, turn: Turn)] {
    let scenario = state.withLock { $0.model.scenario }
    var turns: [(percent: Int, turn: Turn)] = []
    for phase in scenario.phases {
      turns.append((phase.fromPercent, .begin(phase)))
      turns.append((phase.untilPercent, .measure(phase)))
    }
    for (index, entry) in scenario.timeline.enumerated() {
      turns.append((entry.atPercent, .happen(entry, entry: index)))
      if let until = entry.untilPercent { turns.append((until, .heal(entry: index))) }
    }
    return turns.sorted { ($0.percent, $0.turn.rank) < ($1.percent, $1.turn.rank) }
  }

  private func happen(
    _ entry: TimelineEntry,
    _ index: Int,
    _ duration: Duration,
    _ identifiers: inout [Int: Int]
  ) async -> String {
    switch entry.happening {
    case .fault(let request):
      let result = await put(request)
      if case .success = result {
        identifiers[index] = state.withLock { state in
          state.model.faults.last { $0.request == request }?.identifier
        }
      }
      return Self.text(result)
    case .load where state.withLock({ $0.model.replay }) != nil:
      // What was recorded has the peaks of its own run.
      return "load: the recording goes on"
    case .load(var shape):
      if let seconds = secondsOfLoad(entry, duration) { shape.seconds = seconds }
      setShape(shape)
      return "load: \(shape.kind.rawValue), factor \(shape.factor), \(shape.seconds) s"
    case .join(let service): return Self.text(await join(service: service))
    }
  }

  /// How long a load goes on: until the timeline's next one.
  private func secondsOfLoad(_ entry: TimelineEntry, _ duration: Duration) -> Double? {
    let loads = state.withLock { $0.model.scenario.timeline }.filter { other in
      if case .load = other.happening { other.atPercent > entry.atPercent } else { false }
    }
    guard let next = loads.map(\.atPercent).min() else { return nil }
    let (seconds, attoseconds) = duration.components
    let all = Double(seconds) + Double(attoseconds) * 1e-18
    return all * configuration.timeScale * Double(next - entry.atPercent) / 100
  }

  private func sleep(until instant: Instant) async {
    let seconds = instant.seconds(since: MonotonicClock.now())
    guard seconds > 0 else { return }
    // It fails when the task is cancelled, and then the run is over sooner.
    try? await Task.sleep(for: .seconds(seconds))
  }

  private static func text(_ result: Result<String, LabRefusal>) -> String {
    switch result {
    case .success(let text): text
    case .failure(let refusal): refusal.message
    }
  }
}
