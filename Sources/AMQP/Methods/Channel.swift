package import struct NIOCore.ByteBuffer

extension Method {
  /// Reads the arguments of a method of class channel; nil when the class has no such method.
  static func channel(
    _ methodID: UInt16,
    from buffer: inout ByteBuffer
  ) throws(CodecError) -> Method? {
    switch methodID {
    case ChannelOpen.identifier.methodID: .channelOpen(try ChannelOpen(from: &buffer))
    case ChannelOpenOk.identifier.methodID: .channelOpenOk(try ChannelOpenOk(from: &buffer))
    case ChannelFlow.identifier.methodID: .channelFlow(try ChannelFlow(from: &buffer))
    case ChannelFlowOk.identifier.methodID: .channelFlowOk(try ChannelFlowOk(from: &buffer))
    case ChannelClose.identifier.methodID: .channelClose(try ChannelClose(from: &buffer))
    case ChannelCloseOk.identifier.methodID: .channelCloseOk(try ChannelCloseOk(from: &buffer))
    default: nil
    }
  }
}

/// `channel.open` (20, 10): opens the channel whose number the frame carries.
package struct ChannelOpen: MethodArguments {
  package static let identifier = MethodIdentifier(classID: 20, methodID: 10)
  package static let name = "channel.open"

  package init() {}

  package init(from buffer: inout ByteBuffer) throws(CodecError) {
    _ = try buffer.readShortString()
  }

  package func encode(into buffer: inout ByteBuffer) {
    buffer.writeShortString("")
  }
}

/// `channel.open-ok` (20, 11): the channel is ready.
package struct ChannelOpenOk: MethodArguments {
  package static let identifier = MethodIdentifier(classID: 20, methodID: 11)
  package static let name = "channel.open-ok"

  package init() {}

  package init(from buffer: inout ByteBuffer) throws(CodecError) {
    _ = try buffer.readLongString()
  }

  package func encode(into buffer: inout ByteBuffer) {
    buffer.writeLongString([])
  }
}

/// `channel.flow` (20, 20): stops or restarts the flow of content to the sender.
package struct ChannelFlow: MethodArguments {
  package static let identifier = MethodIdentifier(classID: 20, methodID: 20)
  package static let name = "channel.flow"

  package var active: Bool

  package init(active: Bool = false) {
    self.active = active
  }

  package init(from buffer: inout ByteBuffer) throws(CodecError) {
    active = try buffer.readBits()[0]
  }

  package func encode(into buffer: inout ByteBuffer) {
    buffer.writeBits(active)
  }
}

/// `channel.flow-ok` (20, 21): what the flow now is.
package struct ChannelFlowOk: MethodArguments {
  package static let identifier = MethodIdentifier(classID: 20, methodID: 21)
  package static let name = "channel.flow-ok"

  package var active: Bool

  package init(active: Bool = false) {
    self.active = active
  }

  package init(from buffer: inout ByteBuffer) throws(CodecError) {
    active = try buffer.readBits()[0]
  }

  package func encode(into buffer: inout ByteBuffer) {
    buffer.writeBits(active)
  }
}

/// `channel.close` (20, 40): ends the channel; the sender says why and what caused it.
package struct ChannelClose: MethodArguments {
  package static let identifier = MethodIdentifier(classID: 20, methodID: 40)
  package static let name = "channel.close"

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

/// `channel.close-ok` (20, 41): the channel's number is free again.
package struct ChannelCloseOk: MethodArguments {
  package static let identifier = MethodIdentifier(classID: 20, methodID: 41)
  package static let name = "channel.close-ok"

  package init() {}

  package init(from buffer: inout ByteBuffer) throws(CodecError) {}

  package func encode(into buffer: inout ByteBuffer) {}
}
