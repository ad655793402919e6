/// A message that was looked at and not consumed.
package struct MessageSnapshot: Sendable, Hashable {
  /// Names the message in its queue until it leaves it; a tap numbers its own copies.
  package var identifier: UInt64
  /// Its place in the queue; 0 is the head.
  package var position: Int
  package var exchange: String
  package var routingKey: String
  package var isRedelivered: Bool
  package var isPersistent: Bool
  /// When it came into the queue; nil where nobody knows.
  package var enteredAt: Instant?
  /// The content header's properties that are set, as text, in the order of the protocol.
  package var properties: [WatchedDetails.Fact]
  package var headers: [WatchedDetails.Fact]
  package var deaths: [Death]
  package var bodyBytes: Int
  /// The first ``bodyLimit`` bytes of the body; they are untrusted.
  package var body: [UInt8]

  /// How much of a body is copied.
  package static let bodyLimit = 4_096

  package init(
    identifier: UInt64,
    position: Int = 0,
    exchange: String,
    routingKey: String,
    isRedelivered: Bool = false,
    isPersistent: Bool = false,
    enteredAt: Instant?,
    properties: [WatchedDetails.Fact] = [],
    headers: [WatchedDetails.Fact] = [],
    deaths: [Death] = [],
    bodyBytes: Int,
    body: [UInt8]
  ) {
    self.identifier = identifier
    self.position = position
    self.exchange = exchange
    self.routingKey = routingKey
    self.isRedelivered = isRedelivered
    self.isPersistent = isPersistent
    self.enteredAt = enteredAt
    self.properties = properties
    self.headers = headers
    self.deaths = deaths
    self.bodyBytes = bodyBytes
    self.body = body
  }

  /// An entry of `x-death` (RabbitMQ's page "Dead Letter Exchanges").
  package struct Death: Sendable, Hashable {
    /// `rejected`, `expired`, `maxlen` or `delivery_limit`.
    package var reason: String
    package var queue: String
    /// Where it had been published before it died.
    package var exchange: String
    package var routingKeys: [String]
    package var count: UInt64

    package init(
      reason: String,
      queue: String,
      exchange: String,
      routingKeys: [String],
      count: UInt64
    ) {
      self.reason = reason
      self.queue = queue
      self.exchange = exchange
      self.routingKeys = routingKeys
      self.count = count
    }
  }
}

/// Where the messages of a dead letter queue would go back to, or went.
package struct Redrive: Sendable, Hashable {
  /// Messages that go the same way.
  package struct Group: Sendable, Hashable {
    /// Why they died.
    package var reason: String
    /// The queue in which they died.
    package var queue: String
    /// Where they are published again.
    package var exchange: String
    package var routingKey: String
    package var count: Int
    /// Set when they cannot go back, for example because the exchange is gone.
    package var obstacle: String?

    package init(
      reason: String,
      queue: String,
      exchange: String,
      routingKey: String,
      count: Int,
      obstacle: String? = nil
    ) {
      self.reason = reason
      self.queue = queue
      self.exchange = exchange
      self.routingKey = routingKey
      self.count = count
      self.obstacle = obstacle
    }
  }

  /// The largest first.
  package var groups: [Group]
  /// Messages that never died, so that nobody knows where they came from; they stay.
  package var withoutOrigin: Int
  /// Whether nothing was moved.
  package var isDryRun: Bool

  package init(groups: [Group], withoutOrigin: Int, isDryRun: Bool) {
    self.groups = groups
    self.withoutOrigin = withoutOrigin
    self.isDryRun = isDryRun
  }
}
