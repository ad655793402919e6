import Telemetry

/// What is known about the one thing that is watched.
extension Picture {
  /// More about a subject; nil when the broker did not tell, or tells about something else.
  func details(of subject: Subject) -> WatchedDetails? {
    guard let details = broker?.details, subject == .everything || details.watch == subject.watch
    else { return nil }
    return details
  }

  /// The same details some time ago, to compute rates against, and how long ago.
  var detailsBase: (details: WatchedDetails, seconds: Double)? {
    guard let newest = broker, let watch = newest.details?.watch,
      let base = window.oldest(where: { $0.details?.watch == watch }), let details = base.details
    else { return nil }
    let seconds = newest.at.seconds(since: base.at)
    return seconds < Limits.shortestRateSeconds ? nil : (details, seconds)
  }

  /// What texts call a thing; nil when it is everything, or gone.
  func name(of subject: Subject) -> String? {
    let name: String? =
      switch subject {
      case .everything: nil
      case .queue(let queue): queue.name
      case .exchange(let exchange): exchange.name
      case .consumer(let identifier):
        broker?.consumers.first { $0.identifier == identifier }?.tag
      case .connection(let identifier):
        broker?.connections.first { $0.identifier == identifier }?.name
      }
    return name.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// Messages a second that come to an exchange; nil when that is not known.
  func arrivalRate(of exchange: ExchangeIdentity) -> Double? {
    guard let newest = broker, let base = window.base,
      let now = newest.exchanges.first(where: { $0.identity == exchange }),
      let before = base.exchanges.first(where: { $0.identity == exchange })
    else { return nil }
    return Rates.perSecond(now.published, since: before.published, seconds: window.baseSeconds)
  }

  /// The messages that are shown: those that pass, the newest first, or those looked at.
  var messages: [MessageSnapshot] {
    isTapping ? (broker?.details?.tapped ?? []).reversed() : peeked?.messages ?? []
  }

  /// The messages that are shown of a subject.
  func messages(of subject: Subject) -> [MessageSnapshot] {
    if isTapping { return details(of: subject) == nil ? [] : messages }
    guard case .queue(let queue) = subject, peeked?.queue == queue else { return [] }
    return messages
  }
}

/// Which tables have other rows than before.
extension Picture {
  mutating func countChanges(from before: BrokerSnapshot?, to now: BrokerSnapshot) {
    guard let before else {
      for panel in Panel.allCases { changed(panel) }
      return
    }
    if !Self.haveSameQueues(before, now) { changed(.queues) }
    if !Self.haveSameRows(before.connections, now.connections, { $0.identifier == $1.identifier }) {
      changed(.connections)
    }
    countDetailChanges(before.details, now.details)
  }

  private mutating func countDetailChanges(_ before: WatchedDetails?, _ now: WatchedDetails?) {
    guard let before, let now, before.watch == now.watch else {
      for panel in [Panel.bindings, .channels, .publishers, .held] { changed(panel) }
      if isTapping { changed(.messages) }
      return
    }
    if !Self.haveSameRows(before.bindings, now.bindings, { $0.identity == $1.identity }) {
      changed(.bindings)
    }
    if !Self.haveSameRows(before.channels, now.channels, { $0.number == $1.number }) {
      changed(.channels)
    }
    if !Self.haveSameRows(
      before.publishers,
      now.publishers,
      { $0.connectionIdentifier == $1.connectionIdentifier && $0.exchange == $1.exchange }
    ) {
      changed(.publishers)
    }
    if before.held != now.held { changed(.held) }
    if isTapping, before.tapped != now.tapped { changed(.messages) }
  }

  /// As the others, without a copy of each of what may be ten thousand.
  private static func haveSameQueues(_ before: BrokerSnapshot, _ now: BrokerSnapshot) -> Bool {
    guard before.queues.count == now.queues.count else { return false }
    for index in now.queues.indices
    where before.queues[index].name != now.queues[index].name
      || before.queues[index].virtualHost != now.queues[index].virtualHost
    {
      return false
    }
    return true
  }

  private static func haveSameRows<Row>(
    _ before: [Row],
    _ now: [Row],
    _ isSame: (Row, Row) -> Bool
  ) -> Bool {
    before.count == now.count && zip(before, now).allSatisfy(isSame)
  }
}
