package import struct NIOCore.ByteBuffer

extension Method {
  /// Reads the arguments of a method of class exchange; nil when the class has no such method.
  static func exchange(
    _ methodID: UInt16,
    from buffer: inout ByteBuffer
  ) throws(CodecError) -> Method? {
    switch methodID {
    case ExchangeDeclare.identifier.methodID: .exchangeDeclare(try ExchangeDeclare(from: &buffer))
    case ExchangeDeclareOk.identifier.methodID:
      .exchangeDeclareOk(try ExchangeDeclareOk(from: &buffer))
    case ExchangeDelete.identifier.methodID: .exchangeDelete(try ExchangeDelete(from: &buffer))
    case ExchangeDeleteOk.identifier.methodID:
      .exchangeDeleteOk(try ExchangeDeleteOk(from: &buffer))
    case ExchangeBind.identifier.methodID: .exchangeBind(try ExchangeBind(from: &buffer))
    case ExchangeBindOk.identifier.methodID: .exchangeBindOk(try ExchangeBindOk(from: &buffer))
    case ExchangeUnbind.identifier.methodID: .exchangeUnbind(try ExchangeUnbind(from: &buffer))
    case ExchangeUnbindOk.identifier.methodID:
      .exchangeUnbindOk(try ExchangeUnbindOk(from: &buffer))
    default: nil
    }
  }
}

/// `exchange.declare` (40, 10): makes an exchange, or checks that it exists when ``passive``.
package struct ExchangeDeclare: MethodArguments {
  package static let identifier = MethodIdentifier(classID: 40, methodID: 10)
  package static let name = "exchange.declare"

  package var exchange: String
  package var type: String
  package var passive: Bool
  package var durable: Bool
  package var autoDelete: Bool
  package var `internal`: Bool
  package var noWait: Bool
  package var arguments: FieldTable

  package init(
    exchange: String,
    type: String = "direct",
    passive: Bool = false,
    durable: Bool = false,
    autoDelete: Bool = false,
    internal: Bool = false,
    noWait: Bool = false,
    arguments: FieldTable = [:]
  ) {
    self.exchange = exchange
    self.type = type
    self.passive = passive
    self.durable = durable
    self.autoDelete = autoDelete
    self.internal = `internal`
    self.noWait = noWait
    self.arguments = arguments
  }

  package init(from buffer: inout ByteBuffer) throws(CodecError) {
    _ = try buffer.readUnsigned(as: UInt16.self)
    exchange = try buffer.readShortString()
    type = try buffer.readShortString()
    let bits = try buffer.readBits()
    passive = bits[0]
    durable = bits[1]
    autoDelete = bits[2]
    `internal` = bits[3]
    noWait = bits[4]
    arguments = try FieldTable(from: &buffer)
  }

  package func encode(into buffer: inout ByteBuffer) {
    buffer.writeInteger(UInt16(0))
    buffer.writeShortString(exchange)
    buffer.writeShortString(type)
    buffer.writeBits(passive, durable, autoDelete, `internal`, noWait)
    arguments.encode(into: &buffer)
  }
}

/// `exchange.declare-ok` (40, 11): the exchange exists.
package struct ExchangeDeclareOk: MethodArguments {
  package static let identifier = MethodIdentifier(classID: 40, methodID: 11)
  package static let name = "exchange.declare-ok"

  package init() {}

  package init(from buffer: inout ByteBuffer) throws(CodecError) {}

  package func encode(into buffer: inout ByteBuffer) {}
}

/// `exchange.delete` (40, 20): deletes an exchange and its bindings.
package struct ExchangeDelete: MethodArguments {
  package static let identifier = MethodIdentifier(classID: 40, methodID: 20)
  package static let name = "exchange.delete"

  package var exchange: String
  package var ifUnused: Bool
  package var noWait: Bool

  package init(exchange: String, ifUnused: Bool = false, noWait: Bool = false) {
    self.exchange = exchange
    self.ifUnused = ifUnused
    self.noWait = noWait
  }

  package init(from buffer: inout ByteBuffer) throws(CodecError) {
    _ = try buffer.readUnsigned(as: UInt16.self)
    exchange = try buffer.readShortString()
    let bits = try buffer.readBits()
    ifUnused = bits[0]
    noWait = bits[1]
  }

  package func encode(into buffer: inout ByteBuffer) {
    buffer.writeInteger(UInt16(0))
    buffer.writeShortString(exchange)
    buffer.writeBits(ifUnused, noWait)
  }
}

