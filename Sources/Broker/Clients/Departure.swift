/// Why a consumer left its queue.
package enum Departure: Sendable, Hashable {
  /// The client cancelled it (AMQP 0-9-1, basic.cancel).
  case cancelled
  /// The broker cancelled it, at a person's wish or because its queue went away.
  case cancelledByBroker
  /// The client closed its channel, or a mistake on it did.
  case channelClosed
  /// The client said goodbye (AMQP 0-9-1, connection.close).
  case connectionClosed
  /// The broker closed the connection, for the client's mistake or at a person's wish.
  case connectionClosedByBroker
  /// The socket ended without a word, or no heartbeat came.
  case connectionLost

  /// The rest of a sentence about the consumer.
  var text: String {
    switch self {
    case .cancelled: "it cancelled"
    case .cancelledByBroker: "cancelled by the broker"
    case .channelClosed: "its channel closed"
    case .connectionClosed: "its connection closed"
    case .connectionClosedByBroker: "the broker closed its connection"
    case .connectionLost: "its connection was lost"
    }
  }
}
