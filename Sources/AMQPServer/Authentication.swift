import AMQP
import Broker
import struct NIOCore.ByteBuffer

/// What a client says of itself in the response of a SASL mechanism.
enum Credentials: Hashable {
  case password(user: String, password: [UInt8])
  /// The names that the client's certificate has for it, the best first.
  case certificate(names: [String])

  /// Whom it claims to be, in words for the log.
  var claim: String {
    switch self {
    case .password(let user, _): "user '\(user)'"
    case .certificate(let names): "certificate '\(names.first ?? "")'"
    }
  }

  /// Reads the response of `connection.start-ok`.
  ///
  /// - Returns: nil when the mechanism is not offered or the response is not of its form.
  init?(_ startOk: ConnectionStartOk, from peer: Peer) {
    switch startOk.mechanism {
    case "PLAIN": self.init(plain: startOk.response)
    case "AMQPLAIN": self.init(amqplain: startOk.response)
    case "EXTERNAL" where peer.isAskedForCertificate:
      self = .certificate(names: peer.certificateNames)
    default: return nil
    }
  }

  /// RFC 4616: an identity to act as, which is ignored, then user and password, between NULs.
  private init?(plain response: [UInt8]) {
    let parts = response.split(separator: 0, omittingEmptySubsequences: false)
    guard parts.count == 3 else { return nil }
    self = .password(
      user: String(decoding: parts[1], as: UTF8.self),
      password: Array(parts[2])
    )
  }

  /// A field table without its length, with LOGIN and PASSWORD.
  private init?(amqplain response: [UInt8]) {
    var buffer = ByteBuffer(bytes: response)
    guard
      // A table that cannot be read is the same as one without the two entries.
      let table = try? FieldTable(entriesFrom: &buffer),
      let login = table["LOGIN"]?.text,
      case .string(let password) = table["PASSWORD"]
    else { return nil }
    self = .password(user: login, password: password)
  }
}

/// Where a client comes from, and who its certificate says it is.
struct Peer: Hashable {
  /// `address:port`.
  var address: String
  /// Whether TLS asked for a certificate, without which it would not have come so far.
  var isAskedForCertificate = false
  var certificateNames: [String] = []
  /// Whether TLS is around the connection.
  var isEncrypted = false

  /// The mechanisms as `connection.start` lists them.
  var mechanisms: String {
    isAskedForCertificate ? "PLAIN AMQPLAIN EXTERNAL" : "PLAIN AMQPLAIN"
  }

  /// Whether it is a client of this machine.
  var isLocal: Bool {
    ["127.", "::1:", "::ffff:127."].contains { address.hasPrefix($0) }
  }
}

extension AccessControl {
  /// Finds out who a client is.
  ///
  /// - Returns: The user's name; nil when it is refused, for whatever reason.
  func user(claimedBy credentials: Credentials, from peer: Peer) -> String? {
    let user: User?
    switch credentials {
    case .password(let name, let password):
      user = users[name].flatMap { $0.password.matches(password) ? $0 : nil }
    case .certificate(let names):
      user = names.lazy.compactMap { self.users[$0] }.first
    }
    guard let user, peer.isLocal || !loopbackUsers.contains(user.name) else { return nil }
    return user.name
  }
}
