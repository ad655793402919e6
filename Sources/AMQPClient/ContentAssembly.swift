import AMQP
import struct NIOCore.ByteBuffer

/// What a server did that the protocol does not allow; the connection is closed with it.
struct Violation: Error, Hashable {
  let code: ReplyCode
  let text: String
}

/// Puts the method, header and body frames of one message together again.
struct ContentAssembly {
  /// A method that carries content from a server.
  enum Carrier: Hashable {
    case deliver(BasicDeliver)
    case getOk(BasicGetOk)
    case returned(BasicReturn)
  }

  /// A whole message.
  struct Content: Hashable {
    let carrier: Carrier
    let properties: BasicProperties
    let body: ByteBuffer
  }

  private enum State {
    case idle
    case awaitingHeader(Carrier)
    case awaitingBody(Carrier, ContentHeader, received: ByteBuffer)
  }

  private var state = State.idle

  /// Whether no message is half received, so that any method may come.
  var isIdle: Bool {
    switch state {
    case .idle: true
    case .awaitingHeader, .awaitingBody: false
    }
  }

  mutating func carrierReceived(_ carrier: Carrier) {
    precondition(isIdle, "a method comes when no message is half received")
    state = .awaitingHeader(carrier)
  }

  mutating func headerReceived(_ header: ContentHeader) throws(Violation) -> Content? {
    guard case .awaitingHeader(let carrier) = state else {
      throw Violation(code: .unexpectedFrame, text: "a content header without its method")
    }
    guard header.bodyBytes <= UInt64(ClientLimits.bodyBytes) else {
      throw Violation(
        code: .resourceError,
        text: "a body of \(header.bodyBytes) bytes is longer than \(ClientLimits.bodyBytes) bytes"
      )
    }
    return complete(carrier, header, ByteBuffer())
  }

  mutating func bodyReceived(_ part: ByteBuffer) throws(Violation) -> Content? {
    guard case .awaitingBody(let carrier, let header, var received) = state else {
      throw Violation(code: .unexpectedFrame, text: "a body frame without its content header")
    }
    // The buffer must have one owner while it grows, else every part would copy the whole.
    state = .idle
    received.writeImmutableBuffer(part)
    guard UInt64(received.readableBytes) <= header.bodyBytes else {
      throw Violation(
        code: .unexpectedFrame,
        text: "a body is longer than the \(header.bodyBytes) bytes announced"
      )
    }
    return complete(carrier, header, received)
  }

  private mutating func complete(
    _ carrier: Carrier,
    _ header: ContentHeader,
    _ received: ByteBuffer
  ) -> Content? {
    guard UInt64(received.readableBytes) == header.bodyBytes else {
      state = .awaitingBody(carrier, header, received: received)
      return nil
    }
    state = .idle
    return Content(carrier: carrier, properties: header.properties, body: received)
  }
}
