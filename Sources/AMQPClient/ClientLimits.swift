/// What bounds the client's buffers and waits.
package enum ClientLimits {
  /// The longest frame that the client agrees to, overhead included.
  package static let frameBytes = 131_072
  /// The longest message that the client takes from a server: RabbitMQ's own default limit.
  package static let bodyBytes = 134_217_728
  /// Outgoing bytes that are gathered before they are handed to the socket within one loop turn.
  package static let gatheredBytes = 65_536
  /// Above the high mark a publisher waits until the socket has taken all down to the low one.
  package static let writeBufferLowBytes = 262_144
  package static let writeBufferHighBytes = 1_048_576
  /// Deliveries that wait for a reader before the connection stops reading; a consumer's prefetch
  /// count when that is higher.
  package static let bufferedDeliveries = 1024
  /// Bytes of bodies that wait for a reader before the connection stops reading.
  package static let bufferedDeliveryBytes = 16_777_216
  /// Reading goes on while somebody waits for the server's answer; a consumer that lets its
  /// limits be passed this many times over loses its channel, and the server requeues.
  package static let overflowFactor = 16
  /// Returned messages that nobody has read; later ones are dropped.
  package static let returnedMessages = 1024
  /// From the start of connecting to a connected socket.
  package static let connectSeconds: Int64 = 5
  /// From a connected socket to `connection.open-ok`.
  package static let handshakeSeconds: Int64 = 10
  /// How long a close waits for the server's answer.
  package static let closeSeconds: Int64 = 5
}
