package import AMQP
package import struct NIOCore.ByteBuffer

/// What the broker knows of a client after its handshake.
package struct ClientIdentity: Sendable, Hashable {
  /// The client's own name for the connection, else its peer address.
  package var name: String
  package var peerAddress: String
  package var user: String
  /// From the client property `pid`, which Sluice's own clients send.
  package var processIdentifier: Int?
  /// Whether it wants `basic.cancel` when its queue goes away.
  package var supportsConsumerCancelNotify: Bool
  /// Whether it wants `connection.blocked` when its messages have to wait.
  package var supportsConnectionBlocked: Bool
  /// Whether TLS is around it.
  package var isEncrypted = false
  /// Seconds between heartbeats, as agreed on; 0 for none.
  package var heartbeatSeconds: UInt16 = 0
  /// Channels that it may have open, as agreed on.
  package var channelCountLimit = 0
  /// What its properties call the client, shortened; empty when they do not.
  package var product = ""
  package var version = ""
  /// How it said who it is (AMQP 0-9-1, connection.start-ok.mechanism).
  package var mechanism = "PLAIN"
  /// What it says of itself, as it came; a frame of a handshake has 4,096 bytes.
  package var properties: FieldTable = [:]

  package init(
    name: String,
    peerAddress: String,
    user: String,
    processIdentifier: Int? = nil,
    supportsConsumerCancelNotify: Bool = false,
    supportsConnectionBlocked: Bool = false
  ) {
    self.name = name
    self.peerAddress = peerAddress
    self.user = user
    self.processIdentifier = processIdentifier
    self.supportsConsumerCancelNotify = supportsConsumerCancelNotify
    self.supportsConnectionBlocked = supportsConnectionBlocked
  }
}

/// Carries a connection's output away; the server's side of a connection.
package protocol Transport: AnyObject {
  /// Sends what is in ``Connection/output`` and empties it.
  func flush()
  /// Cuts the connection without a farewell, as if the network had gone.
  func cut()
  /// Says `connection.close` with the violation's code and text, and ends the session.
  func close(for violation: Violation)
  /// Reads on after ``Connection/isBlocked`` was cleared.
  func resumeReading()
  /// Says `channel.close` with the violation's code and text; the rest of the session goes on.
  func close(channel number: UInt16, for violation: Violation)
}

