/// What is wrong with bytes from a peer; needing more of them is never an error.
package enum CodecError: Error, Sendable, Hashable {
  case unknownFrameType(UInt8)
  /// A frame, with its overhead, is longer than was tuned.
  case frameTooLarge(bytes: Int, limit: Int)
  case missingFrameEnd(found: UInt8)
  /// A heartbeat has no payload and is sent on channel 0.
  case malformedHeartbeat(channel: UInt16, payloadBytes: Int)
  case unknownMethod(MethodIdentifier)
  /// Only class 60 (basic) has content.
  case unknownContentClass(UInt16)
  /// The content header's unused weight field must be zero.
  case nonZeroWeight(UInt16)
  /// Flags are set for properties that class basic does not have.
  case unknownPropertyFlags(UInt16)
  /// A value says it is longer than what encloses it.
  case valueTruncated(WireType, neededBytes: Int, availableBytes: Int)
  case invalidText(WireType, bytes: Int)
  case unknownFieldType(UInt8)
  case nestingTooDeep(limit: Int)
  /// Bytes are left over after the last argument or property.
  case trailingBytes(Int)

  /// The specification's elementary types, as the facts of an error.
  package enum WireType: Sendable, Hashable {
    case integer, floatingPoint, bits, shortString, longString, fieldTable, fieldArray, fieldType
  }

  /// The code to close the connection with.
  package var replyCode: ReplyCode {
    switch self {
    case .unknownFrameType, .frameTooLarge, .missingFrameEnd, .malformedHeartbeat,
      .unknownContentClass, .nonZeroWeight:
      .frameError
    case .unknownPropertyFlags, .valueTruncated, .invalidText, .unknownFieldType,
      .nestingTooDeep, .trailingBytes:
      .syntaxError
    case .unknownMethod:
      .notImplemented
    }
  }
}

extension CodecError: CustomStringConvertible {
  /// One line, fit for a reply text after the code's name.
  package var description: String {
    switch self {
    case .unknownFrameType(let octet):
      "frame type \(octet) is unknown"
    case .frameTooLarge(let bytes, let limit):
      "a frame of \(bytes) bytes is longer than the \(limit) bytes agreed"
    case .missingFrameEnd(let found):
      "a frame ends with octet \(found) instead of \(Limits.frameEnd)"
    case .malformedHeartbeat(let channel, let payloadBytes):
      "a heartbeat came on channel \(channel) with \(payloadBytes) bytes of payload"
    case .unknownMethod(let identifier):
      "class \(identifier.classID) has no method \(identifier.methodID)"
    case .unknownContentClass(let classID):
      "a content header is of class \(classID), and only class 60 has content"
    case .nonZeroWeight(let weight):
      "a content header has weight \(weight) instead of 0"
    case .unknownPropertyFlags(let flags):
      "property flags \(flags) name properties that class 60 does not have"
    case .valueTruncated(let type, let neededBytes, let availableBytes):
      "\(type.noun) needs \(neededBytes) bytes and only \(availableBytes) are left"
    case .invalidText(let type, let bytes):
      "\(type.noun) of \(bytes) bytes is not UTF-8"
    case .unknownFieldType(let octet):
      "field type \(octet) is unknown"
    case .nestingTooDeep(let limit):
      "field tables are nested deeper than \(limit) levels"
    case .trailingBytes(let count):
      "\(count) bytes are left over after the last field"
    }
  }
}

extension CodecError.WireType {
  fileprivate var noun: String {
    switch self {
    case .integer: "an integer"
    case .floatingPoint: "a floating-point number"
    case .bits: "a row of bits"
    case .shortString: "a short string"
    case .longString: "a long string"
    case .fieldTable: "a field table"
    case .fieldArray: "a field array"
    case .fieldType: "a field's type"
    }
  }
}
