import AMQP
import struct NIOCore.ByteBuffer

/// The user and password in the response of a SASL mechanism.
struct Credentials: Hashable {
  var user: String
  var password: String

  /// The mechanisms as `connection.start` lists them.
  static let mechanisms = "PLAIN AMQPLAIN"

  /// Reads the response of `connection.start-ok`.
  ///
  /// - Returns: nil when the mechanism is unknown or the response is not of its form.
  init?(mechanism: String, response: [UInt8]) {
    switch mechanism {
    case "PLAIN": self.init(plain: response)
    case "AMQPLAIN": self.init(amqplain: response)
    default: return nil
    }
  }

  /// RFC 4616: an identity to act as, which is ignored, then user and password, between NULs.
  private init?(plain response: [UInt8]) {
    let parts = response.split(separator: 0, omittingEmptySubsequences: false)
    guard parts.count == 3 else { return nil }
    user = String(decoding: parts[1], as: UTF8.self)
    password = String(decoding: parts[2], as: UTF8.self)
  }

  /// A field table without its length, with LOGIN and PASSWORD.
  private init?(amqplain response: [UInt8]) {
    var buffer = ByteBuffer(bytes: response)
    guard
      // A table that cannot be read is the same as one without the two entries.
      let table = try? FieldTable(entriesFrom: &buffer),
      let login = table["LOGIN"]?.text,
      let password = table["PASSWORD"]?.text
    else { return nil }
    user = login
    self.password = password
  }
}

/// Who may use the broker.
struct UserDirectory {
  /// RabbitMQ's default user; the listener is on the loopback unless the person asked otherwise.
  private let passwords = ["guest": "guest"]

  func accepts(_ credentials: Credentials) -> Bool {
    passwords[credentials.user] == credentials.password
  }
}
