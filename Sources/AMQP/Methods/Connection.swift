package import struct NIOCore.ByteBuffer

extension Method {
  /// Reads the arguments of a method of class connection; nil when the class has no such method.
  static func connection(
    _ methodID: UInt16,
    from buffer: inout ByteBuffer
  ) throws(CodecError) -> Method? {
    switch methodID {
    case ConnectionStart.identifier.methodID: .connectionStart(try ConnectionStart(from: &buffer))
    case ConnectionStartOk.identifier.methodID:
      .connectionStartOk(try ConnectionStartOk(from: &buffer))
    case ConnectionSecure.identifier.methodID:
      .connectionSecure(try ConnectionSecure(from: &buffer))
    case ConnectionSecureOk.identifier.methodID:
      .connectionSecureOk(try ConnectionSecureOk(from: &buffer))
    case ConnectionTune.identifier.methodID: .connectionTune(try ConnectionTune(from: &buffer))
    case ConnectionTuneOk.identifier.methodID:
      .connectionTuneOk(try ConnectionTuneOk(from: &buffer))
    case ConnectionOpen.identifier.methodID: .connectionOpen(try ConnectionOpen(from: &buffer))
    case ConnectionOpenOk.identifier.methodID:
      .connectionOpenOk(try ConnectionOpenOk(from: &buffer))
    case ConnectionClose.identifier.methodID: .connectionClose(try ConnectionClose(from: &buffer))
    case ConnectionCloseOk.identifier.methodID:
      .connectionCloseOk(try ConnectionCloseOk(from: &buffer))
    case ConnectionBlocked.identifier.methodID:
      .connectionBlocked(try ConnectionBlocked(from: &buffer))
    case ConnectionUnblocked.identifier.methodID:
      .connectionUnblocked(try ConnectionUnblocked(from: &buffer))
    case ConnectionUpdateSecret.identifier.methodID:
      .connectionUpdateSecret(try ConnectionUpdateSecret(from: &buffer))
    case ConnectionUpdateSecretOk.identifier.methodID:
      .connectionUpdateSecretOk(try ConnectionUpdateSecretOk(from: &buffer))
    default: nil
    }
  }
}

/// `connection.start` (10, 10): the server's first words, with what it can do.
package struct ConnectionStart: MethodArguments {
  package static let identifier = MethodIdentifier(classID: 10, methodID: 10)
  package static let name = "connection.start"

  package var versionMajor: UInt8
  package var versionMinor: UInt8
  package var serverProperties: FieldTable
  /// Names separated by spaces.
  package var mechanisms: String
  /// Names separated by spaces.
  package var locales: String

  package init(
    versionMajor: UInt8 = 0,
    versionMinor: UInt8 = 9,
    serverProperties: FieldTable = [:],
    mechanisms: String,
    locales: String = "en_US"
  ) {
    self.versionMajor = versionMajor
    self.versionMinor = versionMinor
    self.serverProperties = serverProperties
    self.mechanisms = mechanisms
    self.locales = locales
  }

  package init(from buffer: inout ByteBuffer) throws(CodecError) {
    versionMajor = try buffer.readUnsigned()
    versionMinor = try buffer.readUnsigned()
    serverProperties = try FieldTable(from: &buffer)
    mechanisms = try buffer.readLongText()
    locales = try buffer.readLongText()
  }

  package func encode(into buffer: inout ByteBuffer) {
    buffer.writeInteger(versionMajor)
    buffer.writeInteger(versionMinor)
    serverProperties.encode(into: &buffer)
    buffer.writeLongText(mechanisms)
    buffer.writeLongText(locales)
  }
}

/// `connection.start-ok` (10, 11): the client's credentials and what it can do.
package struct ConnectionStartOk: MethodArguments {
  package static let identifier = MethodIdentifier(classID: 10, methodID: 11)
  package static let name = "connection.start-ok"

  package var clientProperties: FieldTable
  package var mechanism: String
  /// As the mechanism defines it: PLAIN is `NUL user NUL password`.
  package var response: [UInt8]
  package var locale: String

  package init(
    clientProperties: FieldTable = [:],
    mechanism: String,
    response: [UInt8],
    locale: String = "en_US"
  ) {
    self.clientProperties = clientProperties
    self.mechanism = mechanism
    self.response = response
    self.locale = locale
  }

  package init(from buffer: inout ByteBuffer) throws(CodecError) {
    clientProperties = try FieldTable(from: &buffer)
    mechanism = try buffer.readShortString()
    response = try buffer.readLongString()
    locale = try buffer.readShortString()
  }

  package func encode(into buffer: inout ByteBuffer) {
    clientProperties.encode(into: &buffer)
    buffer.writeShortString(mechanism)
    buffer.writeLongString(response)
    buffer.writeShortString(locale)
  }
}

