import Diagnosis
import Telemetry

/// What else may happen on a stage: to exchanges, connections and the ledger.
extension Stage {
  /// A number that no consumer or connection has yet.
  var nextIdentifier: UInt64 {
    let consumer = snapshot.consumers.map(\.identifier).max() ?? 0
    return max(consumer, snapshot.connections.map(\.identifier).max() ?? 0) + 1
  }

  /// Sets what came into each queue, or left it, as its depth has it: what a test moves by hand is
  /// accounted for.
  mutating func balance() {
    for place in snapshot.queues.indices {
      let queue = snapshot.queues[place]
      let gone =
        queue.acknowledged + queue.discarded + queue.expired + queue.deadLettered + queue.dropped
        + queue.moved
      let accounted = gone + UInt64(queue.depth)
      if accounted > queue.enqueued {
        snapshot.queues[place].enqueued = accounted
      } else {
        snapshot.queues[place].discarded += queue.enqueued - accounted
      }
    }
    func sum(_ count: KeyPath<QueueSnapshot, UInt64>) -> UInt64 {
      snapshot.queues.reduce(0) { $0 + $1[keyPath: count] }
    }
    snapshot.totals.enqueued = sum(\.enqueued)
    snapshot.totals.acknowledged = sum(\.acknowledged)
    snapshot.totals.discarded = sum(\.discarded)
    snapshot.totals.expired = sum(\.expired)
    snapshot.totals.deadLettered = sum(\.deadLettered)
    snapshot.totals.dropped = sum(\.dropped)
    snapshot.totals.moved = sum(\.moved)
  }

  // MARK: Exchanges

  /// Changes the figures of an exchange.
  mutating func count(exchange: String, _ change: (inout ExchangeSnapshot) -> Void) {
    guard let place = snapshot.exchanges.firstIndex(where: { $0.name == exchange }) else { return }
    change(&snapshot.exchanges[place])
  }

  /// Messages match no queue; some may go back to their publisher.
  mutating func lose(_ messages: Int, at exchange: String, key: String = "x", returned: Int = 0) {
    count(exchange: exchange) { exchange in
      exchange.published += UInt64(messages)
      exchange.unroutable += UInt64(messages)
      exchange.lastUnroutableKey = key
    }
    snapshot.totals.published += UInt64(messages)
    snapshot.totals.unroutable += UInt64(messages)
    snapshot.totals.returned += UInt64(returned)
  }

  /// Messages go from a queue to its dead letter exchange.
  mutating func die(
    _ messages: Int,
    in queue: String,
    _ reason: WritableKeyPath<DeadLetterReasons, UInt64>
  ) {
    count(queue) { queue in
      queue.deadLettered += UInt64(messages)
      queue.deadLetters[keyPath: reason] += UInt64(messages)
    }
  }

  /// Surveys bindings anew.
  mutating func survey(_ bindings: [BindingSnapshot]) {
    snapshot.bindingSurvey = BindingSurvey(at: now, bindings: bindings)
  }

  // MARK: Connections

  /// A client connects.
  @discardableResult
  mutating func connect(
    _ name: String,
    host: String = "10.0.0.7",
    channels: Int = 1,
    _ change: (inout ConnectionSnapshot) -> Void = { _ in }
  ) -> UInt64 {
    // Those of connections that are gone are not used again.
    let identifier = max(nextIdentifier, snapshot.totals.connectionsOpened + 1)
    var connection = ConnectionSnapshot(
      identifier: identifier,
      name: name,
      peerAddress: "\(host):\(40_000 + identifier)",
      user: "guest",
      virtualHost: "/",
      channelCount: channels,
      heartbeatSeconds: 10,
      connectedAt: now
    )
    change(&connection)
    snapshot.connections.append(connection)
    snapshot.totals.connectionsOpened = identifier
    snapshot.totals.channelsOpened += UInt64(channels)
    return identifier
  }

  mutating func disconnect(_ identifier: UInt64) {
    snapshot.connections.removeAll { $0.identifier == identifier }
  }

  /// Changes a connection.
  mutating func change(connection identifier: UInt64, _ change: (inout ConnectionSnapshot) -> Void)
  {
    guard let place = snapshot.connections.firstIndex(where: { $0.identifier == identifier })
    else { return }
    change(&snapshot.connections[place])
  }

  /// Gives the snapshot as it is to the diagnosis, some seconds after the one before; for those who
  /// look seldom.
  mutating func look(after seconds: Double) {
    snapshot.at = snapshot.at.advanced(bySeconds: seconds)
    snapshot.wallTime.milliseconds += Int64(seconds * 1_000)
    diagnosis.examine(snapshot)
  }
}

extension BindingSnapshot {
  /// A binding of a queue.
  init(
    _ source: String,
    to queue: String,
    _ key: String,
    hits: UInt64? = nil,
    createdAt: Instant? = nil
  ) {
    self.init(
      virtualHost: "/",
      source: source,
      destination: .queue(queue),
      routingKey: key,
      hits: hits,
      createdAt: createdAt
    )
  }
}
