import Dashboard
import Telemetry

/// What the sample broker tells about what is watched.
extension SampleWorld {
  /// A connection for each consumer, and one that publishes.
  func connections(at seconds: Double) -> [ConnectionSnapshot] {
    let consumers = self.consumers(at: seconds)
    let publisher = ConnectionSnapshot(
      identifier: 7,
      name: "checkout",
      peerAddress: "10.0.0.4:40988",
      user: "shop",
      virtualHost: "/",
      channelCount: 2,
      published: UInt64(40 * Self.uneven(100 + seconds)),
      bytesReceived: UInt64(9_000 * Self.uneven(100 + seconds)),
      bytesSent: UInt64(400 * Self.uneven(100 + seconds)),
      connectedAt: Self.origin.advanced(bySeconds: -3_700)
    )
    let others = consumers.map { consumer in
      ConnectionSnapshot(
        identifier: consumer.connectionIdentifier,
        name: consumer.connectionName,
        peerAddress: "127.0.0.1:5\(consumer.connectionIdentifier)",
        user: "guest",
        virtualHost: "/",
        channelCount: 1,
        bytesReceived: UInt64(300 * Self.uneven(100 + seconds)),
        bytesSent: UInt64(8_000 * Self.uneven(100 + seconds)),
        connectedAt: Self.origin.advanced(bySeconds: -100)
      )
    }
    return queues.isEmpty ? [] : [publisher] + others
  }

  /// More about what is watched; nil when nothing is.
  func details(at seconds: Double) -> WatchedDetails? {
    if watch == .nothing { return nil }
    let passed = Self.uneven(100 + seconds)
    let exchange = exchanges.last?.name ?? ""
    var bindings = queues.sorted { $0.name < $1.name }.map { queue in
      BindingSnapshot(
        virtualHost: "/",
        source: exchange,
        destination: .queue(queue.name),
        routingKey: "payment.#",
        hits: UInt64(queue.perSecond * passed)
      )
    }
    if let first = bindings.first {
      var dead = first
      dead.routingKey = "payment.vip.*"
      dead.hits = 0
      bindings.append(dead)
    }
    if case .queue(_, let name) = watch {
      bindings.removeAll { $0.destination != .queue(name) }
    }
    return WatchedDetails(
      watch: watch,
      facts: [
        WatchedDetails.Fact("type", "classic"),
        WatchedDetails.Fact("x-max-length", "10000"),
        WatchedDetails.Fact("x-dead-letter-exchange", "orders.dlx"),
        WatchedDetails.Fact("product", "pika \u{1B}[31m1.3.2"),
      ],
      bindings: bindings,
      channels: [
        ChannelSnapshot(
          connectionIdentifier: 7,
          number: 1,
          isConfirming: true,
          unconfirmed: 3,
          published: UInt64(40 * passed)
        ),
        ChannelSnapshot(connectionIdentifier: 7, number: 2, consumerCount: 1, unacked: 2),
      ],
      held: (1...3).map { tag in
        HeldMessage(
          deliveryTag: UInt64(tag),
          deliveredAt: Self.origin.advanced(bySeconds: -84),
          message: Self.message(tag)
        )
      },
      publishers: exchange.isEmpty
        ? []
        : [
          PublisherSnapshot(
            connectionIdentifier: 7,
            connectionName: "checkout",
            virtualHost: "/",
            exchange: exchange,
            published: UInt64(40 * passed)
          )
        ],
      tapped: (4...6).map { Self.message($0) }
    )
  }

  /// A message of some order; each third was delivered before and died once.
  static func message(_ number: Int) -> MessageSnapshot {
    let isOld = number % 3 == 0
    return MessageSnapshot(
      identifier: UInt64(number),
      position: number - 1,
      exchange: "payments",
      routingKey: "payment.succeeded",
      isRedelivered: isOld,
      isPersistent: true,
      enteredAt: origin.advanced(bySeconds: -85),
      properties: [WatchedDetails.Fact("content_type", "application/json")],
      headers: [WatchedDetails.Fact("attempt", "\(number)")],
      deaths: isOld
        ? [
          MessageSnapshot.Death(
            reason: "rejected",
            queue: "points.payments",
            exchange: "payments",
            routingKeys: ["payment.succeeded"],
            count: 2
          )
        ] : [],
      bodyBytes: 46,
      body: Array(#"{"order":\#(8_810 + number),"lines":[1,2],"paid":true}"#.utf8)
    )
  }
}
