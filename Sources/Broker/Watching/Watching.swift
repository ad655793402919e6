import AMQP
package import Telemetry

/// What the person at the dashboard looks at closely.
struct Watching {
  var watch = Watch.nothing
  var isTapping = false
  fileprivate var bindings = BindingList()
}

extension Broker {
  /// Says what the person looks at closely; the next snapshot tells more about that.
  ///
  /// - Parameters:
  ///   - watch: A thing that may not be there, or no more; then there is nothing to tell.
  ///   - isTapping: Whether messages that go to it are noted, for a queue or an exchange.
  package func watch(_ watch: Watch, isTapping: Bool) {
    // Keys count on while the person turns the tap on or off.
    if watching.watch != watch, keyCounts != nil { setKeyCounts(nil) }
    watching = Watching(watch: watch, isTapping: isTapping)
    if tap != nil { setTap(nil) }
    arrange()
  }

  /// Taps what goes by the name now, and counts its routing keys; routes are made anew, as they know
  /// whether that is to be done.
  private func arrange() {
    let target = watching.isTapping ? tapTarget : nil
    if target?.identifier != tap?.target.identifier { setTap(target.map { Tap($0) }) }
    var watched: Exchange?
    if case .exchange(let host, let name) = watching.watch { watched = exchange(name, in: host) }
    if watched !== keyCounts?.exchange { setKeyCounts(watched.map { RoutingKeyCounts(of: $0) }) }
  }

  private func setTap(_ new: Tap?) {
    tap = new
    topologyGeneration += 1
  }

  private func setKeyCounts(_ new: RoutingKeyCounts?) {
    keyCounts = new
    topologyGeneration += 1
  }

  private var tapTarget: Tap.Target? {
    switch watching.watch {
    case .queue(let host, let name): queue(name, in: host).map { .queue($0) }
    case .exchange(let host, let name): exchange(name, in: host).map { .exchange($0) }
    case .nothing, .consumer, .connection, .topology: nil
    }
  }

  private func queue(_ name: String, in host: String) -> Queue? { hosts[host]?.queues[Name(name)] }

  private func exchange(_ name: String, in host: String) -> Exchange? {
    hosts[host]?.exchanges[Name(name)]
  }

  /// More about what is watched; nil when nothing is, or it is gone.
  func watchedDetails() -> WatchedDetails? {
    arrange()
    var details = WatchedDetails(watch: watching.watch)
    switch watching.watch {
    case .nothing: return nil
    case .queue(let host, let name):
      guard let queue = queue(name, in: host) else { return nil }
      details.facts = queue.facts
      details.bindings = bindings { bindings(to: .queue(queue), from: queue.boundExchanges) }
      let sources = Set(queue.boundExchanges.values.map(\.name))
      (details.publishers, details.channels) = publishers(to: sources, in: queue.host)
    case .exchange(let host, let name):
      guard let exchange = exchange(name, in: host) else { return nil }
      details.facts = exchange.facts
      details.bindings = bindings {
        exchange.sortedBindings.map { (exchange, $0) }
          + bindings(to: .exchange(exchange), from: exchange.sources)
      }
      (details.publishers, details.channels) = publishers(to: [exchange.name], in: exchange.host)
      // After the bindings, for which the routes were credited.
      details.routingKeys = keyCounts?.snapshots ?? []
      details.otherRoutingKeys = keyCounts?.others.value ?? 0
    case .consumer(let identifier):
      guard case .success(let consumer) = findConsumer(identifier) else { return nil }
      details.facts = consumer.facts
      details.channels = [consumer.channel.snapshot]
      details.held = consumer.heldMessages
    case .connection(let identifier):
      guard let connection = connections[identifier] else { return nil }
      details.facts = connection.facts
      details.channels = connection.channelSnapshots
      details.publishers = publishers(connection, to: nil)
    case .topology:
      details.bindings = bindings { allBindings }
      details.publishers = sortedConnections.flatMap { publishers($0, to: nil) }
    }
    if let tap {
      details.tapped = tap.snapshots()
      details.facts.append(
        WatchedDetails.Fact("tap", "\(tap.seen) seen, \(tap.leftOut) not kept")
      )
    }
    return details
  }

  private var sortedConnections: [Connection] {
    connections.values.sorted { $0.identifier < $1.identifier }
  }

  // MARK: - Bindings

  private func bindings(
    to destination: Destination,
    from sources: [ObjectIdentifier: Exchange]
  ) -> [BindingList.Sourced] {
    sources.values.sorted { $0.name < $1.name }.flatMap { source in
      source.bindings(to: destination).map { (source, $0) }
    }
  }

  private func bindings(_ find: () -> [BindingList.Sourced]) -> [BindingSnapshot] {
    creditRoutes()
    return watching.bindings.snapshots(topologyGeneration) {
      Array(find().prefix(WatchedDetails.bindingsLimit))
    }
  }

  // MARK: - Publishers

  /// Who published to these exchanges of a virtual host, and the channels of those connections.
  private func publishers(
    to exchanges: Set<Name>,
    in host: VirtualHost
  ) -> ([PublisherSnapshot], [ChannelSnapshot]) {
    var publishers: [PublisherSnapshot] = []
    var channels: [ChannelSnapshot] = []
    for connection in sortedConnections where connection.host === host {
      let found = self.publishers(connection, to: exchanges)
      if !found.isEmpty { channels += connection.channelSnapshots }
      publishers += found
    }
    return (publishers, channels)
  }

  private func publishers(_ connection: Connection, to exchanges: Set<Name>?) -> [PublisherSnapshot]
  {
    for channel in connection.channels.values { channel.settleCount() }
    return connection.publishedTo.filter { exchanges?.contains($0.key) ?? true }
      .sorted { $0.key < $1.key }
      .map { exchange, count in
        PublisherSnapshot(
          connectionIdentifier: connection.identifier,
          connectionName: connection.identity.name,
          virtualHost: connection.host.name,
          exchange: exchange.text,
          published: count
        )
      }
  }
}

extension Channel {
  fileprivate var snapshot: ChannelSnapshot {
    ChannelSnapshot(
      connectionIdentifier: connection.identifier,
      number: number,
      consumerCount: consumers.count,
      unacked: unacked.count,
      globalPrefetchCount: channelPrefetchCount,
      isConfirming: mode == .confirming,
      isTransactional: mode == .transactional,
      unconfirmed: unconfirmed,
      published: published
    )
  }

  /// Publisher confirms that are owed.
  var unconfirmed: Int {
    guard mode == .confirming else { return 0 }
    let held = held.reduce(0) { $0 + ($1.position == nil ? 0 : $1.sequences.count) }
    return held + Int(clamping: publishedSequence - min(confirmedSequence, publishedSequence))
  }
}

extension Connection {
  fileprivate var channelSnapshots: [ChannelSnapshot] {
    channels.values.sorted { $0.number < $1.number }.map(\.snapshot)
  }
}

extension Consumer {
  /// What it holds, the oldest first.
  fileprivate var heldMessages: [HeldMessage] {
    var messages: [HeldMessage] = []
    channel.unacked.visit { tag, entry in
      guard entry.consumer === self else { return true }
      messages.append(
        HeldMessage(
          deliveryTag: tag,
          deliveredAt: Instant(nanoseconds: entry.deliveredAt),
          message: entry.message.snapshot(
            identifier: ReadyEntry.place(in: entry.place),
            position: messages.count
          )
        )
      )
      return messages.count < min(held, WatchedDetails.messagesLimit)
    }
    return messages
  }
}
