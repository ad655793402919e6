import Telemetry

/// When each question is asked, from what its answers cost.
///
/// Every step some questions are due. One whose answers take long is asked so rarely that the broker
/// is busy with them for no more than ``PolledCall/share`` of the time.
struct PollingPlan: Sendable {
  /// How often a snapshot is made.
  var stepSeconds: Double
  private var entries: [PolledCall: Entry] = [:]
  /// When answers came in the last ``shareSeconds``, and for how long the broker was at them.
  private var spent: [(at: Instant, seconds: Double)] = []
  private var firstAt: Instant?

  /// Over so long the share of the time is told.
  static let shareSeconds = 60.0
  /// A list of more than ``PolledCall/longList`` rows is asked for at most so often.
  static let longListSeconds = 30.0
  /// Nothing is asked for more rarely, however dear it is.
  static let rarestSeconds = 600.0
  /// What the newest answer counts in the cost that is expected.
  private static let newestWeight = 0.5

  private struct Entry {
    var dueAt: Instant
    /// Of the last answers.
    var seconds: Double
    var bytes: Int
    var rows: Int
  }

  init(stepSeconds: Double) {
    self.stepSeconds = stepSeconds
  }

  /// The questions to be asked now, in the order in which to ask them.
  func due(at now: Instant) -> [PolledCall] {
    // What is due before the half of the next step is due now: timers are no clocks.
    let soon = now.advanced(bySeconds: stepSeconds / 2)
    let due = PolledCall.allCases.filter { call in
      entries[call].map { $0.dueAt <= soon } ?? true
    }
    // Clients are asked for together, or a consumer would be without its connection.
    let clients: Set<PolledCall> = [.connections, .channels, .consumers]
    return clients.isSubset(of: due) ? due : due.filter { !clients.contains($0) }
  }

  /// Takes what an answer cost.
  ///
  /// - Parameters:
  ///   - call: The question.
  ///   - seconds: From the question to the end of its answer.
  ///   - bytes: The answer's length.
  ///   - rows: How many things it listed.
  ///   - now: When it had come.
  mutating func answered(
    _ call: PolledCall,
    seconds: Double,
    bytes: Int,
    rows: Int,
    at now: Instant
  ) {
    let known = entries[call]?.seconds ?? seconds
    let expected = known + (seconds - known) * Self.newestWeight
    var entry = Entry(dueAt: now, seconds: expected, bytes: bytes, rows: rows)
    entry.dueAt = now.advanced(bySeconds: period(of: call, entry) - seconds)
    entries[call] = entry
    note(seconds, at: now)
  }

  /// Notes what a question cost that is not asked again and again.
  mutating func note(_ seconds: Double, at now: Instant) {
    firstAt = firstAt ?? now.advanced(bySeconds: -seconds)
    spent.append((now, seconds))
    spent.removeAll { now.seconds(since: $0.at) > Self.shareSeconds }
  }

  /// Asks everything again at once, as after a silence.
  mutating func begin() {
    for call in entries.keys { entries[call]?.dueAt = .zero }
  }

  private func period(of call: PolledCall, _ entry: Entry) -> Double {
    let byCost = entry.seconds / call.share
    let byLength = entry.rows > PolledCall.longList ? Self.longListSeconds : 0
    return min(Self.rarestSeconds, max(stepSeconds, call.leastSeconds, byCost, byLength))
  }

  /// How often something is asked; nil before its first answer.
  func period(of call: PolledCall) -> Double? { entries[call].map { period(of: call, $0) } }

  /// How many rows may be asked for one by one in a step, when one takes so long.
  func singles(ofSeconds seconds: Double) -> Int {
    guard seconds > 0 else { return Self.fewestSingles }
    let affordable = stepSeconds * Self.singlesShare / seconds
    return max(Self.fewestSingles, min(Self.mostSingles, Int(affordable)))
  }

  private static let singlesShare = 0.01
  private static let fewestSingles = 4
  private static let mostSingles = 60

  /// What all of it costs, as of an instant.
  func cost(at now: Instant) -> PollingCost {
    let seconds = firstAt.map { min(Self.shareSeconds, now.seconds(since: $0)) } ?? 0
    let busy = spent.filter { now.seconds(since: $0.at) <= Self.shareSeconds }
      .reduce(0) { $0 + $1.seconds }
    let queues = entries[.queues]
    return PollingCost(
      // Before a step is over nothing can be said about what is spent in it.
      share: seconds < stepSeconds ? 0 : min(1, busy / seconds),
      stepSeconds: stepSeconds,
      queuesSeconds: period(of: .queues) ?? 0,
      queuesMilliseconds: (queues?.seconds ?? 0) * 1_000,
      queuesBytes: queues?.bytes ?? 0
    )
  }
}
