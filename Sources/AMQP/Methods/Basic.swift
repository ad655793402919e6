package import struct NIOCore.ByteBuffer

extension Method {
  /// Reads the arguments of a method of class basic; nil when the class has no such method.
  static func basic(
    _ methodID: UInt16,
    from buffer: inout ByteBuffer
  ) throws(CodecError) -> Method? {
    switch methodID {
    case BasicQos.identifier.methodID: .basicQos(try BasicQos(from: &buffer))
    case BasicQosOk.identifier.methodID: .basicQosOk(try BasicQosOk(from: &buffer))
    case BasicConsume.identifier.methodID: .basicConsume(try BasicConsume(from: &buffer))
    case BasicConsumeOk.identifier.methodID: .basicConsumeOk(try BasicConsumeOk(from: &buffer))
    case BasicCancel.identifier.methodID: .basicCancel(try BasicCancel(from: &buffer))
    case BasicCancelOk.identifier.methodID: .basicCancelOk(try BasicCancelOk(from: &buffer))
    case BasicPublish.identifier.methodID: .basicPublish(try BasicPublish(from: &buffer))
    case BasicReturn.identifier.methodID: .basicReturn(try BasicReturn(from: &buffer))
    case BasicDeliver.identifier.methodID: .basicDeliver(try BasicDeliver(from: &buffer))
    case BasicGet.identifier.methodID: .basicGet(try BasicGet(from: &buffer))
    case BasicGetOk.identifier.methodID: .basicGetOk(try BasicGetOk(from: &buffer))
    case BasicGetEmpty.identifier.methodID: .basicGetEmpty(try BasicGetEmpty(from: &buffer))
    case BasicAck.identifier.methodID: .basicAck(try BasicAck(from: &buffer))
    case BasicReject.identifier.methodID: .basicReject(try BasicReject(from: &buffer))
    case BasicRecoverAsync.identifier.methodID:
      .basicRecoverAsync(try BasicRecoverAsync(from: &buffer))
    case BasicRecover.identifier.methodID: .basicRecover(try BasicRecover(from: &buffer))
    case BasicRecoverOk.identifier.methodID: .basicRecoverOk(try BasicRecoverOk(from: &buffer))
    case BasicNack.identifier.methodID: .basicNack(try BasicNack(from: &buffer))
    default: nil
    }
  }
}

/// `basic.qos` (60, 10): limits what may be delivered and not yet acknowledged.
package struct BasicQos: MethodArguments {
  package static let identifier = MethodIdentifier(classID: 60, methodID: 10)
  package static let name = "basic.qos"

  /// Bytes; 0 means no limit, and RabbitMQ refuses others.
  package var prefetchSize: UInt32
  /// Messages; 0 means no limit.
  package var prefetchCount: UInt16
  /// In RabbitMQ: for the whole channel instead of each new consumer.
  package var global: Bool

  package init(prefetchSize: UInt32 = 0, prefetchCount: UInt16, global: Bool = false) {
    self.prefetchSize = prefetchSize
    self.prefetchCount = prefetchCount
    self.global = global
  }

  package init(from buffer: inout ByteBuffer) throws(CodecError) {
    prefetchSize = try buffer.readUnsigned()
    prefetchCount = try buffer.readUnsigned()
    global = try buffer.readBits()[0]
  }

  package func encode(into buffer: inout ByteBuffer) {
    buffer.writeInteger(prefetchSize)
    buffer.writeInteger(prefetchCount)
    buffer.writeBits(global)
  }
}

/// `basic.qos-ok` (60, 11): the limits are in force.
package struct BasicQosOk: MethodArguments {
  package static let identifier = MethodIdentifier(classID: 60, methodID: 11)
  package static let name = "basic.qos-ok"

  package init() {}

  package init(from buffer: inout ByteBuffer) throws(CodecError) {}

  package func encode(into buffer: inout ByteBuffer) {}
}

/// `basic.consume` (60, 20): starts a consumer on a queue.
package struct BasicConsume: MethodArguments {
  package static let identifier = MethodIdentifier(classID: 60, methodID: 20)
  package static let name = "basic.consume"

  package var queue: String
  /// Empty: the server makes up a tag.
  package var consumerTag: String
  package var noLocal: Bool
  package var noAck: Bool
  package var exclusive: Bool
  package var noWait: Bool
  package var arguments: FieldTable

  package init(
    queue: String,
    consumerTag: String = "",
    noLocal: Bool = false,
    noAck: Bool = false,
    exclusive: Bool = false,
    noWait: Bool = false,
    arguments: FieldTable = [:]
  ) {
    self.queue = queue
    self.consumerTag = consumerTag
    self.noLocal = noLocal
    self.noAck = noAck
    self.exclusive = exclusive
    self.noWait = noWait
    self.arguments = arguments
  }

  package init(from buffer: inout ByteBuffer) throws(CodecError) {
    _ = try buffer.readUnsigned(as: UInt16.self)
    queue = try buffer.readShortString()
    consumerTag = try buffer.readShortString()
    let bits = try buffer.readBits()
    noLocal = bits[0]
    noAck = bits[1]
    exclusive = bits[2]
    noWait = bits[3]
    arguments = try FieldTable(from: &buffer)
  }

  package func encode(into buffer: inout ByteBuffer) {
    buffer.writeInteger(UInt16(0))
    buffer.writeShortString(queue)
    buffer.writeShortString(consumerTag)
    buffer.writeBits(noLocal, noAck, exclusive, noWait)
    arguments.encode(into: &buffer)
  }
}

