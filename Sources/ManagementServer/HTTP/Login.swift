import AMQPServer
import Broker
import WebText

/// Finds out who makes a request (RFC 7617, basic authentication).
struct Login {
  private let office: Office

  init(_ office: Office) {
    self.office = office
  }

  /// - Parameters:
  ///   - header: Of the request; nil for none.
  ///   - peer: `address:port`.
  /// - Returns: The user.
  /// - Throws: 401 when nothing is said, or what is said is not right, or the user has no tag.
  func user(of header: String?, from peer: String) async throws(Refusal) -> User {
    guard let header else { throw .anonymous }
    let parts = header.split(separator: " ")
    guard parts.count == 2, parts[0].lowercased() == "basic",
      let bytes = Base64.decode(String(parts[1])),
      let colon = bytes.firstIndex(of: UInt8(ascii: ":"))
    else { throw .loginFailed }
    let name = String(decoding: bytes[..<colon], as: UTF8.self)
    let password = Array(bytes[(colon + 1)...])
    let user = await office.broker.authenticate(name, password: password, from: peer)
    guard let user, Access.mayEnter(user) else { throw .loginFailed }
    return user
  }
}

extension Call {
  /// The name that paths have for a virtual host.
  static let hostName = "vhost"

  /// Checks that the virtual host of the path is there, and is one of the user's.
  ///
  /// - Throws: 404 and 401.
  func checkHost() async throws(Refusal) {
    guard let name = place[Self.hostName] else { return }
    let user = user.name
    let (isThere, isAllowed) = try await withBroker { broker in
      let key = AccessControl.Key(user: user, host: name)
      return (broker.hosts[name] != nil, broker.access.permissions[key] != nil)
    }
    // Who declares something there is told what is missing.
    guard isThere else { throw isDeclaring ? .notFound("vhost_not_found") : .notFound }
    guard isAllowed || isAdministrator else {
      throw .notAuthorised("User not authorised to access virtual host")
    }
  }
}
