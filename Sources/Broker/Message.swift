import Store

#if canImport(Glibc)
import Glibc
#endif

/// One message in one block of memory, shared by every queue that holds it.
///
///     [ header 24 bytes | exchange | routing key | property flags and list | body ]
///
/// A message that may be in the log has 8 bytes more before the header, for its position there.
///
/// The property bytes are kept as the publisher sent them (AMQP 0-9-1 section 4.2.6.1) and copied
/// out unread. References are counted by hand: retaining a class for each queue, consumer and
/// delivery cost 40 % of the time of a message here (coding.md, "Where the time goes").
///
/// - Isolation: none; a message stays on the loop that made it.
package struct Message {
  // Safe: the block lives as long as `header.references` is above 0, and whoever stores a
  // `Message` owns one of these references.
  private let block: UnsafeMutableRawPointer

  private struct Header {
    var references: Int32
    var exchangeBytes: UInt8
    var routingKeyBytes: UInt8
    var traits: MessageTraits
    var priority: UInt8
    // In the 16 bytes that a block begins with, so that who acknowledges a message finds it in the
    // line of the cache that has the references.
    var enteredAt: Int64
    var propertyBytes: UInt32
    var bodyBytes: UInt32
  }

  private static let headerBytes = MemoryLayout<Header>.stride
  private static let positionBytes = MemoryLayout<UInt64>.stride

  /// Reserves a block and copies all but the body into it; the caller owns the one reference.
  ///
  /// - Parameters:
  ///   - exchange: At most 255 bytes.
  ///   - routingKey: At most 255 bytes.
  ///   - properties: Property flags and list as they came in the content header.
  ///   - traits: What the properties say, found when they were checked.
  ///   - priority: The priority property, 0 when it is not set.
  ///   - bodyBytes: The length of the body that the caller will write.
  ///   - instant: When the message came in.
  /// - Returns: nil when there is no memory for it.
  package static func reserve(
    exchange: UnsafeRawBufferPointer,
    routingKey: UnsafeRawBufferPointer,
    properties: UnsafeRawBufferPointer,
    traits: MessageTraits = [],
    priority: UInt8 = 0,
    bodyBytes: Int,
    enteredAt instant: Int64
  ) -> Message? {
    let bytes =
      headerBytes + exchange.count + routingKey.count + properties.count + bodyBytes
    let before = traits.isPositioned ? positionBytes : 0
    guard let start = malloc(before + bytes) else { return nil }
    if traits.isPositioned { start.storeBytes(of: 0, as: UInt64.self) }
    let block = start + before
    block.initializeMemory(
      as: Header.self,
      to: Header(
        references: 1,
        exchangeBytes: UInt8(truncatingIfNeeded: exchange.count),
        routingKeyBytes: UInt8(truncatingIfNeeded: routingKey.count),
        traits: traits,
        priority: priority,
        enteredAt: instant,
        propertyBytes: UInt32(truncatingIfNeeded: properties.count),
        bodyBytes: UInt32(truncatingIfNeeded: bodyBytes)
      )
    )
    var end = block + headerBytes
    copy(exchange, to: &end)
    copy(routingKey, to: &end)
    copy(properties, to: &end)
    return Message(block: block)
  }

  @inline(__always)
  private static func copy(
    _ bytes: UnsafeRawBufferPointer,
    to end: inout UnsafeMutableRawPointer
  ) {
    guard let start = bytes.baseAddress else { return }
    end.copyMemory(from: start, byteCount: bytes.count)
    end += bytes.count
  }

  private var header: UnsafeMutablePointer<Header> {
    @inline(__always) get { block.assumingMemoryBound(to: Header.self) }
  }

  /// The exchange it was published to, empty for the default exchange.
  package var exchange: UnsafeRawBufferPointer {
    @inline(__always) get {
      UnsafeRawBufferPointer(
        start: block + Self.headerBytes,
        count: Int(header.pointee.exchangeBytes)
      )
    }
  }

  package var routingKey: UnsafeRawBufferPointer {
    @inline(__always) get {
      UnsafeRawBufferPointer(
        start: block + Self.headerBytes + Int(header.pointee.exchangeBytes),
        count: Int(header.pointee.routingKeyBytes)
      )
    }
  }

  @inline(__always)
  private var routeBytes: Int {
    Int(header.pointee.exchangeBytes) + Int(header.pointee.routingKeyBytes)
  }

  /// Exchange and routing key, which lie side by side; how many of the bytes are the exchange's
  /// is `exchange.count`.
  var route: UnsafeRawBufferPointer {
    @inline(__always) get {
      UnsafeRawBufferPointer(start: block + Self.headerBytes, count: routeBytes)
    }
  }

  /// Property flags and list, as a content header carries them.
  package var properties: UnsafeRawBufferPointer {
    @inline(__always) get {
      UnsafeRawBufferPointer(
        start: block + Self.headerBytes + routeBytes,
        count: Int(header.pointee.propertyBytes)
      )
    }
  }

  package var body: UnsafeRawBufferPointer {
    @inline(__always) get { UnsafeRawBufferPointer(bodyForWriting) }
  }

  /// The body's memory, for whoever assembles the message; undefined until written.
  package var bodyForWriting: UnsafeMutableRawBufferPointer {
    @inline(__always) get {
      UnsafeMutableRawBufferPointer(
        start: block + Self.headerBytes + routeBytes + Int(header.pointee.propertyBytes),
        count: Int(header.pointee.bodyBytes)
      )
    }
  }

  package var bodyBytes: Int {
    @inline(__always) get { Int(header.pointee.bodyBytes) }
  }

  /// What its properties ask for.
  package var traits: MessageTraits {
    @inline(__always) get { header.pointee.traits }
  }

  /// The priority that its publisher gave it; 0 when none.
  package var priority: UInt8 {
    @inline(__always) get { header.pointee.priority }
  }

  /// When the broker had the whole message, in nanoseconds of the broker's clock.
  package var enteredAt: Int64 {
    @inline(__always) get { header.pointee.enteredAt }
    @inline(__always) nonmutating set { header.pointee.enteredAt = newValue }
  }

  /// Adds references for `count` more owners.
  @inline(__always)
  package func retain(_ count: Int = 1) {
    header.pointee.references &+= Int32(truncatingIfNeeded: count)
  }

  /// Gives up one reference; the last one frees the block.
  @inline(__always)
  package func release() {
    header.pointee.references &-= 1
    if header.pointee.references == 0 {
      free(traits.isPositioned ? block - Self.positionBytes : block)
    }
  }

  /// Where the log has it; nil when it has not.
  ///
  /// Only what is positioned can have one.
  var position: Position? {
    get {
      guard traits.isPositioned else { return nil }
      let packed = (block - Self.positionBytes).load(as: UInt64.self)
      return packed == 0 ? nil : Position(packed: packed)
    }
    nonmutating set {
      guard traits.isPositioned else { return }
      (block - Self.positionBytes).storeBytes(of: newValue?.packed ?? 0, as: UInt64.self)
    }
  }
}
