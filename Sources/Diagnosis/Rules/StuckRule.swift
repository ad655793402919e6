import Telemetry

/// Consumers hold messages while others wait, and settle none, for much longer than their work takes.
///
/// One finding for each queue. A consumer that rejects, or gives back, is not stuck.
enum StuckRule {
  static func findings(in window: Window) -> [Finding] {
    var findings: [Finding] = []
    for index in window.queues.indices where window.newest.queues[index].unacked > 0 {
      guard isWaited(at: index, in: window), !window.newest.queues[index].isPaused else { continue }
      let stuck = window.consumersOfQueue[index].filter { isStuck($0, of: index, in: window) }
      if !stuck.isEmpty { findings.append(finding(of: stuck, at: index, in: window)) }
    }
    return findings
  }

  /// Where other consumers go on, messages do not wait all the time.
  private static let waitSeconds = 2.0

  private static func isWaited(at index: Int, in window: Window) -> Bool {
    guard let last = window.queues[index].lastWaitedAt else { return false }
    return window.now.seconds(since: last) <= waitSeconds
  }

  private static func isStuck(_ place: Int, of index: Int, in window: Window) -> Bool {
    guard let quietSince = window.consumers[place].quietSince else { return false }
    let usual =
      window.consumers[place].usualSeconds ?? window.queues[index].usual.serviceSeconds
    return window.now.seconds(since: quietSince) >= Patience.seconds(usual: usual, window.tuning)
      && !window.newest.consumers[place].isPaused
      && !window.newest.consumers[place].isAutomaticallyAcknowledged
  }

  private static func finding(of stuck: [Int], at index: Int, in window: Window) -> Finding {
    let queue = window.newest.queues[index].identity
    let since = stuck.compactMap { window.consumers[$0].quietSince }
    let health = stuck.map { Health(of: $0, in: window) }
    return Finding(
      rule: .stuck,
      subject: stuck.count == 1
        ? .consumer(identifier: window.consumers[stuck[0]].identifier, queue: queue)
        : .queue(queue),
      triage: .consumer,
      text: text(of: stuck, quiet: since.max(), health, at: index, in: window),
      since: since.min(),
      uncertaintySeconds: window.refreshSeconds > 1 ? window.refreshSeconds : 0,
      evidence: [
        held(by: stuck, quiet: since.max(), at: index, in: window)
      ] + healths(of: stuck, health, in: window) + [others(than: stuck, at: index, in: window)],
      advice: advice(about: stuck, health, in: window)
    )
  }

  private static func text(
    of stuck: [Int],
    quiet: Instant?,
    _ health: [Health],
    at index: Int,
    in window: Window
  ) -> String {
    let consumers = window.newest.consumers
    let all = window.consumersOfQueue[index].count
    let held = stuck.reduce(0) { $0 + consumers[$1].held }
    let places = stuck.map { consumers[$0].prefetchCount }
    let limit = places.contains(0) ? "" : "/" + Format.count(places.reduce(0, +))
    let who =
      stuck.count > 1
      ? "\(stuck.count) of \(all) consumers hold "
      : consumers[stuck[0]].shownName + (all > 1 ? " (1 of \(all) consumers)" : "") + " holds "
    let kinds = Set(health.map(\.word))
    let kind = kinds.count == 1 ? kinds.first.flatMap { $0 } : nil
    let age = Format.age(quiet.map { window.now.seconds(since: $0) })
    return "\(who)\(Format.count(held))\(limit), no ack for \(age)" + (kind.map { ": \($0)" } ?? "")
  }

  private static func held(
    by stuck: [Int],
    quiet: Instant?,
    at index: Int,
    in window: Window
  ) -> String {
    let consumers = stuck.map { window.newest.consumers[$0] }
    let isFull = consumers.allSatisfy { $0.prefetchCount > 0 && $0.held >= $0.prefetchCount }
    let counts = consumers.map { Format.count($0.held) }
    let sum = counts.count <= 4 ? " (\(counts.joined(separator: "+")))" : ""
    let what = isFull ? "their whole prefetch" : "messages"
    let whatOfOne = isFull ? "its whole prefetch" : "messages"
    let many = stuck.count > 1
    let names = Phrase.list(consumers.map(\.shownName))
    let age = Format.age(quiet.map { window.now.seconds(since: $0) })
    let usual = stuck.compactMap { window.consumers[$0].usualSeconds }.max()
    let known = usual ?? window.queues[index].usual.serviceSeconds
    let habit =
      known.map { "; usually 95 % of it takes at most \(Phrase.duration($0))" }
      ?? "; how long it usually takes is not known yet"
    return "\(names) \(many ? "hold \(what)" : "holds \(whatOfOne)")\(sum)"
      + " and settled nothing for \(age)\(habit)."
  }

