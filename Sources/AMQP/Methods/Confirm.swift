package import struct NIOCore.ByteBuffer

extension Method {
  /// Reads the arguments of a method of class confirm; nil when the class has no such method.
  static func confirm(
    _ methodID: UInt16,
    from buffer: inout ByteBuffer
  ) throws(CodecError) -> Method? {
    switch methodID {
    case ConfirmSelect.identifier.methodID: .confirmSelect(try ConfirmSelect(from: &buffer))
    case ConfirmSelectOk.identifier.methodID: .confirmSelectOk(try ConfirmSelectOk(from: &buffer))
    default: nil
    }
  }
}

/// `confirm.select` (85, 10): the server confirms every message from now on.
///
/// RabbitMQ's extension.
package struct ConfirmSelect: MethodArguments {
  package static let identifier = MethodIdentifier(classID: 85, methodID: 10)
  package static let name = "confirm.select"

  package var noWait: Bool

  package init(noWait: Bool = false) {
    self.noWait = noWait
  }

  package init(from buffer: inout ByteBuffer) throws(CodecError) {
    noWait = try buffer.readBits()[0]
  }

  package func encode(into buffer: inout ByteBuffer) {
    buffer.writeBits(noWait)
  }
}

/// `confirm.select-ok` (85, 11): confirms begin with delivery tag 1.
package struct ConfirmSelectOk: MethodArguments {
  package static let identifier = MethodIdentifier(classID: 85, methodID: 11)
  package static let name = "confirm.select-ok"

  package init() {}

  package init(from buffer: inout ByteBuffer) throws(CodecError) {}

  package func encode(into buffer: inout ByteBuffer) {}
}
