package import struct NIOCore.ByteBuffer

extension Method {
  /// Reads the arguments of a method of class queue; nil when the class has no such method.
  static func queue(
    _ methodID: UInt16,
    from buffer: inout ByteBuffer
  ) throws(CodecError) -> Method? {
    switch methodID {
    case QueueDeclare.identifier.methodID: .queueDeclare(try QueueDeclare(from: &buffer))
    case QueueDeclareOk.identifier.methodID: .queueDeclareOk(try QueueDeclareOk(from: &buffer))
    case QueueBind.identifier.methodID: .queueBind(try QueueBind(from: &buffer))
    case QueueBindOk.identifier.methodID: .queueBindOk(try QueueBindOk(from: &buffer))
    case QueuePurge.identifier.methodID: .queuePurge(try QueuePurge(from: &buffer))
    case QueuePurgeOk.identifier.methodID: .queuePurgeOk(try QueuePurgeOk(from: &buffer))
    case QueueDelete.identifier.methodID: .queueDelete(try QueueDelete(from: &buffer))
    case QueueDeleteOk.identifier.methodID: .queueDeleteOk(try QueueDeleteOk(from: &buffer))
    case QueueUnbind.identifier.methodID: .queueUnbind(try QueueUnbind(from: &buffer))
    case QueueUnbindOk.identifier.methodID: .queueUnbindOk(try QueueUnbindOk(from: &buffer))
    default: nil
    }
  }
}

/// `queue.declare` (50, 10): makes a queue, or checks that it exists when ``passive``.
package struct QueueDeclare: MethodArguments {
  package static let identifier = MethodIdentifier(classID: 50, methodID: 10)
  package static let name = "queue.declare"

  /// Empty: the server makes up a name.
  package var queue: String
  package var passive: Bool
  package var durable: Bool
  package var exclusive: Bool
  package var autoDelete: Bool
  package var noWait: Bool
  package var arguments: FieldTable

  package init(
    queue: String = "",
    passive: Bool = false,
    durable: Bool = false,
    exclusive: Bool = false,
    autoDelete: Bool = false,
    noWait: Bool = false,
    arguments: FieldTable = [:]
  ) {
    self.queue = queue
    self.passive = passive
    self.durable = durable
    self.exclusive = exclusive
    self.autoDelete = autoDelete
    self.noWait = noWait
    self.arguments = arguments
  }

  package init(from buffer: inout ByteBuffer) throws(CodecError) {
    _ = try buffer.readUnsigned(as: UInt16.self)
    queue = try buffer.readShortString()
    let bits = try buffer.readBits()
    passive = bits[0]
    durable = bits[1]
    exclusive = bits[2]
    autoDelete = bits[3]
    noWait = bits[4]
    arguments = try FieldTable(from: &buffer)
  }

  package func encode(into buffer: inout ByteBuffer) {
    buffer.writeInteger(UInt16(0))
    buffer.writeShortString(queue)
    buffer.writeBits(passive, durable, exclusive, autoDelete, noWait)
    arguments.encode(into: &buffer)
  }
}

/// `queue.declare-ok` (50, 11): the queue exists.
package struct QueueDeclareOk: MethodArguments {
  package static let identifier = MethodIdentifier(classID: 50, methodID: 11)
  package static let name = "queue.declare-ok"

  package var queue: String
  /// Messages ready for delivery.
  package var messageCount: UInt32
  package var consumerCount: UInt32

  package init(queue: String, messageCount: UInt32, consumerCount: UInt32) {
    self.queue = queue
    self.messageCount = messageCount
    self.consumerCount = consumerCount
  }

  package init(from buffer: inout ByteBuffer) throws(CodecError) {
    queue = try buffer.readShortString()
    messageCount = try buffer.readUnsigned()
    consumerCount = try buffer.readUnsigned()
  }

  package func encode(into buffer: inout ByteBuffer) {
    buffer.writeShortString(queue)
    buffer.writeInteger(messageCount)
    buffer.writeInteger(consumerCount)
  }
}

/// `queue.bind` (50, 20): routes messages from an exchange to a queue.
package struct QueueBind: MethodArguments {
  package static let identifier = MethodIdentifier(classID: 50, methodID: 20)
  package static let name = "queue.bind"

  package var queue: String
  package var exchange: String
  package var routingKey: String
  package var noWait: Bool
  package var arguments: FieldTable

  package init(
    queue: String,
    exchange: String,
    routingKey: String = "",
    noWait: Bool = false,
    arguments: FieldTable = [:]
  ) {
    self.queue = queue
    self.exchange = exchange
    self.routingKey = routingKey
    self.noWait = noWait
    self.arguments = arguments
  }

  package init(from buffer: inout ByteBuffer) throws(CodecError) {
    _ = try buffer.readUnsigned(as: UInt16.self)
    queue = try buffer.readShortString()
    exchange = try buffer.readShortString()
    routingKey = try buffer.readShortString()
    noWait = try buffer.readBits()[0]
    arguments = try FieldTable(from: &buffer)
  }

  package func encode(into buffer: inout ByteBuffer) {
    buffer.writeInteger(UInt16(0))
    buffer.writeShortString(queue)
    buffer.writeShortString(exchange)
    buffer.writeShortString(routingKey)
    buffer.writeBits(noWait)
    arguments.encode(into: &buffer)
  }
}

