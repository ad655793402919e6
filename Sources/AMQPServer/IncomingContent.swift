import AMQP
import Broker

/// A message on its way in: `basic.publish`, then a content header, then body frames.
struct IncomingContent {
  private(set) var stage = Stage.idle
  private(set) var isMandatory = false
  // Safe: allocated once for the channel and freed by `free()` when it closes.
  private let route: UnsafeMutableRawBufferPointer
  private var exchangeBytes = 0
  private var routingKeyBytes = 0

  /// Two short strings.
  private static let routeBytesLimit = 2 * Limits.shortStringBytes

  enum Stage {
    case idle
    case awaitingHeader
    /// The content of a method that only servers send; it is refused once its header is there.
    case awaitingServersHeader(MethodIdentifier)
    case awaitingBody(Message, receivedBytes: Int)
  }

  init() {
    route = .allocate(byteCount: Self.routeBytesLimit, alignment: 1)
  }

  /// Gives the memory back, and the message that was not finished.
  func free() {
    if case .awaitingBody(let message, _) = stage { message.release() }
    route.deallocate()
  }

  /// The exchange name of the message on its way in.
  var exchange: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: route[..<exchangeBytes])
  }

  private var routingKey: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: route[exchangeBytes..<(exchangeBytes + routingKeyBytes)])
  }

  /// Takes the arguments of `basic.publish`.
  @inline(__always)
  mutating func begin(_ arguments: PublishArguments) {
    exchangeBytes = arguments.exchange.count
    routingKeyBytes = arguments.routingKey.count
    isMandatory = arguments.isMandatory
    if let start = route.baseAddress {
      if let bytes = arguments.exchange.baseAddress {
        start.copyMemory(from: bytes, byteCount: exchangeBytes)
      }
      if let bytes = arguments.routingKey.baseAddress {
        (start + exchangeBytes).copyMemory(from: bytes, byteCount: routingKeyBytes)
      }
    }
    stage = .awaitingHeader
  }

  /// Waits for the content of a method that only servers send, as RabbitMQ does.
  mutating func begin(ofServers method: MethodIdentifier) {
    stage = .awaitingServersHeader(method)
  }

  /// Takes the content header.
  ///
  /// - Returns: false when there is no memory for the message.
  @inline(__always)
  mutating func reserve(
    properties: UnsafeRawBufferPointer,
    traits: MessageTraits,
    priority: UInt8,
    bodyBytes: Int,
    enteredAt instant: Int64
  ) -> Bool {
    guard
      let message = Message.reserve(
        exchange: exchange,
        routingKey: routingKey,
        properties: properties,
        traits: traits,
        priority: priority,
        bodyBytes: bodyBytes,
        enteredAt: instant
      )
    else { return false }
    stage = .awaitingBody(message, receivedBytes: 0)
    return true
  }

  /// Takes a body frame's payload.
  ///
  /// - Returns: false when it is more than the content header said.
  @inline(__always)
  mutating func append(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard case .awaitingBody(let message, let receivedBytes) = stage else { return false }
    let body = message.bodyForWriting
    guard bytes.count <= body.count - receivedBytes else { return false }
    if let start = body.baseAddress, let source = bytes.baseAddress {
      (start + receivedBytes).copyMemory(from: source, byteCount: bytes.count)
    }
    stage = .awaitingBody(message, receivedBytes: receivedBytes + bytes.count)
    return true
  }

  /// Hands the message over once all of its body is there.
  @inline(__always)
  mutating func takeFinished() -> Message? {
    guard
      case .awaitingBody(let message, let receivedBytes) = stage,
      receivedBytes == message.bodyBytes
    else { return nil }
    stage = .idle
    return message
  }

  /// Forgets a message whose header is refused.
  mutating func abandon() {
    if case .awaitingBody(let message, _) = stage { message.release() }
    stage = .idle
  }
}

/// The arguments of `basic.publish` where they lie in the read buffer.
struct PublishArguments {
  let exchange: UnsafeRawBufferPointer
  let routingKey: UnsafeRawBufferPointer
  let isMandatory: Bool
  let isImmediate: Bool

  /// Reads a method frame's payload.
  ///
  /// - Returns: nil when it is not of the form of `basic.publish`.
  @inline(__always)
  init?(_ payload: UnsafeRawBufferPointer) {
    // Class, method and the reserved ticket come first.
    var offset = 6
    guard payload.count > offset else { return nil }
    let exchangeEnd = offset + 1 + Int(payload[offset])
    guard payload.count > exchangeEnd else { return nil }
    exchange = UnsafeRawBufferPointer(rebasing: payload[(offset + 1)..<exchangeEnd])
    offset = exchangeEnd
    let keyEnd = offset + 1 + Int(payload[offset])
    guard payload.count == keyEnd + 1 else { return nil }
    routingKey = UnsafeRawBufferPointer(rebasing: payload[(offset + 1)..<keyEnd])
    let bits = payload[keyEnd]
    isMandatory = bits & 1 != 0
    isImmediate = bits & 2 != 0
  }
}
