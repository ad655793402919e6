package import struct NIOCore.ByteBuffer

extension Method {
  /// Reads the arguments of a method of class access; nil when the class has no such method.
  static func access(
    _ methodID: UInt16,
    from buffer: inout ByteBuffer
  ) throws(CodecError) -> Method? {
    switch methodID {
    case AccessRequest.identifier.methodID: .accessRequest(try AccessRequest(from: &buffer))
    case AccessRequestOk.identifier.methodID: .accessRequestOk(try AccessRequestOk(from: &buffer))
    default: nil
    }
  }
}

/// `access.request` (30, 10): asks for an access ticket, of AMQP 0-8; RabbitMQ grants each.
package struct AccessRequest: MethodArguments {
  package static let identifier = MethodIdentifier(classID: 30, methodID: 10)
  package static let name = "access.request"

  package var realm: String
  package var exclusive: Bool
  package var passive: Bool
  package var active: Bool
  package var write: Bool
  package var read: Bool

  package init(
    realm: String = "/data",
    exclusive: Bool = false,
    passive: Bool = true,
    active: Bool = true,
    write: Bool = true,
    read: Bool = true
  ) {
    self.realm = realm
    self.exclusive = exclusive
    self.passive = passive
    self.active = active
    self.write = write
    self.read = read
  }

  package init(from buffer: inout ByteBuffer) throws(CodecError) {
    realm = try buffer.readShortString()
    let bits = try buffer.readBits()
    exclusive = bits[0]
    passive = bits[1]
    active = bits[2]
    write = bits[3]
    read = bits[4]
  }

  package func encode(into buffer: inout ByteBuffer) {
    buffer.writeShortString(realm)
    buffer.writeBits(exclusive, passive, active, write, read)
  }
}

/// `access.request-ok` (30, 11): the ticket, which means nothing in AMQP 0-9-1.
package struct AccessRequestOk: MethodArguments {
  package static let identifier = MethodIdentifier(classID: 30, methodID: 11)
  package static let name = "access.request-ok"

  package var ticket: UInt16

  package init(ticket: UInt16 = 1) {
    self.ticket = ticket
  }

  package init(from buffer: inout ByteBuffer) throws(CodecError) {
    ticket = try buffer.readUnsigned()
  }

  package func encode(into buffer: inout ByteBuffer) {
    buffer.writeInteger(ticket)
  }
}
