import Canvas
import Telemetry

/// What the lab's snapshots say when they are put side by side.
extension Picture {
  /// What customers saw of one way over the last ``Limits/labRateSeconds``.
  struct WayFigures: Sendable, Hashable {
    /// Customers a second that came.
    var offered: Double?
    /// Customers a second that had their answer.
    var done: Double?
    /// Of those that were answered or failed the part that failed, from 0 to 1.
    var failedShare: Double?
  }

  /// What a queue of the ledger does now.
  struct AccountFigures: Sendable, Hashable {
    /// Messages a second that are worked on.
    var rate: Double?
    /// Many wait, and they do not become fewer.
    var isBackingUp: Bool
    /// More wait than before, by more than noise.
    var isGrowing: Bool
  }

  /// One word for how a way of calling fares while something is broken.
  enum WayVerdict: String, Sendable, Hashable, CaseIterable {
    /// Nobody came yet.
    case idle
    case ok
    /// Something behind it is broken, and its customers do not notice.
    case isolated
    /// Its customers wait much longer than before.
    case slowed
    /// Requests fail, and nothing else is broken.
    case failing
    /// What is broken elsewhere makes its requests fail.
    case cascades
  }

  func figures(of way: CallWaySnapshot) -> WayFigures {
    guard let base = labWindow.base else { return WayFigures() }
    let before = base.ways.first { $0.way == way.way }
    let seconds = labWindow.baseSeconds
    func rate(_ sum: (CallWaySnapshot) -> UInt64) -> Double? {
      Rates.perSecond(sum(way), since: before.map(sum) ?? 0, seconds: seconds)
    }
    let done = rate { $0.succeeded &+ $0.declined }
    var share: Double?
    if let done, let failed = rate(\.failed), done + failed > 0 { share = failed / (done + failed) }
    return WayFigures(offered: rate(\.offered), done: done, failedShare: share)
  }

  func figures(of account: LabQueueSnapshot) -> AccountFigures {
    guard let base = labWindow.base,
      let before = base.queues.first(where: { $0.name == account.name })
    else { return AccountFigures(rate: nil, isBackingUp: false, isGrowing: false) }
    let seconds = labWindow.baseSeconds
    let rate =
      seconds > 0
      ? Double(max(0, account.acknowledged - before.acknowledged)) / seconds : nil
    let growth = account.waiting - before.waiting
    let isBackingUp =
      account.waiting >= Limits.backlogMessages && (growth > 0 || account.drainSeconds == nil)
    let noise = max(Limits.steadyMessages, account.waiting / Limits.steadyParts)
    return AccountFigures(rate: rate, isBackingUp: isBackingUp, isGrowing: growth > noise)
  }

  func verdict(of way: CallWaySnapshot) -> WayVerdict {
    guard let lab, lab.state == .running || lab.state == .draining, way.offered > 0 else {
      return .idle
    }
    let seen = figures(of: way)
    if seen.offered == 0, way.busyThreads == 0 { return .idle }
    let isStuck = way.threads > 0 && way.busyThreads >= way.threads && way.waitingRequests > 0
    let isFailing = (seen.failedShare ?? 0) >= Limits.failingShare
    let isBroken =
      !lab.faults.isEmpty
      || lab.services.contains { service in
        if case .hung = service.state { return true }
        return service.state.isAbsent
      }
    if isFailing || isStuck { return isBroken ? .cascades : .failing }
    if isSlowed(way) || isLagging(way) { return .slowed }
    let isBehind = lab.queues.contains { account in
      account.ways.contains(way.way) && figures(of: account).isBackingUp
    }
    return way.way != .synchronous && (isBroken || isBehind) ? .isolated : .ok
  }

  /// Whether many customers wait for longer than ``Limits/overdueSeconds``: whoever is in hand and
  /// did not come in that span must have come before it.
  ///
  /// A pool that fills up while nothing is answered shows in no latency and in no failure yet. Noise
  /// is no danger here, nor is a load that has just changed: who came a moment ago counts for nothing.
  private func isLagging(_ way: CallWaySnapshot) -> Bool {
    guard let base = labWindow.base, let newest = labWindow.newest,
      let recent = labWindow.sample(agedSeconds: Limits.overdueSeconds),
      newest.at.seconds(since: recent.at) >= Limits.overdueSeconds
    else { return false }
    func came(since snapshot: LabSnapshot) -> Int {
      let before = snapshot.ways.first { $0.way == way.way }?.offered ?? 0
      return Int(clamping: way.offered - min(before, way.offered))
    }
    let overdue = way.busyThreads + way.waitingRequests - came(since: recent)
    return overdue >= Limits.overdueRequests
      && Double(overdue) >= Limits.overdueShare * Double(came(since: base))
  }

  /// Whether p95 is much more than it was in the last ``Limits/historySeconds``.
  private func isSlowed(_ way: CallWaySnapshot) -> Bool {
    guard let p95 = way.latency?.p95, p95 >= Limits.slowedLeast, let track = history.ways[way.way]
    else { return false }
    var lowest = Float.infinity
    let slots = track.p95.slots(in: .minute)
    for value in track.p95.resampled(to: Limits.historySeconds, over: slots) where value < lowest {
      lowest = value
    }
    return lowest.isFinite && p95 >= Limits.slowedTimes * Double(lowest)
  }
}

extension Picture.WayVerdict {
  var word: String {
    switch self {
    case .idle: "no customers"
    case .ok: "ok"
    case .isolated: "isolated"
    case .slowed: "slowed"
    case .failing: "fails"
    case .cascades: "cascades"
    }
  }

  func glyph(_ glyphs: Glyphs) -> Unicode.Scalar {
    switch self {
    case .idle: glyphs.starting
    case .ok: glyphs.ok
    case .isolated: glyphs.mark
    case .slowed: glyphs.alert
    case .failing, .cascades: glyphs.gone
    }
  }

  var role: Role {
    switch self {
    case .idle: .muted
    case .ok, .isolated: .stateOK
    case .slowed: .alertWarning
    case .failing, .cascades: .stateStuck
    }
  }

  /// What it means, for the help.
  var meaning: String {
    switch self {
    case .idle: "Nobody comes this way now."
    case .ok: "Customers get their answers as before."
    case .isolated: "Something behind it is broken or late, and its customers do not notice."
    case .slowed:
      "Customers wait at least twice as long as at its best in the last minute, or for over "
        + "\(Format.plain(Limits.overdueSeconds)) s while nothing is answered."
    case .failing: "Requests fail or wait for a thread, and nothing is broken on purpose."
    case .cascades: "What is broken elsewhere makes these requests fail."
    }
  }
}

extension CallWay {
  /// What it is called where the scenario has no name for it.
  var title: String {
    switch self {
    case .synchronous: "synchronous calls"
    case .asynchronous: "publish to the broker"
    case .alternative: "the third way"
    }
  }
}
