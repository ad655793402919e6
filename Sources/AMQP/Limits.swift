/// The sizes and counts that bound what this module reads and writes.
package enum Limits {
  /// The octet that ends every frame.
  // Computed, as are the next two: another module reads a stored one through a call.
  @inlinable package static var frameEnd: UInt8 { 0xCE }
  /// Frame type, channel and payload size (7 bytes) before the payload and the frame end after it.
  @inlinable package static var frameOverheadBytes: Int { 8 }
  /// Bytes of a frame before its payload.
  @inlinable package static var frameHeadBytes: Int { 7 }
  /// What every peer must accept before tuning (specification, section 4.2.3: `frame-min-size`).
  package static let minimumFrameBytes = 4096
  /// What RabbitMQ offers in `connection.tune`, whole frames with their overhead.
  package static let defaultFrameBytes = 131_072
  /// The highest channel number that RabbitMQ offers in `connection.tune`.
  package static let defaultChannelCount = 2047
  /// A short string's length is one octet.
  package static let shortStringBytes = 255
  /// How deep tables and arrays may lie inside one another: far beyond what clients send, and
  /// shallow enough that reading never exhausts the stack.
  package static let fieldTableDepth = 32
}

/// The first octet of a frame.
package enum FrameType: UInt8, Sendable, CaseIterable {
  case method = 1
  case header = 2
  case body = 3
  case heartbeat = 8
}

/// The eight octets that open a connection.
package enum ProtocolHeader {
  /// `AMQP` 0 0 9 1: sent by a client first, and by a server that cannot speak what was asked.
  package static let bytes: [UInt8] = [0x41, 0x4D, 0x51, 0x50, 0, 0, 9, 1]
  /// What clients of 0-9 send; RabbitMQ talks 0-9-1 to them.
  package static let bytesOf09: [UInt8] = [0x41, 0x4D, 0x51, 0x50, 1, 1, 0, 9]
}
