import Telemetry

/// Queues that exist to hold what others gave up, or to hold it until another try.
extension Window {
  /// Whether messages only wait in a queue for their next try: their time ends there, and then they
  /// go on.
  ///
  /// Messages may bring their own time, which no argument of the queue tells. Then it shows by those
  /// whose time was over; before the first, by nobody ever having consumed.
  func isPauseBeforeAnotherTry(queue index: Int) -> Bool {
    let queue = newest.queues[index]
    guard queue.bounds.deadLetterExchange != nil else { return false }
    if queue.bounds.messageMilliseconds != nil { return true }
    guard !queues[index].wasConsumed, queue.delivered == 0 else { return false }
    guard queue.deadLetters.expired == 0, let waiting = queues[index].waitingSince else {
      return true
    }
    return now.seconds(since: waiting) < Self.firstTimeSeconds
  }

  /// So long the first message may wait before its time must be over.
  private static let firstTimeSeconds = 30.0

  /// Whether a queue's name says that a person parks messages there.
  static func isParking(_ name: String) -> Bool {
    name == "parked" || name.hasSuffix(".parked")
  }

  /// Returns the queues that dead letters go to, as far as bindings and arguments tell.
  ///
  /// - Complexity: O(queues + surveyed bindings).
  func deadLetterQueues() -> Set<QueueIdentity> {
    var found: Set<QueueIdentity> = []
    var exchanges: Set<ExchangeIdentity> = []
    for index in newest.queues.indices {
      guard let exchange = newest.queues[index].bounds.deadLetterExchange else { continue }
      let virtualHost = newest.queues[index].virtualHost
      if !exchange.isEmpty {
        exchanges.insert(ExchangeIdentity(virtualHost: virtualHost, name: exchange))
      } else if let key = newest.queues[index].bounds.deadLetterRoutingKey {
        found.insert(QueueIdentity(virtualHost: virtualHost, name: key))
      }
    }
    for binding in newest.bindingSurvey?.bindings ?? [] {
      let source = ExchangeIdentity(virtualHost: binding.virtualHost, name: binding.source)
      guard case .queue(let name) = binding.destination, exchanges.contains(source) else {
        continue
      }
      found.insert(QueueIdentity(virtualHost: binding.virtualHost, name: name))
    }
    return found
  }
}

extension QueueSnapshot {
  /// Whether messages only wait in it for their next try (TTL and dead lettering).
  var isPauseBeforeAnotherTry: Bool {
    bounds.messageMilliseconds != nil && bounds.deadLetterExchange != nil
  }
}
