import Telemetry

/// How a queue grows.
struct Growth: Sendable {
  let since: Instant
  /// Messages, ready and held, since then.
  let grown: Int
  /// How long ago that is, in seconds.
  let seconds: Double
  /// By how many messages a second it grows of late.
  let perSecond: Double
  /// What comes in a second of late.
  let arrivals: Double
  /// What leaves a second of late.
  let gone: Double
}

/// How a queue falls.
struct Drain: Sendable {
  /// Its peak.
  let peak: DepthTurn
  /// What comes in a second of late.
  let arrivals: Double
  /// What leaves a second of late.
  let gone: Double
  /// After how many seconds nothing waits any more, at this pace.
  let emptySeconds: Double
}

/// Where depths go.
extension Window {
  /// Whether a person keeps the messages of a queue back: it is paused, or all its consumers are.
  func isHeldBack(queue index: Int) -> Bool {
    queues[index].lastPausedAt == now
  }

  /// Says how a queue grows: surely, for long enough, by enough messages, and still.
  ///
  /// - Parameter index: The queue's place in the newest snapshot.
  /// - Returns: nil when it does not, or when it may be chance, or the swing of consumers that
  ///   acknowledge many at once.
  func growth(ofQueue index: Int) -> Growth? {
    let depth = newest.queues[index].depth
    let grown = depth - queues[index].turn.depth
    guard queues[index].isGrowing, Double(grown) >= tuning[.backlogMessages] else { return nil }
    let facts = queues[index]
    let seconds = now.seconds(since: facts.turn.at)
    // Where all are held, who holds them may only wait for more before it acknowledges.
    let isWaiting = Double(newest.queues[index].ready) >= tuning[.backlogMessages]
    let patience = isWaiting ? tuning[.backlogSeconds] : Self.heldSeconds
    guard
      seconds >= max(patience, Self.swings * (facts.before?.gapSeconds ?? 0)),
      let least = leastDepth(ofQueue: index),
      Double(least - facts.turn.depth) >= tuning[.backlogMessages],
      let late = queueSums.sums(of: index, agedSeconds: min(seconds, Limits.steadySeconds)),
      let half = queueSums.sums(of: index, agedSeconds: min(seconds / 2, Limits.steadySeconds))
    else { return nil }
    let arrivals = Self.rise(newest.queues[index].enqueued, late.sums.enqueued, late.seconds)
    let gone = Self.rise(newest.queues[index].gone, late.sums.gone, late.seconds)
    let traffic = arrivals + gone
    let recent = Double(depth - half.sums.depth)
    // Where it only came to a level, it grew in the first half.
    guard
      Double(grown) >= Self.sure * (traffic * seconds).squareRoot(),
      recent >= Self.stillGrowing * Double(grown) * half.seconds / seconds,
      seconds > 2 * Limits.steadySeconds
        || recent >= Self.likely * (traffic * half.seconds).squareRoot()
    else { return nil }
    return Growth(
      since: facts.turn.at,
      grown: grown,
      seconds: seconds,
      perSecond: Double(depth - late.sums.depth) / late.seconds,
      arrivals: arrivals,
      gone: gone
    )
  }

  /// Says when nothing will wait in a queue any more, at its pace of late.
  ///
  /// - Parameter index: The queue's place in the newest snapshot.
  /// - Returns: nil when it does not fall, or when it may be chance.
  func drain(ofQueue index: Int) -> Drain? {
    let depth = newest.queues[index].depth
    let ready = newest.queues[index].ready
    guard !queues[index].isGrowing, ready > 0,
      Double(queues[index].turn.depth - depth) >= tuning[.backlogMessages]
    else { return nil }
    let facts = queues[index]
    let seconds = now.seconds(since: facts.turn.at)
    // What came before the peak, a burst perhaps, comes no more: no sums of before it.
    let sinceTurn = seconds - max(2 * Limits.columnSeconds, refreshSeconds)
    guard
      seconds >= Limits.quickSeconds,
      now.seconds(since: facts.extreme.at) <= Limits.steadySeconds,
      let late = queueSums.sums(of: index, agedSeconds: min(sinceTurn, Limits.steadySeconds))
    else { return nil }
    let arrivals = Self.rise(newest.queues[index].enqueued, late.sums.enqueued, late.seconds)
    let gone = Self.rise(newest.queues[index].gone, late.sums.gone, late.seconds)
    let fallen = Double(late.sums.depth - depth)
    guard gone > arrivals,
      fallen >= Self.likely * ((arrivals + gone) * late.seconds).squareRoot()
    else { return nil }
    let emptySeconds = Double(ready) / (gone - arrivals)
    guard emptySeconds <= Self.farSeconds else { return nil }
    return Drain(
      peak: facts.turn,
      arrivals: arrivals,
      gone: gone,
      emptySeconds: emptySeconds
    )
  }

