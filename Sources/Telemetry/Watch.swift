/// What a person looks at closely; a broker tells more about that than about everything else.
package enum Watch: Sendable, Hashable {
  case nothing
  case queue(virtualHost: String, name: String)
  case exchange(virtualHost: String, name: String)
  case consumer(identifier: UInt64)
  case connection(identifier: UInt64)
  /// How everything hangs together, in all virtual hosts.
  case topology
}

/// What a snapshot says beyond its tables about the one thing that is watched.
package struct WatchedDetails: Sendable, Hashable {
  /// What it is about; the person may already look at something else.
  package var watch: Watch
  /// How it was declared and what applies to it, in the order in which to show it.
  package var facts: [Fact]
  /// Those of the queue or exchange; of the topology all, at most ``bindingsLimit``.
  package var bindings: [BindingSnapshot]
  /// Those of the connection, or of the connections that publish to what is watched.
  package var channels: [ChannelSnapshot]
  /// What a consumer holds, the oldest first, at most ``messagesLimit``.
  package var held: [HeldMessage]
  /// Who published to which exchange; of one exchange, or of all for the topology.
  package var publishers: [PublisherSnapshot]
  /// The newest messages that a tap copied, oldest first, at most ``messagesLimit``.
  package var tapped: [MessageSnapshot]
  /// The routing keys of the messages that came to the exchange since it is watched, the most
  /// frequent first, those equally frequent by key.
  ///
  /// Published there or through another exchange; one key a message, whatever its CC header says. At
  /// most ``routingKeysLimit``; those beyond count as ``otherRoutingKeys``.
  package var routingKeys: [RoutingKeySnapshot]
  /// Messages whose keys are not in ``routingKeys``.
  package var otherRoutingKeys: UInt64

  /// How many bindings are listed at most.
  package static let bindingsLimit = 20_000
  /// How many messages are listed at most.
  package static let messagesLimit = 100
  /// How many routing keys are counted at most; the first ones are kept.
  package static let routingKeysLimit = 64

  package init(
    watch: Watch,
    facts: [Fact] = [],
    bindings: [BindingSnapshot] = [],
    channels: [ChannelSnapshot] = [],
    held: [HeldMessage] = [],
    publishers: [PublisherSnapshot] = [],
    tapped: [MessageSnapshot] = [],
    routingKeys: [RoutingKeySnapshot] = [],
    otherRoutingKeys: UInt64 = 0
  ) {
    self.watch = watch
    self.facts = facts
    self.bindings = bindings
    self.channels = channels
    self.held = held
    self.publishers = publishers
    self.tapped = tapped
    self.routingKeys = routingKeys
    self.otherRoutingKeys = otherRoutingKeys
  }

  /// A name and what stands for it, for example `x-max-length` and `10000`.
  package struct Fact: Sendable, Hashable {
    package var name: String
    package var value: String

    package init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }
}

/// One binding, and what went over it.
package struct BindingSnapshot: Sendable, Hashable {
  /// What a binding leads to.
  package enum Destination: Sendable, Hashable {
    case queue(String)
    case exchange(String)

    /// Its name.
    package var name: String {
      switch self {
      case .queue(let name), .exchange(let name): name
      }
    }
  }

  package var virtualHost: String
  /// The exchange it starts from.
  package var source: String
  package var destination: Destination
  package var routingKey: String
  /// As `name=value` with commas between; empty without any.
  package var arguments: String
  /// The same one by one.
  package var argumentPairs: [WatchedDetails.Fact]
  /// Messages that it matched since it was made; nil where the broker does not count them.
  package var hits: UInt64?
  package var createdAt: Instant?

  package init(
    virtualHost: String,
    source: String,
    destination: Destination,
    routingKey: String,
    arguments: String = "",
    argumentPairs: [WatchedDetails.Fact] = [],
    hits: UInt64? = nil,
    createdAt: Instant? = nil
  ) {
    self.virtualHost = virtualHost
    self.source = source
    self.destination = destination
    self.routingKey = routingKey
    self.arguments = arguments
    self.argumentPairs = argumentPairs
    self.hits = hits
    self.createdAt = createdAt
  }
}

/// One channel of a connection.
package struct ChannelSnapshot: Sendable, Hashable {
  package var connectionIdentifier: UInt64
  package var number: UInt16
  package var consumerCount: Int
  /// Messages its consumers and gets hold unacknowledged.
  package var unacked: Int
  /// Of all its consumers together (`basic.qos` with global set); 0 means no limit.
  package var globalPrefetchCount: Int
  package var isConfirming: Bool
  package var isTransactional: Bool
  /// Publisher confirms that are owed.
  package var unconfirmed: Int
  package var published: UInt64

  package init(
    connectionIdentifier: UInt64,
    number: UInt16,
    consumerCount: Int = 0,
    unacked: Int = 0,
    globalPrefetchCount: Int = 0,
    isConfirming: Bool = false,
    isTransactional: Bool = false,
    unconfirmed: Int = 0,
    published: UInt64 = 0
  ) {
    self.connectionIdentifier = connectionIdentifier
    self.number = number
    self.consumerCount = consumerCount
    self.unacked = unacked
    self.globalPrefetchCount = globalPrefetchCount
    self.isConfirming = isConfirming
    self.isTransactional = isTransactional
    self.unconfirmed = unconfirmed
    self.published = published
  }
}

/// A connection that publishes to an exchange.
package struct PublisherSnapshot: Sendable, Hashable {
  package var connectionIdentifier: UInt64
  package var connectionName: String
  package var virtualHost: String
  package var exchange: String
  /// Messages it published there since it connected.
  package var published: UInt64

  package init(
    connectionIdentifier: UInt64,
    connectionName: String,
    virtualHost: String,
    exchange: String,
    published: UInt64
  ) {
    self.connectionIdentifier = connectionIdentifier
    self.connectionName = connectionName
    self.virtualHost = virtualHost
    self.exchange = exchange
    self.published = published
  }
}

/// A message that a consumer has and did not yet settle.
package struct HeldMessage: Sendable, Hashable {
  package var deliveryTag: UInt64
  package var deliveredAt: Instant
  package var message: MessageSnapshot

  package init(deliveryTag: UInt64, deliveredAt: Instant, message: MessageSnapshot) {
    self.deliveryTag = deliveryTag
    self.deliveredAt = deliveredAt
    self.message = message
  }
}

/// A routing key, and how often it came.
package struct RoutingKeySnapshot: Sendable, Hashable {
  package var routingKey: String
  /// Messages since the exchange is watched.
  package var count: UInt64

  package init(routingKey: String, count: UInt64) {
    self.routingKey = routingKey
    self.count = count
  }
}

/// How long it takes to an acknowledgement: a consumer from the delivery on, the messages of a queue
/// from when they came in.
package struct ServiceTime: Sendable, Hashable {
  package var p50Milliseconds: Double
  package var p95Milliseconds: Double
  /// How many acknowledgements were measured for these.
  package var sampleCount: Int

  package init(p50Milliseconds: Double, p95Milliseconds: Double, sampleCount: Int) {
    self.p50Milliseconds = p50Milliseconds
    self.p95Milliseconds = p95Milliseconds
    self.sampleCount = sampleCount
  }
}