/// One client's session with the broker: its channels and the bytes that go out to it.
///
/// - Isolation: the broker's loop.
package final class Connection {
  /// Never used again in the life of the broker.
  package let identifier: UInt64
  package let identity: ClientIdentity
  package let host: VirtualHost
  /// The longest frame the client takes, in bytes, end octet included.
  package let maximumFrameBytes: Int
  let connectedAt: Int64

  /// Frames for the client, in order, not yet handed to the network.
  package var output = ByteBuffer()
  package var bytesReceived: UInt64 = 0
  /// When anything came from the client last, in nanoseconds of the broker's clock.
  package var lastReceivedAt: Int64
  package var bytesSent: UInt64 = 0
  package weak var transport: (any Transport)?

  package internal(set) var channels: [UInt16: Channel] = [:]
  var exclusiveQueues: [Name: Queue] = [:]
  /// Messages by the exchanges that they went to, as far as its channels have told.
  private(set) var publishedTo: [Name: UInt64] = [:]
  /// Messages of channels that are closed.
  var publishedBefore: UInt64 = 0
  /// Read through ``Broker/isRestricted(_:)``, which keeps it current.
  var access = ConnectionAccess()
  var isDirty = false
  /// Nothing more is written for the client; its session ends.
  var isClosing = false
  /// Set when so much output waits that deliveries must stop; ``Broker/resume(_:)`` clears it.
  package internal(set) var isCongested = false
  /// Set while nothing is read from the connection because it published while a resource is low.
  package internal(set) var isBlocked = false
  /// Whether the client was told so.
  var isToldBlocked = false
  /// Reads and writes of its socket; behind what each message needs.
  package var readCount: UInt64 = 0
  package var writeCount: UInt64 = 0

  /// Output beyond this stops deliveries to the connection until the network took it.
  package static let outputBytesLimit = 1 << 20

  init(
    identifier: UInt64,
    identity: ClientIdentity,
    host: VirtualHost,
    maximumFrameBytes: Int,
    connectedAt: Int64
  ) {
    self.identifier = identifier
    self.identity = identity
    self.host = host
    self.maximumFrameBytes = maximumFrameBytes
    self.connectedAt = connectedAt
    lastReceivedAt = connectedAt
  }

  /// Exchanges whose messages are counted apart; more are looked at again for those that are gone.
  private static let countedExchangesLimit = 1_024

  func notePublished(_ count: UInt64, to exchange: Exchange) {
    publishedTo[exchange.name, default: 0] += count
    if publishedTo.count > Self.countedExchangesLimit {
      publishedTo = publishedTo.filter { host.exchanges[$0.key] != nil }
    }
  }

  /// Messages that were published over it.
  var published: UInt64 { channels.values.reduce(publishedBefore) { $0 + $1.published } }

  /// Appends a method frame, the content header and the body of a message to the output.
  ///
  /// - Parameters:
  ///   - message: Its exchange and routing key follow the head inside the method frame.
  ///   - head: The method frame up to the exchange name. Its size field is filled in here.
  ///   - tail: The arguments after the routing key.
  @inline(__always)
  func write(
    _ message: Message,
    head: UnsafeMutableRawBufferPointer,
    tail: UnsafeRawBufferPointer
  ) {
    let channel = head.loadUnaligned(fromByteOffset: 1, as: UInt16.self)
    let exchange = message.exchange
    let routingKey = message.routingKey
    let properties = message.properties
    let methodBytes = head.count + 2 + exchange.count + routingKey.count + tail.count
    head.storeBytes(
      of: UInt32(truncatingIfNeeded: methodBytes - 7).bigEndian,
      toByteOffset: 3,
      as: UInt32.self
    )
    let chunkBytes = maximumFrameBytes - Limits.frameOverheadBytes
    let bodyBytes = message.bodyBytes
    let frames = (bodyBytes + chunkBytes - 1) / chunkBytes
    let total =
      methodBytes + 1 + 7 + 12 + properties.count + 1 + bodyBytes
      + frames * Limits.frameOverheadBytes
    output.writeWithUnsafeMutableBytes(minimumWritableBytes: total) { buffer in
      var writer = FrameWriter(buffer)
      writer.copy(UnsafeRawBufferPointer(head))
      writer.shortString(exchange)
      writer.shortString(routingKey)
      writer.copy(tail)
      writer.byte(Limits.frameEnd)
      writer.frameHead(.header, channel: channel, bytes: 12 + properties.count)
      writer.integer(UInt32(0x003C_0000))
      writer.integer(UInt64(bodyBytes))
      writer.copy(properties)
      writer.byte(Limits.frameEnd)
      var sent = 0
      while sent < bodyBytes {
        let bytes = min(chunkBytes, bodyBytes - sent)
        writer.frameHead(.body, channel: channel, bytes: bytes)
        writer.copy(UnsafeRawBufferPointer(rebasing: message.body[sent..<(sent + bytes)]))
        writer.byte(Limits.frameEnd)
        sent += bytes
      }
      return total
    }
  }
}

/// Writes frames into memory that was measured before.
struct FrameWriter {
  // Safe: `Connection.write` reserves exactly as many bytes as it writes.
  private var next: UnsafeMutableRawPointer

  @inline(__always)
  init(_ buffer: UnsafeMutableRawBufferPointer) {
    guard let start = buffer.baseAddress else {
      preconditionFailure("reserved memory has an address")
    }
    next = start
  }

  @inline(__always)
  mutating func copy(_ bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress else { return }
    next.copyMemory(from: start, byteCount: bytes.count)
    next += bytes.count
  }

  @inline(__always)
  mutating func byte(_ value: UInt8) {
    next.storeBytes(of: value, as: UInt8.self)
    next += 1
  }

  @inline(__always)
  mutating func integer(_ value: some FixedWidthInteger) {
    let bigEndian = value.bigEndian
    withUnsafeBytes(of: bigEndian) { copy($0) }
  }

  @inline(__always)
  mutating func shortString(_ bytes: UnsafeRawBufferPointer) {
    byte(UInt8(truncatingIfNeeded: bytes.count))
    copy(bytes)
  }

  /// Writes what comes before a payload; the channel number is given as it stands on the wire.
  @inline(__always)
  mutating func frameHead(_ type: FrameType, channel: UInt16, bytes: Int) {
    byte(type.rawValue)
    withUnsafeBytes(of: channel) { copy($0) }
    integer(UInt32(truncatingIfNeeded: bytes))
  }
}
