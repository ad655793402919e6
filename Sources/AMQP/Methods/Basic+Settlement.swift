package import struct NIOCore.ByteBuffer

/// `basic.get` (60, 70): asks for one message of a queue.
package struct BasicGet: MethodArguments {
  package static let identifier = MethodIdentifier(classID: 60, methodID: 70)
  package static let name = "basic.get"

  package var queue: String
  package var noAck: Bool

  package init(queue: String, noAck: Bool = false) {
    self.queue = queue
    self.noAck = noAck
  }

  package init(from buffer: inout ByteBuffer) throws(CodecError) {
    _ = try buffer.readUnsigned(as: UInt16.self)
    queue = try buffer.readShortString()
    noAck = try buffer.readBits()[0]
  }

  package func encode(into buffer: inout ByteBuffer) {
    buffer.writeInteger(UInt16(0))
    buffer.writeShortString(queue)
    buffer.writeBits(noAck)
  }
}

/// `basic.get-ok` (60, 71): one message; the content follows.
package struct BasicGetOk: MethodArguments {
  package static let identifier = MethodIdentifier(classID: 60, methodID: 71)
  package static let name = "basic.get-ok"
  package static let carriesContent = true

  package var deliveryTag: UInt64
  package var redelivered: Bool
  package var exchange: String
  package var routingKey: String
  /// Messages that are left in the queue.
  package var messageCount: UInt32

  package init(
    deliveryTag: UInt64,
    redelivered: Bool = false,
    exchange: String,
    routingKey: String,
    messageCount: UInt32
  ) {
    self.deliveryTag = deliveryTag
    self.redelivered = redelivered
    self.exchange = exchange
    self.routingKey = routingKey
    self.messageCount = messageCount
  }

  package init(from buffer: inout ByteBuffer) throws(CodecError) {
    deliveryTag = try buffer.readUnsigned()
    redelivered = try buffer.readBits()[0]
    exchange = try buffer.readShortString()
    routingKey = try buffer.readShortString()
    messageCount = try buffer.readUnsigned()
  }

  package func encode(into buffer: inout ByteBuffer) {
    buffer.writeInteger(deliveryTag)
    buffer.writeBits(redelivered)
    buffer.writeShortString(exchange)
    buffer.writeShortString(routingKey)
    buffer.writeInteger(messageCount)
  }
}

/// `basic.get-empty` (60, 72): the queue has no message ready.
package struct BasicGetEmpty: MethodArguments {
  package static let identifier = MethodIdentifier(classID: 60, methodID: 72)
  package static let name = "basic.get-empty"

  package init() {}

  package init(from buffer: inout ByteBuffer) throws(CodecError) {
    _ = try buffer.readShortString()
  }

  package func encode(into buffer: inout ByteBuffer) {
    buffer.writeShortString("")
  }
}

/// `basic.ack` (60, 80): settles messages: a consumer's deliveries, or a publisher's confirms.
package struct BasicAck: MethodArguments {
  package static let identifier = MethodIdentifier(classID: 60, methodID: 80)
  package static let name = "basic.ack"

  package var deliveryTag: UInt64
  /// Also every lower tag; with tag 0 all that are open.
  package var multiple: Bool

  package init(deliveryTag: UInt64, multiple: Bool = false) {
    self.deliveryTag = deliveryTag
    self.multiple = multiple
  }

  package init(from buffer: inout ByteBuffer) throws(CodecError) {
    deliveryTag = try buffer.readUnsigned()
    multiple = try buffer.readBits()[0]
  }

  package func encode(into buffer: inout ByteBuffer) {
    buffer.writeInteger(deliveryTag)
    buffer.writeBits(multiple)
  }
}

/// `basic.reject` (60, 90): refuses one delivery.
package struct BasicReject: MethodArguments {
  package static let identifier = MethodIdentifier(classID: 60, methodID: 90)
  package static let name = "basic.reject"

  package var deliveryTag: UInt64
  /// Back to the queue instead of dropped.
  package var requeue: Bool

  package init(deliveryTag: UInt64, requeue: Bool = false) {
    self.deliveryTag = deliveryTag
    self.requeue = requeue
  }

  package init(from buffer: inout ByteBuffer) throws(CodecError) {
    deliveryTag = try buffer.readUnsigned()
    requeue = try buffer.readBits()[0]
  }

  package func encode(into buffer: inout ByteBuffer) {
    buffer.writeInteger(deliveryTag)
    buffer.writeBits(requeue)
  }
}

/// `basic.recover-async` (60, 100): redelivers without an answer; deprecated.
package struct BasicRecoverAsync: MethodArguments {
  package static let identifier = MethodIdentifier(classID: 60, methodID: 100)
  package static let name = "basic.recover-async"

  package var requeue: Bool

  package init(requeue: Bool = false) {
    self.requeue = requeue
  }

  package init(from buffer: inout ByteBuffer) throws(CodecError) {
    requeue = try buffer.readBits()[0]
  }

  package func encode(into buffer: inout ByteBuffer) {
    buffer.writeBits(requeue)
  }
}

/// `basic.recover` (60, 110): puts back what the channel has not acknowledged.
package struct BasicRecover: MethodArguments {
  package static let identifier = MethodIdentifier(classID: 60, methodID: 110)
  package static let name = "basic.recover"

  /// RabbitMQ supports only true.
  package var requeue: Bool

  package init(requeue: Bool = false) {
    self.requeue = requeue
  }

  package init(from buffer: inout ByteBuffer) throws(CodecError) {
    requeue = try buffer.readBits()[0]
  }

  package func encode(into buffer: inout ByteBuffer) {
    buffer.writeBits(requeue)
  }
}

/// `basic.recover-ok` (60, 111): the messages are put back.
package struct BasicRecoverOk: MethodArguments {
  package static let identifier = MethodIdentifier(classID: 60, methodID: 111)
  package static let name = "basic.recover-ok"

  package init() {}

  package init(from buffer: inout ByteBuffer) throws(CodecError) {}

  package func encode(into buffer: inout ByteBuffer) {}
}

/// `basic.nack` (60, 120): refuses deliveries, or says that a publish failed.
///
/// RabbitMQ's extension.
package struct BasicNack: MethodArguments {
  package static let identifier = MethodIdentifier(classID: 60, methodID: 120)
  package static let name = "basic.nack"

  package var deliveryTag: UInt64
  /// Also every lower tag; with tag 0 all that are open.
  package var multiple: Bool
  /// Back to the queue instead of dropped.
  package var requeue: Bool

  package init(deliveryTag: UInt64, multiple: Bool = false, requeue: Bool = false) {
    self.deliveryTag = deliveryTag
    self.multiple = multiple
    self.requeue = requeue
  }

  package init(from buffer: inout ByteBuffer) throws(CodecError) {
    deliveryTag = try buffer.readUnsigned()
    let bits = try buffer.readBits()
    multiple = bits[0]
    requeue = bits[1]
  }

  package func encode(into buffer: inout ByteBuffer) {
    buffer.writeInteger(deliveryTag)
    buffer.writeBits(multiple, requeue)
  }
}