/// `basic.consume-ok` (60, 21): the consumer is registered.
package struct BasicConsumeOk: MethodArguments {
  package static let identifier = MethodIdentifier(classID: 60, methodID: 21)
  package static let name = "basic.consume-ok"

  package var consumerTag: String

  package init(consumerTag: String) {
    self.consumerTag = consumerTag
  }

  package init(from buffer: inout ByteBuffer) throws(CodecError) {
    consumerTag = try buffer.readShortString()
  }

  package func encode(into buffer: inout ByteBuffer) {
    buffer.writeShortString(consumerTag)
  }
}

/// `basic.cancel` (60, 30): ends a consumer; from a server it says that the queue is gone.
package struct BasicCancel: MethodArguments {
  package static let identifier = MethodIdentifier(classID: 60, methodID: 30)
  package static let name = "basic.cancel"

  package var consumerTag: String
  package var noWait: Bool

  package init(consumerTag: String, noWait: Bool = false) {
    self.consumerTag = consumerTag
    self.noWait = noWait
  }

  package init(from buffer: inout ByteBuffer) throws(CodecError) {
    consumerTag = try buffer.readShortString()
    noWait = try buffer.readBits()[0]
  }

  package func encode(into buffer: inout ByteBuffer) {
    buffer.writeShortString(consumerTag)
    buffer.writeBits(noWait)
  }
}

/// `basic.cancel-ok` (60, 31): the consumer has ended.
package struct BasicCancelOk: MethodArguments {
  package static let identifier = MethodIdentifier(classID: 60, methodID: 31)
  package static let name = "basic.cancel-ok"

  package var consumerTag: String

  package init(consumerTag: String) {
    self.consumerTag = consumerTag
  }

  package init(from buffer: inout ByteBuffer) throws(CodecError) {
    consumerTag = try buffer.readShortString()
  }

  package func encode(into buffer: inout ByteBuffer) {
    buffer.writeShortString(consumerTag)
  }
}

/// `basic.publish` (60, 40): sends a message to an exchange; the content follows.
package struct BasicPublish: MethodArguments {
  package static let identifier = MethodIdentifier(classID: 60, methodID: 40)
  package static let name = "basic.publish"
  package static let carriesContent = true

  package var exchange: String
  package var routingKey: String
  /// An unroutable message comes back.
  package var mandatory: Bool
  /// Not supported by RabbitMQ, which closes the connection with 540.
  package var immediate: Bool

  package init(
    exchange: String,
    routingKey: String,
    mandatory: Bool = false,
    immediate: Bool = false
  ) {
    self.exchange = exchange
    self.routingKey = routingKey
    self.mandatory = mandatory
    self.immediate = immediate
  }

  package init(from buffer: inout ByteBuffer) throws(CodecError) {
    _ = try buffer.readUnsigned(as: UInt16.self)
    exchange = try buffer.readShortString()
    routingKey = try buffer.readShortString()
    let bits = try buffer.readBits()
    mandatory = bits[0]
    immediate = bits[1]
  }

  package func encode(into buffer: inout ByteBuffer) {
    buffer.writeInteger(UInt16(0))
    buffer.writeShortString(exchange)
    buffer.writeShortString(routingKey)
    buffer.writeBits(mandatory, immediate)
  }
}

/// `basic.return` (60, 50): a mandatory message that matched no queue; the content follows.
package struct BasicReturn: MethodArguments {
  package static let identifier = MethodIdentifier(classID: 60, methodID: 50)
  package static let name = "basic.return"
  package static let carriesContent = true

  package var replyCode: UInt16
  package var replyText: String
  package var exchange: String
  package var routingKey: String

  package init(replyCode: UInt16, replyText: String, exchange: String, routingKey: String) {
    self.replyCode = replyCode
    self.replyText = replyText
    self.exchange = exchange
    self.routingKey = routingKey
  }

  package init(from buffer: inout ByteBuffer) throws(CodecError) {
    replyCode = try buffer.readUnsigned()
    replyText = try buffer.readShortString()
    exchange = try buffer.readShortString()
    routingKey = try buffer.readShortString()
  }

  package func encode(into buffer: inout ByteBuffer) {
    buffer.writeInteger(replyCode)
    buffer.writeShortString(replyText)
    buffer.writeShortString(exchange)
    buffer.writeShortString(routingKey)
  }
}

/// `basic.deliver` (60, 60): a message for a consumer; the content follows.
package struct BasicDeliver: MethodArguments {
  package static let identifier = MethodIdentifier(classID: 60, methodID: 60)
  package static let name = "basic.deliver"
  package static let carriesContent = true

  package var consumerTag: String
  package var deliveryTag: UInt64
  package var redelivered: Bool
  package var exchange: String
  package var routingKey: String

  package init(
    consumerTag: String,
    deliveryTag: UInt64,
    redelivered: Bool = false,
    exchange: String,
    routingKey: String
  ) {
    self.consumerTag = consumerTag
    self.deliveryTag = deliveryTag
    self.redelivered = redelivered
    self.exchange = exchange
    self.routingKey = routingKey
  }

  package init(from buffer: inout ByteBuffer) throws(CodecError) {
    consumerTag = try buffer.readShortString()
    deliveryTag = try buffer.readUnsigned()
    redelivered = try buffer.readBits()[0]
    exchange = try buffer.readShortString()
    routingKey = try buffer.readShortString()
  }

  package func encode(into buffer: inout ByteBuffer) {
    buffer.writeShortString(consumerTag)
    buffer.writeInteger(deliveryTag)
    buffer.writeBits(redelivered)
    buffer.writeShortString(exchange)
    buffer.writeShortString(routingKey)
  }
}