/// `queue.bind-ok` (50, 21): the queue is bound.
package struct QueueBindOk: MethodArguments {
  package static let identifier = MethodIdentifier(classID: 50, methodID: 21)
  package static let name = "queue.bind-ok"

  package init() {}

  package init(from buffer: inout ByteBuffer) throws(CodecError) {}

  package func encode(into buffer: inout ByteBuffer) {}
}

/// `queue.purge` (50, 30): drops the messages of a queue that are ready.
package struct QueuePurge: MethodArguments {
  package static let identifier = MethodIdentifier(classID: 50, methodID: 30)
  package static let name = "queue.purge"

  package var queue: String
  package var noWait: Bool

  package init(queue: String, noWait: Bool = false) {
    self.queue = queue
    self.noWait = noWait
  }

  package init(from buffer: inout ByteBuffer) throws(CodecError) {
    _ = try buffer.readUnsigned(as: UInt16.self)
    queue = try buffer.readShortString()
    noWait = try buffer.readBits()[0]
  }

  package func encode(into buffer: inout ByteBuffer) {
    buffer.writeInteger(UInt16(0))
    buffer.writeShortString(queue)
    buffer.writeBits(noWait)
  }
}

/// `queue.purge-ok` (50, 31): how many messages were dropped.
package struct QueuePurgeOk: MethodArguments {
  package static let identifier = MethodIdentifier(classID: 50, methodID: 31)
  package static let name = "queue.purge-ok"

  package var messageCount: UInt32

  package init(messageCount: UInt32) {
    self.messageCount = messageCount
  }

  package init(from buffer: inout ByteBuffer) throws(CodecError) {
    messageCount = try buffer.readUnsigned()
  }

  package func encode(into buffer: inout ByteBuffer) {
    buffer.writeInteger(messageCount)
  }
}

/// `queue.delete` (50, 40): deletes a queue with its messages and bindings.
package struct QueueDelete: MethodArguments {
  package static let identifier = MethodIdentifier(classID: 50, methodID: 40)
  package static let name = "queue.delete"

  package var queue: String
  package var ifUnused: Bool
  package var ifEmpty: Bool
  package var noWait: Bool

  package init(queue: String, ifUnused: Bool = false, ifEmpty: Bool = false, noWait: Bool = false) {
    self.queue = queue
    self.ifUnused = ifUnused
    self.ifEmpty = ifEmpty
    self.noWait = noWait
  }

  package init(from buffer: inout ByteBuffer) throws(CodecError) {
    _ = try buffer.readUnsigned(as: UInt16.self)
    queue = try buffer.readShortString()
    let bits = try buffer.readBits()
    ifUnused = bits[0]
    ifEmpty = bits[1]
    noWait = bits[2]
  }

  package func encode(into buffer: inout ByteBuffer) {
    buffer.writeInteger(UInt16(0))
    buffer.writeShortString(queue)
    buffer.writeBits(ifUnused, ifEmpty, noWait)
  }
}

/// `queue.delete-ok` (50, 41): how many messages were deleted with the queue.
package struct QueueDeleteOk: MethodArguments {
  package static let identifier = MethodIdentifier(classID: 50, methodID: 41)
  package static let name = "queue.delete-ok"

  package var messageCount: UInt32

  package init(messageCount: UInt32) {
    self.messageCount = messageCount
  }

  package init(from buffer: inout ByteBuffer) throws(CodecError) {
    messageCount = try buffer.readUnsigned()
  }

  package func encode(into buffer: inout ByteBuffer) {
    buffer.writeInteger(messageCount)
  }
}

/// `queue.unbind` (50, 50): removes a binding between an exchange and a queue.
package struct QueueUnbind: MethodArguments {
  package static let identifier = MethodIdentifier(classID: 50, methodID: 50)
  package static let name = "queue.unbind"

  package var queue: String
  package var exchange: String
  package var routingKey: String
  package var arguments: FieldTable

  package init(
    queue: String,
    exchange: String,
    routingKey: String = "",
    arguments: FieldTable = [:]
  ) {
    self.queue = queue
    self.exchange = exchange
    self.routingKey = routingKey
    self.arguments = arguments
  }

  package init(from buffer: inout ByteBuffer) throws(CodecError) {
    _ = try buffer.readUnsigned(as: UInt16.self)
    queue = try buffer.readShortString()
    exchange = try buffer.readShortString()
    routingKey = try buffer.readShortString()
    arguments = try FieldTable(from: &buffer)
  }

  package func encode(into buffer: inout ByteBuffer) {
    buffer.writeInteger(UInt16(0))
    buffer.writeShortString(queue)
    buffer.writeShortString(exchange)
    buffer.writeShortString(routingKey)
    arguments.encode(into: &buffer)
  }
}

/// `queue.unbind-ok` (50, 51): the binding is gone.
package struct QueueUnbindOk: MethodArguments {
  package static let identifier = MethodIdentifier(classID: 50, methodID: 51)
  package static let name = "queue.unbind-ok"

  package init() {}

  package init(from buffer: inout ByteBuffer) throws(CodecError) {}

  package func encode(into buffer: inout ByteBuffer) {}
}
