package import struct NIOCore.ByteBuffer

/// `connection.close` (10, 50): ends the connection; the sender says why and what caused it.
package struct ConnectionClose: MethodArguments {
  package static let identifier = MethodIdentifier(classID: 10, methodID: 50)
  package static let name = "connection.close"

  /// A ``ReplyCode``, or a number that a peer made up.
  package var replyCode: UInt16
  package var replyText: String
  /// The class of the method that failed, else 0.
  package var classID: UInt16
  /// The method that failed, else 0.
  package var methodID: UInt16

  package init(replyCode: UInt16, replyText: String, classID: UInt16 = 0, methodID: UInt16 = 0) {
    self.replyCode = replyCode
    self.replyText = replyText
    self.classID = classID
    self.methodID = methodID
  }

  package init(from buffer: inout ByteBuffer) throws(CodecError) {
    replyCode = try buffer.readUnsigned()
    replyText = try buffer.readShortString()
    classID = try buffer.readUnsigned()
    methodID = try buffer.readUnsigned()
  }

  package func encode(into buffer: inout ByteBuffer) {
    buffer.writeInteger(replyCode)
    buffer.writeShortString(replyText)
    buffer.writeInteger(classID)
    buffer.writeInteger(methodID)
  }
}

/// `connection.close-ok` (10, 51): the connection may be closed.
package struct ConnectionCloseOk: MethodArguments {
  package static let identifier = MethodIdentifier(classID: 10, methodID: 51)
  package static let name = "connection.close-ok"

  package init() {}

  package init(from buffer: inout ByteBuffer) throws(CodecError) {}

  package func encode(into buffer: inout ByteBuffer) {}
}

/// `connection.blocked` (10, 60): publishing must stop.
///
/// It may go on after `connection.unblocked`; RabbitMQ's extension.
package struct ConnectionBlocked: MethodArguments {
  package static let identifier = MethodIdentifier(classID: 10, methodID: 60)
  package static let name = "connection.blocked"

  package var reason: String

  package init(reason: String) {
    self.reason = reason
  }

  package init(from buffer: inout ByteBuffer) throws(CodecError) {
    reason = try buffer.readShortString()
  }

  package func encode(into buffer: inout ByteBuffer) {
    buffer.writeShortString(reason)
  }
}

/// `connection.unblocked` (10, 61): publishing may go on.
///
/// RabbitMQ's extension.
package struct ConnectionUnblocked: MethodArguments {
  package static let identifier = MethodIdentifier(classID: 10, methodID: 61)
  package static let name = "connection.unblocked"

  package init() {}

  package init(from buffer: inout ByteBuffer) throws(CodecError) {}

  package func encode(into buffer: inout ByteBuffer) {}
}

/// `connection.update-secret` (10, 70): a new secret before the old one expires.
///
/// RabbitMQ's extension.
package struct ConnectionUpdateSecret: MethodArguments {
  package static let identifier = MethodIdentifier(classID: 10, methodID: 70)
  package static let name = "connection.update-secret"

  package var newSecret: [UInt8]
  package var reason: String

  package init(newSecret: [UInt8], reason: String) {
    self.newSecret = newSecret
    self.reason = reason
  }

  package init(from buffer: inout ByteBuffer) throws(CodecError) {
    newSecret = try buffer.readLongString()
    reason = try buffer.readShortString()
  }

  package func encode(into buffer: inout ByteBuffer) {
    buffer.writeLongString(newSecret)
    buffer.writeShortString(reason)
  }
}

/// `connection.update-secret-ok` (10, 71): the new secret is in force.
package struct ConnectionUpdateSecretOk: MethodArguments {
  package static let identifier = MethodIdentifier(classID: 10, methodID: 71)
  package static let name = "connection.update-secret-ok"

  package init() {}

  package init(from buffer: inout ByteBuffer) throws(CodecError) {}

  package func encode(into buffer: inout ByteBuffer) {}
}