/// `connection.secure` (10, 20): a further question of the chosen mechanism.
package struct ConnectionSecure: MethodArguments {
  package static let identifier = MethodIdentifier(classID: 10, methodID: 20)
  package static let name = "connection.secure"

  package var challenge: [UInt8]

  package init(challenge: [UInt8]) {
    self.challenge = challenge
  }

  package init(from buffer: inout ByteBuffer) throws(CodecError) {
    challenge = try buffer.readLongString()
  }

  package func encode(into buffer: inout ByteBuffer) {
    buffer.writeLongString(challenge)
  }
}

/// `connection.secure-ok` (10, 21): the answer to the mechanism's question.
package struct ConnectionSecureOk: MethodArguments {
  package static let identifier = MethodIdentifier(classID: 10, methodID: 21)
  package static let name = "connection.secure-ok"

  package var response: [UInt8]

  package init(response: [UInt8]) {
    self.response = response
  }

  package init(from buffer: inout ByteBuffer) throws(CodecError) {
    response = try buffer.readLongString()
  }

  package func encode(into buffer: inout ByteBuffer) {
    buffer.writeLongString(response)
  }
}

/// `connection.tune` (10, 30): the limits that the server proposes.
package struct ConnectionTune: MethodArguments {
  package static let identifier = MethodIdentifier(classID: 10, methodID: 30)
  package static let name = "connection.tune"

  /// The highest channel number; 0 means that there is no limit.
  package var channelMax: UInt16
  /// The longest frame in bytes, overhead included; 0 means that there is no limit.
  package var frameMax: UInt32
  /// Seconds; 0 means none.
  package var heartbeat: UInt16

  package init(channelMax: UInt16, frameMax: UInt32, heartbeat: UInt16) {
    self.channelMax = channelMax
    self.frameMax = frameMax
    self.heartbeat = heartbeat
  }

  package init(from buffer: inout ByteBuffer) throws(CodecError) {
    channelMax = try buffer.readUnsigned()
    frameMax = try buffer.readUnsigned()
    heartbeat = try buffer.readUnsigned()
  }

  package func encode(into buffer: inout ByteBuffer) {
    buffer.writeInteger(channelMax)
    buffer.writeInteger(frameMax)
    buffer.writeInteger(heartbeat)
  }
}

/// `connection.tune-ok` (10, 31): the limits that the client accepts, none above what was proposed.
package struct ConnectionTuneOk: MethodArguments {
  package static let identifier = MethodIdentifier(classID: 10, methodID: 31)
  package static let name = "connection.tune-ok"

  /// The highest channel number; 0 means that there is no limit.
  package var channelMax: UInt16
  /// The longest frame in bytes, overhead included; 0 means that there is no limit.
  package var frameMax: UInt32
  /// Seconds; 0 means none.
  package var heartbeat: UInt16

  package init(channelMax: UInt16, frameMax: UInt32, heartbeat: UInt16) {
    self.channelMax = channelMax
    self.frameMax = frameMax
    self.heartbeat = heartbeat
  }

  package init(from buffer: inout ByteBuffer) throws(CodecError) {
    channelMax = try buffer.readUnsigned()
    frameMax = try buffer.readUnsigned()
    heartbeat = try buffer.readUnsigned()
  }

  package func encode(into buffer: inout ByteBuffer) {
    buffer.writeInteger(channelMax)
    buffer.writeInteger(frameMax)
    buffer.writeInteger(heartbeat)
  }
}

/// `connection.open` (10, 40): chooses the virtual host; the last step of the handshake.
package struct ConnectionOpen: MethodArguments {
  package static let identifier = MethodIdentifier(classID: 10, methodID: 40)
  package static let name = "connection.open"

  package var virtualHost: String

  package init(virtualHost: String = "/") {
    self.virtualHost = virtualHost
  }

  package init(from buffer: inout ByteBuffer) throws(CodecError) {
    virtualHost = try buffer.readShortString()
    _ = try buffer.readShortString()
    _ = try buffer.readBits()
  }

  package func encode(into buffer: inout ByteBuffer) {
    buffer.writeShortString(virtualHost)
    buffer.writeShortString("")
    buffer.writeBits(false)
  }
}

/// `connection.open-ok` (10, 41): the connection is ready for channels.
package struct ConnectionOpenOk: MethodArguments {
  package static let identifier = MethodIdentifier(classID: 10, methodID: 41)
  package static let name = "connection.open-ok"

  package init() {}

  package init(from buffer: inout ByteBuffer) throws(CodecError) {
    _ = try buffer.readShortString()
  }

  package func encode(into buffer: inout ByteBuffer) {
    buffer.writeShortString("")
  }
}
