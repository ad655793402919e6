import WebText

/// Where the management of a broker answers, and as whom it is asked.
package struct ManagementAddress: Sendable, Hashable {
  package var isEncrypted: Bool
  /// A name or an address, that of IPv6 without brackets.
  package var host: String
  package var port: Int
  /// What stands in front of `/api`, with a slash before it; empty nearly always.
  package var prefix: String
  package var user: String
  /// Nil until somebody gave one.
  package var password: Secret?

  /// RabbitMQ's ports of its management, plain and encrypted.
  static let plainPort = 15_672
  static let encryptedPort = 15_671
  /// Who asks when the address names nobody: RabbitMQ's user of the local machine.
  static let usualUser = "guest"

  /// Reads an address, as in `http://user:password@host:15672`.
  ///
  /// - Parameter text: Untrusted; the user and the password in it may be percent-encoded.
  /// - Throws: ``AddressError``, which never repeats the user or the password.
  package init(_ text: String) throws(AddressError) {
    guard let mark = text.firstRange(of: "://") else { throw .noScheme }
    switch text[..<mark.lowerBound].lowercased() {
    case "http": isEncrypted = false
    case "https": isEncrypted = true
    case "amqp", "amqps": throw .speaksAMQP
    default: throw .unknownScheme
    }
    let rest = text[mark.upperBound...]
    let end = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
    var authority = rest[..<end]
    guard !rest[end...].contains(where: { "?#".contains($0) }) else { throw .hasQuery }
    prefix = String(rest[end...].prefix { $0 != "?" })
    while prefix.hasSuffix("/") { prefix.removeLast() }
    if prefix.hasSuffix("/api") { prefix.removeLast(4) }
    user = Self.usualUser
    // The last one: a password may have one in it, though it should not.
    if let at = authority.lastIndex(of: "@") {
      let information = authority[..<at]
      authority = authority[authority.index(after: at)...]
      let parts = information.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = parts.first.flatMap({ PercentCoding.decode(String($0)) }) else {
        throw .badEscape
      }
      if !name.isEmpty { user = name }
      if parts.count > 1 {
        guard let text = PercentCoding.decode(String(parts[1])) else { throw .badEscape }
        password = Secret(text)
      }
    }
    (host, port) = try Self.place(
      authority,
      usualPort: isEncrypted ? Self.encryptedPort : Self.plainPort
    )
    let isPlain = (host + prefix).unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value != 0x7F }
    guard isPlain else { throw .badHost }
  }

  /// Splits `host:port`, `[::1]:port` and both without a port.
  private static func place(
    _ authority: Substring,
    usualPort: Int
  ) throws(AddressError) -> (host: String, port: Int) {
    var host = authority
    var portText: Substring?
    if authority.hasPrefix("[") {
      guard let close = authority.firstIndex(of: "]") else { throw .badHost }
      host = authority[authority.index(after: authority.startIndex)..<close]
      let after = authority[authority.index(after: close)...]
      guard after.isEmpty || after.hasPrefix(":") else { throw .badHost }
      portText = after.isEmpty ? nil : after.dropFirst()
    } else if let colon = authority.lastIndex(of: ":") {
      host = authority[..<colon]
      portText = authority[authority.index(after: colon)...]
      guard !host.contains(":") else { throw .badHost }
    }
    guard !host.isEmpty else { throw .noHost }
    guard let portText else { return (String(host), usualPort) }
    guard let port = Int(portText), (1...65_535).contains(port) else { throw .badPort }
    return (String(host), port)
  }

  /// The host and the port as one, as the `Host` header and people have them.
  package var place: String { (host.contains(":") ? "[\(host)]" : host) + ":\(port)" }

  /// What may be shown and recorded: no user, no password.
  package var endpoint: String { (isEncrypted ? "https://" : "http://") + place + prefix }
}

/// What is wrong with an address, in words that repeat nothing of it: it may have a password in it.
package enum AddressError: Error, Sendable, Hashable, CustomStringConvertible {
  case noScheme
  case unknownScheme
  case speaksAMQP
  case noHost
  case badHost
  case badPort
  case badEscape
  case hasQuery

  package var description: String {
    switch self {
    case .noScheme, .unknownScheme: "an address begins with http:// or https://"
    case .speaksAMQP:
      "that is the address for clients; give the one of the management, as in "
        + "http://localhost:15672"
    case .noHost: "the address names no host, as in http://localhost:15672"
    case .badHost: "the host in the address is none"
    case .badPort: "the port in the address is none: 1 to 65535"
    case .badEscape: "a % in the user or the password of the address must be %25"
    case .hasQuery: "an address has no ? and no #; in a password they are %3F and %23"
    }
  }
}

/// A password: whatever prints it by mistake does not print it.
package struct Secret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible,
  CustomReflectable
{
  /// What it is, for the one place that sends it.
  package let text: String

  package init(_ text: String) {
    self.text = text
  }

  package var description: String { "(hidden)" }
  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