  private static func healths(
    of stuck: [Int],
    _ health: [Health],
    in window: Window
  ) -> [String] {
    if Set(health.map(\.word)).count == 1 { return [health[0].sentence] }
    return zip(stuck, health).prefix(listed).map { place, health in
      window.newest.consumers[place].shownName + ": " + health.sentence
    }
  }

  /// So many consumers are spoken of one by one.
  private static let listed = 4

  private static func others(than stuck: [Int], at index: Int, in window: Window) -> String {
    let working: [String] = window.consumersOfQueue[index].compactMap { place in
      guard !stuck.contains(place),
        let rate = window.rate(\.acknowledged, ofConsumer: place, over: Limits.steadySeconds),
        rate > 0
      else { return nil }
      return "\(window.newest.consumers[place].shownName) (\(Format.rate(rate))/s)"
    }
    let waiting = "\(Format.count(window.newest.queues[index].ready)) wait"
    if working.isEmpty { return "Nobody else of the queue acknowledges; \(waiting)." }
    let verb = working.count == 1 ? "acknowledges" : "acknowledge"
    return "\(Phrase.list(working)) still \(verb); \(waiting)."
  }

  private static func advice(
    about stuck: [Int],
    _ health: [Health],
    in window: Window
  ) -> [Finding.Advice] {
    let first = window.newest.consumers[stuck[0]]
    let held = first.held == 1 ? "its message returns" : "its \(first.held) messages return"
    var advice = [
      Finding.Advice(action: "kill", "kill \(first.shownName): \(held) to the queue at once"),
      Finding.Advice(action: "add", "add a consumer, so that what waits is worked on meanwhile"),
    ]
    if first.prefetchCount > 1, !health.contains(where: \.isGone) {
      advice.append(
        Finding.Advice(
          action: "prefetch",
          "prefetch 1 shows the message alone at which it hangs"
        )
      )
    }
    return advice
  }
}

/// Whether a consumer that settles nothing is alive.
private enum Health: Hashable {
  /// It still sent something after its last settlement.
  case hanging(secondsAgo: Double, isByHeartbeat: Bool)
  /// Nothing came for longer than the heartbeat allows.
  case silent(seconds: Double)
  /// Its connection sent nothing since, but it is too early to tell.
  case early(heartbeatSeconds: Int)
  /// Nobody knows when something came, or nothing has to come.
  case unknown

  /// A heartbeat may be late by this part of it.
  private static let slack = 1.2

  init(of place: Int, in window: Window) {
    let consumer = window.newest.consumers[place]
    guard let connection = window.connection(of: consumer),
      let received = connection.lastReceivedAt
    else {
      self = .unknown
      return
    }
    let silence = window.now.seconds(since: received)
    let heartbeat = Double(connection.heartbeatSeconds)
    if heartbeat > 0, silence > heartbeat * Self.slack {
      self = .silent(seconds: silence)
    } else if let quietSince = window.consumers[place].quietSince,
      received.seconds(since: quietSince) > 1
    {
      self = .hanging(secondsAgo: silence, isByHeartbeat: heartbeat > 0)
    } else {
      self = heartbeat > 0 ? .early(heartbeatSeconds: connection.heartbeatSeconds) : .unknown
    }
  }

  /// nil when it is not known.
  var word: String? {
    switch self {
    case .hanging: "hang"
    case .silent: "gone"
    case .early, .unknown: nil
    }
  }

  var isGone: Bool {
    switch self {
    case .silent: true
    case .hanging, .early, .unknown: false
    }
  }

  var sentence: String {
    switch self {
    case .hanging(let seconds, true):
      "Heartbeats arrive (last \(Format.age(seconds)) ago): the process lives, the handler hangs."
    case .hanging(let seconds, false):
      "Its connection sent something \(Format.age(seconds)) ago: the process lives, the handler hangs."
    case .silent(let seconds):
      "No heartbeat for \(Format.age(seconds)): the host, the process or the network is gone."
    case .early(let seconds):
      "Nothing came from it since; with heartbeats of \(seconds) s it is too early to tell whether "
        + "it lives."
    case .unknown:
      "Whether its process lives is not known here."
    }
  }
}