  /// So long more and more messages may be held while none waits.
  private static let heldSeconds = 60.0
  /// How many standard deviations of chance make something sure.
  private static let sure = 3.0
  /// How many make it likely.
  private static let likely = 2.0
  /// What grows less than this part of its mean growth has come to a level.
  private static let stillGrowing = 0.25
  /// Consumers that acknowledge many at once make depths swing; growth shows over more than one.
  private static let swings = 2.0
  /// What takes longer than a day is not foretold.
  private static let farSeconds = 86_400.0

  /// The least depth of the time in which one swing is over; nil when that is longer than what is
  /// kept.
  private func leastDepth(ofQueue index: Int) -> Int? {
    let facts = queues[index]
    // As it was before: consumers that became slow make no swings, but the growth itself.
    let swing = Self.swings * (facts.before?.gapSeconds ?? 0)
    if swing <= Limits.steadySeconds {
      return queueSums.least(
        \.depth,
        of: index,
        since: max(swing, min(tuning[.backlogSeconds], Limits.steadySeconds))
      )
    }
    return swing <= 60 ? facts.minima.suffix(2).min() : nil
  }

  private static func rise(_ now: UInt64, _ before: UInt64, _ seconds: Double) -> Double {
    Rates.perSecond(now, since: before, seconds: seconds) ?? 0
  }
}

/// What consumers could do.
extension Window {
  /// Returns the share of time in which the consumers of a queue that may work were busy, from 0 to
  /// 1; nil when nobody measures it, or when none may.
  func utilisation(ofQueue index: Int) -> Double? {
    var sum = 0.0
    var count = 0.0
    for place in consumersOfQueue[index] where mayWork(consumer: place) {
      guard let share = utilisation(ofConsumer: place) else { continue }
      sum += share
      count += 1
    }
    return count > 0 ? sum / count : nil
  }

  /// Returns how many messages a second one more consumer of a queue would take, by what those that
  /// are there take while they are busy, or took before; nil when that is not known.
  func pace(ofQueue index: Int) -> Double? {
    var busy = 0.0
    var done = 0.0
    var working = 0.0
    for place in consumersOfQueue[index] where mayWork(consumer: place) {
      guard let rate = rate(\.acknowledged, ofConsumer: place, over: Limits.steadySeconds),
        rate > 0
      else { continue }
      done += rate
      working += 1
      // Where nobody measures it, one that acknowledges while messages wait is busy all the time.
      busy += utilisation(ofConsumer: place) ?? 1
    }
    if working > 0, busy > 0 { return done / busy }
    return queues[index].usual.workSeconds.flatMap { $0 > 0 ? 1 / $0 : nil }
  }

  /// Says what more consumers would change.
  ///
  /// - Parameters:
  ///   - index: The queue's place in the newest snapshot.
  ///   - arrivals: What comes in a second.
  ///   - gone: What leaves a second.
  /// - Returns: A sentence; nil when nothing is known of what a consumer can do, or when those that
  ///   are there could do more.
  func whatIf(ofQueue index: Int, arrivals: Double, gone: Double) -> String? {
    if let busy = utilisation(ofQueue: index), busy < Self.busyShare { return nil }
    guard let pace = pace(ofQueue: index), pace > 0 else { return nil }
    let each = "\(Format.rate(pace))/s each"
    let more = gone + pace - arrivals
    if more > 0 {
      let seconds = Double(newest.queues[index].ready) / more
      guard seconds <= Self.farSeconds else { return nil }
      return "One more consumer (\(each)) would empty it in \(Format.span(seconds))."
    }
    let count = Int(min(1e6, (arrivals - gone) / pace)) + 1
    return "\(Format.count(count)) more consumers (\(each)) would keep up."
  }

  /// Consumers that are busy for less of the time could do more.
  static let busyShare = 0.8

  /// Whether a consumer gets messages: nobody paused it, and it does not wait for its turn.
  func mayWork(consumer index: Int) -> Bool {
    !newest.consumers[index].isPaused && newest.consumers[index].isActive
  }
}
