package import Telemetry

extension LongTerm {
  /// How the connections of a client became more since one was closed last.
  package struct Pile: Sendable, Hashable {
    package var atFirst: Int
    package var now: Int
    /// The number after each rise, at most ``Limits/examples`` of the newest; rises that lie close
    /// together are one.
    package var steps: [Int]
    package var since: Instant
    package var lastRiseAt: Instant

    init(_ count: Int, at now: Instant) {
      atFirst = count
      self.now = count
      steps = []
      since = now
      lastRiseAt = now
    }
  }

  mutating func recordPiles(_ snapshot: BrokerSnapshot) {
    if let last = pilesCountedAt, snapshot.at.seconds(since: last) < Limits.pilesSeconds { return }
    pilesCountedAt = snapshot.at
    var counts: [ClientName: Int] = [:]
    for connection in snapshot.connections {
      let name = ClientName(connection)
      if counts[name] != nil || counts.count < Self.limit { counts[name, default: 0] += 1 }
    }
    piles = Dictionary(
      uniqueKeysWithValues: counts.map { name, count in
        var pile = piles[name] ?? Pile(count, at: snapshot.at)
        pile.follow(count, at: snapshot.at)
        return (name, pile)
      }
    )
  }
}

extension LongTerm.Pile {
  fileprivate mutating func follow(_ count: Int, at now: Instant) {
    if count < self.now {
      self = LongTerm.Pile(count, at: now)
      return
    }
    guard count > self.now else { return }
    if steps.isEmpty || now.seconds(since: lastRiseAt) >= Limits.pileStepSeconds {
      steps.append(count)
      if steps.count > Limits.examples { steps.removeFirst() }
    } else {
      steps[steps.count - 1] = count
    }
    self.now = count
    lastRiseAt = now
  }
}
