/// One client connection.
package struct ConnectionSnapshot: Sendable, Hashable {
  package var identifier: UInt64
  /// The client's name for itself (`connection_name`), else its peer address.
  package var name: String
  package var peerAddress: String
  /// The product that its client properties name; empty without one.
  package var clientProduct: String
  /// The version that its client properties name; empty without one.
  package var clientVersion: String
  package var user: String
  package var virtualHost: String
  package var channelCount: Int
  /// Messages published over it since it connected.
  package var published: UInt64
  package var bytesReceived: UInt64
  package var bytesSent: UInt64
  /// Whether it published while a resource is low, and so waits until the alarm is over.
  package var isBlocked: Bool
  /// When anything came from it last, a heartbeat too; nil where nobody knows.
  package var lastReceivedAt: Instant?
  /// The heartbeat that was agreed on, in seconds; 0 for none.
  package var heartbeatSeconds: Int
  /// Publisher confirms that it waits for.
  package var unconfirmed: Int
  /// Whether the broker does not read from it, because the disk or another part is behind.
  package var isFlowControlled: Bool
  package var connectedAt: Instant

  package init(
    identifier: UInt64,
    name: String,
    peerAddress: String,
    clientProduct: String = "",
    clientVersion: String = "",
    user: String,
    virtualHost: String,
    channelCount: Int = 0,
    published: UInt64 = 0,
    bytesReceived: UInt64 = 0,
    bytesSent: UInt64 = 0,
    isBlocked: Bool = false,
    lastReceivedAt: Instant? = nil,
    heartbeatSeconds: Int = 0,
    unconfirmed: Int = 0,
    isFlowControlled: Bool = false,
    connectedAt: Instant
  ) {
    self.identifier = identifier
    self.name = name
    self.peerAddress = peerAddress
    self.clientProduct = clientProduct
    self.clientVersion = clientVersion
    self.user = user
    self.virtualHost = virtualHost
    self.channelCount = channelCount
    self.published = published
    self.bytesReceived = bytesReceived
    self.bytesSent = bytesSent
    self.isBlocked = isBlocked
    self.lastReceivedAt = lastReceivedAt
    self.heartbeatSeconds = heartbeatSeconds
    self.unconfirmed = unconfirmed
    self.isFlowControlled = isFlowControlled
    self.connectedAt = connectedAt
  }
}
