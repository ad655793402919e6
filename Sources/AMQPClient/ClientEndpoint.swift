package import Trust

/// Where a broker listens and who we are to it.
package struct ClientEndpoint: Sendable, Hashable {
  package var host: String
  package var port: Int
  package var user: String
  package var password: String
  package var virtualHost: String
  /// How its certificate is trusted; nil where nothing is encrypted.
  package var trust: TrustSettings?

  /// The port that IANA gave AMQP.
  package static let defaultPort = 5672
  /// The port that IANA gave AMQP over TLS.
  package static let defaultEncryptedPort = 5671

  package init(
    host: String,
    port: Int = ClientEndpoint.defaultPort,
    user: String = "guest",
    password: String = "guest",
    virtualHost: String = "/",
    trust: TrustSettings? = nil
  ) {
    self.host = host
    self.port = port
    self.user = user
    self.password = password
    self.virtualHost = virtualHost
    self.trust = trust
  }

  /// Reads `amqp://user:password@host:port/virtual-host`, everything after the host optional;
  /// `amqps://` for a broker with TLS, whose certificate an authority of the system must vouch for.
  ///
  /// Each part may be percent-encoded; a missing or empty path means the virtual host `/`.
  ///
  /// - Throws: ``ClientError/Code/invalidArgument`` with a message that never holds the password.
  package init(url: String) throws(ClientError) {
    guard let scheme = ["amqp://", "amqps://"].first(where: url.hasPrefix) else {
      throw Self.refusal("an AMQP address begins with amqp://, or amqps:// for TLS")
    }
    let isEncrypted = scheme == "amqps://"
    let rest = url.dropFirst(scheme.count)
    let authorityEnd = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
    let path = rest[authorityEnd...]
    guard !path.contains("?"), !path.contains("#") else {
      throw Self.refusal("an AMQP address with parameters after ? or # is not supported")
    }

    var address = rest[..<authorityEnd]
    var user = "guest"
    var password = "guest"
    if let at = address.lastIndex(of: "@") {
      let login = address[..<at].split(
        separator: ":",
        maxSplits: 1,
        omittingEmptySubsequences: false
      )
      user = try Self.decoded(login[0], part: "user")
      if login.count == 2 { password = try Self.decoded(login[1], part: "password") }
      address = address[address.index(after: at)...]
    }
    let (host, port) = try Self.hostAndPort(address)
    let name = try Self.decoded(path.dropFirst(), part: "virtual host")
    self.init(
      host: host,
      port: port ?? (isEncrypted ? Self.defaultEncryptedPort : Self.defaultPort),
      user: user,
      password: password,
      virtualHost: name.isEmpty ? "/" : name,
      trust: isEncrypted ? TrustSettings() : nil
    )
  }

  private static func hostAndPort(
    _ address: Substring
  ) throws(ClientError) -> (host: String, port: Int?) {
    var host = address
    var digits: Substring?
    if address.first == "[" {
      guard let close = address.firstIndex(of: "]") else {
        throw refusal("an IPv6 address lacks its closing ]")
      }
      host = address[address.index(after: address.startIndex)..<close]
      let after = address[address.index(after: close)...]
      guard after.isEmpty || after.first == ":" else {
        throw refusal("only :port may follow the ] of an IPv6 address")
      }
      digits = after.isEmpty ? nil : after.dropFirst()
    } else if let colon = address.lastIndex(of: ":") {
      host = address[..<colon]
      digits = address[address.index(after: colon)...]
    }
    let name = try decoded(host, part: "host")
    guard !name.isEmpty else { throw refusal("an AMQP address needs a host") }
    guard let digits else { return (name, nil) }
    guard let port = Int(digits), (1...65535).contains(port) else {
      throw refusal("a port is a number from 1 to 65535")
    }
    return (name, port)
  }

  private static func decoded(
    _ text: Substring,
    part: String
  ) throws(ClientError) -> String {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard let high = rest.popFirst().flatMap(hexadecimalValue),
        let low = rest.popFirst().flatMap(hexadecimalValue)
      else { throw refusal("the \(part) has a % without two hexadecimal digits") }
      bytes.append(high << 4 | low)
    }
    guard let result = String(validating: bytes, as: UTF8.self) else {
      throw refusal("the \(part) is not UTF-8")
    }
    return result
  }

  private static func hexadecimalValue(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
    default: nil
    }
  }

  private static func refusal(_ message: String) -> ClientError {
    ClientError(code: .invalidArgument, message: message)
  }
}

extension ClientEndpoint: CustomStringConvertible {
  /// As a person would write it, without user and password.
  package var description: String {
    let shownHost = host.contains(":") ? "[\(host)]" : host
    return "\(scheme)\(shownHost):\(port)" + (virtualHost == "/" ? "" : "/\(virtualHost)")
  }

  /// How its address begins.
  package var scheme: String { trust == nil ? "amqp://" : "amqps://" }
}
