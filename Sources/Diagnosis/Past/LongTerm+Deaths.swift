package import Telemetry

extension LongTerm {
  /// Messages that a queue gave to its dead letter exchange, with never long between two of them.
  package struct Death: Sendable, Hashable {
    /// How many; what only waited for its next try is not among them.
    package var count: UInt64
    /// The same by reason, as far as the broker tells it.
    package var reasons: DeadLetterReasons
    /// When the first was seen.
    package var firstAt: Instant
    /// When the last was seen.
    package var lastAt: Instant
  }

  mutating func recordDeaths(
    _ snapshot: BrokerSnapshot,
    _ before: BrokerSnapshot,
    calmSeconds: Double
  ) {
    var places = EarlierPlaces(count: before.queues.count) { before.queues[$0].identity }
    let isSame = before.queues.count == snapshot.queues.count
    var kept: [QueueIdentity: Death] = [:]
    for index in snapshot.queues.indices where snapshot.queues[index].deadLettered > 0 {
      let count = snapshot.queues[index].deadLettered
      // Nearly all end here.
      if deaths.isEmpty, isSame, before.queues[index].deadLettered == count { continue }
      let identity = snapshot.queues[index].identity
      let place = places.place(of: identity, near: index)
      let earlier = place.map { before.queues[$0].deadLettered } ?? 0
      var death = deaths[identity]
      if let known = death, snapshot.at.seconds(since: known.lastAt) > calmSeconds { death = nil }
      if count != earlier {
        // One that counts anew is another queue of that name.
        if count < earlier { death = nil }
        let reasons = place.map { before.queues[$0].deadLetters } ?? DeadLetterReasons()
        let died =
          count > earlier
          ? Self.died(snapshot.queues[index], since: earlier, reasons)
          : Self.died(snapshot.queues[index], since: 0, DeadLetterReasons())
        add(died, to: &death, at: snapshot.at)
      }
      if let death, kept.count < Self.limit { kept[identity] = death }
    }
    deaths = kept
  }

  private func add(
    _ died: (count: UInt64, reasons: DeadLetterReasons),
    to row: inout Death?,
    at now: Instant
  ) {
    guard died.count > 0 else { return }
    var death =
      row ?? Death(count: 0, reasons: DeadLetterReasons(), firstAt: now, lastAt: now)
    death.count &+= died.count
    death.reasons = death.reasons.plus(died.reasons)
    death.lastAt = now
    row = death
  }

  /// What died between two instants; in a pause before another try nothing does when its time is
  /// over.
  private static func died(
    _ queue: QueueSnapshot,
    since earlier: UInt64,
    _ reasons: DeadLetterReasons
  ) -> (count: UInt64, reasons: DeadLetterReasons) {
    var count = queue.deadLettered - earlier
    var died = queue.deadLetters.minus(reasons)
    if queue.isPauseBeforeAnotherTry || queue.onlyPasses {
      count -= min(count, died.expired)
      died.expired = 0
    }
    return (count, died)
  }
}

extension QueueSnapshot {
  /// Whether messages only leave it because their time is over: a pause whose length each message
  /// says itself.
  var onlyPasses: Bool {
    consumerCount == 0 && delivered == 0 && acknowledged == 0 && deadLetters.expired > 0
      && bounds.deadLetterExchange != nil
  }
}

extension DeadLetterReasons {
  /// Returns the sums of both.
  func plus(_ other: DeadLetterReasons) -> DeadLetterReasons {
    var sum = self
    sum.rejected &+= other.rejected
    sum.expired &+= other.expired
    sum.maximumLength &+= other.maximumLength
    sum.deliveryLimit &+= other.deliveryLimit
    return sum
  }

  /// Returns how much each rose; nothing for one that fell.
  func minus(_ earlier: DeadLetterReasons) -> DeadLetterReasons {
    var rise = DeadLetterReasons()
    rise.rejected = rejected - min(rejected, earlier.rejected)
    rise.expired = expired - min(expired, earlier.expired)
    rise.maximumLength = maximumLength - min(maximumLength, earlier.maximumLength)
    rise.deliveryLimit = deliveryLimit - min(deliveryLimit, earlier.deliveryLimit)
    return rise
  }

  var sum: UInt64 { rejected &+ expired &+ maximumLength &+ deliveryLimit }
}
