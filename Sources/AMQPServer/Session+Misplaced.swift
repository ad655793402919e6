import AMQP
import Broker

/// Frames that come where others must come, answered in RabbitMQ's words.
extension Session {
  // Safe: payloads are read within the call that brought them.

  /// A content header where none can be, or one of a method that only servers send.
  @inline(never)
  func receiveMisplacedHeader(_ payload: UnsafeRawBufferPointer, on channel: SessionChannel) {
    switch channel.content.stage {
    case .idle, .awaitingHeader: fail(.noMethodFrame)
    case .awaitingBody: fail(.noContentBody, method: BasicPublish.identifier)
    case .awaitingServersHeader(let method):
      fail(Violation(.commandInvalid, "unimplemented method"), method: method)
    }
  }

  /// A body frame where none can be.
  @inline(never)
  func receiveMisplacedBody(on channel: SessionChannel) {
    switch channel.content.stage {
    case .idle, .awaitingBody: fail(.noMethodFrame)
    case .awaitingHeader: fail(.noContentHeader, method: BasicPublish.identifier)
    case .awaitingServersHeader(let method): fail(.noContentHeader, method: method)
    }
  }

  /// A method frame amid a message.
  @inline(never)
  func receiveMisplacedMethod(on channel: SessionChannel) {
    switch channel.content.stage {
    case .idle: preconditionFailure("a method may come between messages")
    case .awaitingHeader: fail(.noContentHeader, method: BasicPublish.identifier)
    case .awaitingBody: fail(.noContentBody, method: BasicPublish.identifier)
    case .awaitingServersHeader(let method): fail(.noContentHeader, method: method)
    }
  }

  /// A frame on a channel where frames of its type cannot be.
  @inline(never)
  func receiveMisplaced(_ type: FrameType, _ payload: UnsafeRawBufferPointer) {
    let octets = payload.map(String.init).joined(separator: ",")
    fail(
      Violation(.unexpectedFrame, "type \(type.rawValue), all octets = <<\(octets)>>")
    )
  }

  /// Why a content header is of no use; nil when it is well-formed.
  @inline(never)
  func refusal(ofHeader payload: UnsafeRawBufferPointer) -> Violation? {
    guard payload.count >= 14 else { return Violation(.frameError, "malformed content header") }
    let classID = UInt16(bigEndian: payload.loadUnaligned(as: UInt16.self))
    guard classID == 60 else {
      return Violation(
        .unexpectedFrame,
        "expected content header for class 60, got one for class \(classID) instead"
      )
    }
    return .noContentHeader
  }

  /// What a client says on channel 0 once the connection is open.
  func performOnConnection(_ method: Method) {
    switch method {
    case .connectionClose: acceptClose()
    case .connectionUpdateSecret:
      // The user stays who it is; the next connection is checked anew.
      send(ConnectionUpdateSecretOk())
    default:
      fail(
        Violation(.channelError, "unexpected method in connection state running"),
        method: method.identifier
      )
    }
  }
}

extension Violation {
  fileprivate static let noMethodFrame = Violation(
    .unexpectedFrame,
    "expected method frame, got non method frame instead"
  )
  fileprivate static let noContentHeader = Violation(
    .unexpectedFrame,
    "expected content header for class 60, got non content header frame instead"
  )
  fileprivate static let noContentBody = Violation(
    .unexpectedFrame,
    "expected content body, got non content body frame instead"
  )
  static let unexpectedBody = noContentBody
}
