/// What a scenario measured, as numbers under the names that lessons and verdicts use.
///
/// Times are in milliseconds, shares in percent, a drain in seconds.
package struct LabMeasurements: Sendable, Hashable {
  /// A name that is not here was not measured: nothing was answered yet, say.
  package private(set) var values: [String: Double] = [:]

  /// Reads the numbers off a snapshot.
  ///
  /// What customers saw is counted from `base` on; queues are told as they stand.
  ///
  /// - Parameters:
  ///   - snapshot: At the end of the stretch of time that it is about.
  ///   - base: At its beginning; nil for the beginning of the run, with no rates then, because
  ///     nobody knows when that was.
  package init(_ snapshot: LabSnapshot, since base: LabSnapshot? = nil) {
    values["load"] = snapshot.offeredPerSecond
    for way in snapshot.ways {
      add(
        way,
        since: base?.ways.first { $0.way == way.way },
        seconds: base.map { snapshot.at.seconds(since: $0.at) }
      )
    }
    for total in Self.queueCounts { values[total] = 0 }
    values["remainder"] = 0
    for queue in snapshot.queues { add(queue) }
  }

  private mutating func add(_ way: CallWaySnapshot, since base: CallWaySnapshot?, seconds: Double?)
  {
    let name = way.way.measurementName
    func increase(_ count: KeyPath<CallWaySnapshot, UInt64>) -> Double? {
      let before = base?[keyPath: count] ?? 0
      // A count that went down was begun anew, and nothing is known of it.
      guard way[keyPath: count] >= before else { return nil }
      return Double(way[keyPath: count] - before)
    }
    let done = increase(\.succeeded)
    let failed = increase(\.failed)
    let declined = increase(\.declined)
    values["\(name).offered"] = increase(\.offered)
    values["\(name).done"] = done
    values["\(name).failed"] = failed
    values["\(name).refused"] = increase(\.refused)
    values["\(name).declined"] = declined
    if let done, let failed, let declined, done + failed + declined > 0 {
      values["\(name).success"] = 100 * (done + declined) / (done + failed + declined)
    }
    if let done, let seconds, seconds > 0 { values["\(name).rate"] = done / seconds }
    values["\(name).busy"] = Double(way.busyThreads)
    values["\(name).threads"] = Double(way.threads)
    values["\(name).waiting"] = Double(way.waitingRequests)
    if let latency = way.latency, latency.sampleCount > 0 {
      values["\(name).p50"] = latency.p50
      values["\(name).p95"] = latency.p95
      values["\(name).p99"] = latency.p99
    }
  }

  private mutating func add(_ queue: LabQueueSnapshot) {
    let counts = [
      queue.published, queue.acknowledged, queue.waiting, queue.dead, queue.lost, queue.repeated,
      queue.doubled,
    ].map(Double.init)
    for (count, value) in zip(Self.queueCounts, counts) {
      values["\(queue.name).\(count)"] = value
      values[count, default: 0] += value
    }
    // Two queues that miscount in opposite directions must not look as if nobody did.
    values["remainder", default: 0] += abs(
      counts[0] - counts[1] - counts[2] - counts[3] - counts[4]
    )
    if let delay = queue.delay, delay.sampleCount > 0 {
      values["\(queue.name).delay"] = delay.p50
      values["\(queue.name).delay95"] = delay.p95
    }
    values["\(queue.name).drain"] = queue.drainSeconds
  }

  /// The counts of one queue and of all, in the order of the account.
  private static let queueCounts = [
    "published", "acked", "waiting", "dead", "lost", "repeated", "doubled",
  ]

  /// Every name that a text of a scenario can use, without a phase in front.
  ///
  /// - Parameters:
  ///   - ways: The ways of calling that the scenario has.
  ///   - queues: The names of its queues.
  /// - Returns: The names in a fixed order.
  package static func names(ways: [CallWay], queues: [String]) -> [String] {
    let ofWay = [
      "p50", "p95", "p99", "offered", "done", "failed", "refused", "declined", "success", "rate",
      "busy", "threads", "waiting",
    ]
    let ofQueue = queueCounts + ["delay", "delay95", "drain"]
    return ways.flatMap { way in ofWay.map { "\(way.measurementName).\($0)" } }
      + queues.flatMap { queue in ofQueue.map { "\(queue).\($0)" } }
      + queueCounts + ["load", "remainder"]
  }

  /// Puts a phase's name in front of every name, so that the numbers of several phases fit into
  /// one table.
  ///
  /// - Parameters:
  ///   - values: Numbers without a phase.
  ///   - phase: What to put in front, without the dot.
  /// - Returns: The same numbers under longer names.
  package static func prefixed(_ values: [String: Double], phase: String) -> [String: Double] {
    Dictionary(uniqueKeysWithValues: values.map { ("\(phase).\($0.key)", $0.value) })
  }
}

extension CallWay {
  /// What the way is called in the names of measured numbers.
  package var measurementName: String {
    switch self {
    case .synchronous: "sync"
    case .asynchronous: "async"
    case .alternative: "alternative"
    }
  }
}