/// `exchange.delete-ok` (40, 21): the exchange is gone.
package struct ExchangeDeleteOk: MethodArguments {
  package static let identifier = MethodIdentifier(classID: 40, methodID: 21)
  package static let name = "exchange.delete-ok"

  package init() {}

  package init(from buffer: inout ByteBuffer) throws(CodecError) {}

  package func encode(into buffer: inout ByteBuffer) {}
}

/// `exchange.bind` (40, 30): routes from one exchange into another.
///
/// RabbitMQ's extension.
package struct ExchangeBind: MethodArguments {
  package static let identifier = MethodIdentifier(classID: 40, methodID: 30)
  package static let name = "exchange.bind"

  package var destination: String
  package var source: String
  package var routingKey: String
  package var noWait: Bool
  package var arguments: FieldTable

  package init(
    destination: String,
    source: String,
    routingKey: String = "",
    noWait: Bool = false,
    arguments: FieldTable = [:]
  ) {
    self.destination = destination
    self.source = source
    self.routingKey = routingKey
    self.noWait = noWait
    self.arguments = arguments
  }

  package init(from buffer: inout ByteBuffer) throws(CodecError) {
    _ = try buffer.readUnsigned(as: UInt16.self)
    destination = try buffer.readShortString()
    source = try buffer.readShortString()
    routingKey = try buffer.readShortString()
    noWait = try buffer.readBits()[0]
    arguments = try FieldTable(from: &buffer)
  }

  package func encode(into buffer: inout ByteBuffer) {
    buffer.writeInteger(UInt16(0))
    buffer.writeShortString(destination)
    buffer.writeShortString(source)
    buffer.writeShortString(routingKey)
    buffer.writeBits(noWait)
    arguments.encode(into: &buffer)
  }
}

/// `exchange.bind-ok` (40, 31): the exchanges are bound.
package struct ExchangeBindOk: MethodArguments {
  package static let identifier = MethodIdentifier(classID: 40, methodID: 31)
  package static let name = "exchange.bind-ok"

  package init() {}

  package init(from buffer: inout ByteBuffer) throws(CodecError) {}

  package func encode(into buffer: inout ByteBuffer) {}
}

/// `exchange.unbind` (40, 40): removes a binding between exchanges.
///
/// RabbitMQ's extension.
package struct ExchangeUnbind: MethodArguments {
  package static let identifier = MethodIdentifier(classID: 40, methodID: 40)
  package static let name = "exchange.unbind"

  package var destination: String
  package var source: String
  package var routingKey: String
  package var noWait: Bool
  package var arguments: FieldTable

  package init(
    destination: String,
    source: String,
    routingKey: String = "",
    noWait: Bool = false,
    arguments: FieldTable = [:]
  ) {
    self.destination = destination
    self.source = source
    self.routingKey = routingKey
    self.noWait = noWait
    self.arguments = arguments
  }

  package init(from buffer: inout ByteBuffer) throws(CodecError) {
    _ = try buffer.readUnsigned(as: UInt16.self)
    destination = try buffer.readShortString()
    source = try buffer.readShortString()
    routingKey = try buffer.readShortString()
    noWait = try buffer.readBits()[0]
    arguments = try FieldTable(from: &buffer)
  }

  package func encode(into buffer: inout ByteBuffer) {
    buffer.writeInteger(UInt16(0))
    buffer.writeShortString(destination)
    buffer.writeShortString(source)
    buffer.writeShortString(routingKey)
    buffer.writeBits(noWait)
    arguments.encode(into: &buffer)
  }
}

/// `exchange.unbind-ok` (40, 51): the binding is gone.
///
/// Its number is 51, unlike any other answer's.
package struct ExchangeUnbindOk: MethodArguments {
  package static let identifier = MethodIdentifier(classID: 40, methodID: 51)
  package static let name = "exchange.unbind-ok"

  package init() {}

  package init(from buffer: inout ByteBuffer) throws(CodecError) {}

  package func encode(into buffer: inout ByteBuffer) {}
}
