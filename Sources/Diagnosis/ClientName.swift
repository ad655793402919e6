import Telemetry

/// What tells the clients of a broker from each other: the name that they give themselves, and the
/// machine they are on.
package struct ClientName: Sendable, Hashable {
  /// The client's own name, else the product that it is made with.
  var name: String
  var host: String

  init(_ connection: ConnectionSnapshot) {
    host = PeerAddress.host(of: connection.peerAddress)
    name = connection.hasOwnName ? connection.name : connection.clientProduct
  }

  /// How a screen calls it: `checkout`, or `pika at 10.0.0.7` for those without a name.
  var shownName: String { name.isEmpty ? "clients at \(host)" : "\(name) at \(host)" }

  /// Returns a name without what numbers its instances.
  ///
  ///     points-2                          points
  ///     orders-7d9f8b6c5-x2lkp            orders
  ///     app@10.0.0.7                      app
  ///
  /// - Parameter name: As the client gives it.
  /// - Returns: What stands before an `@`, and before the first part but the front one that has a
  ///   digit; parts end at `-`, `_`, `.`, `:`, `#`, `/` or a space.
  package static func stem(of name: String) -> String {
    let bytes = name.utf8
    var partStart: String.Index?
    for index in bytes.indices {
      switch bytes[index] {
      case UInt8(ascii: "@"):
        return index == bytes.startIndex ? name : String(name[..<index])
      case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: ":"),
        UInt8(ascii: "#"), UInt8(ascii: "/"), UInt8(ascii: " "):
        partStart = index
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        if let partStart, partStart > bytes.startIndex { return String(name[..<partStart]) }
      default: break
      }
    }
    return name
  }
}

/// Where a client is.
enum PeerAddress {
  /// Returns the address without its port: `10.0.0.7:41022` is `10.0.0.7`, and `[::1]:41022` and
  /// `::1:41022` are `::1`.
  static func host(of address: String) -> String {
    guard let colon = address.utf8.lastIndex(of: UInt8(ascii: ":")) else { return address }
    let port = address[address.index(after: colon)...]
    guard !port.isEmpty, port.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      return address
    }
    let host = address[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") { return String(host.dropFirst().dropLast()) }
    // Without brackets and a port the last part of an address of IPv6 would be taken for one.
    return host.hasSuffix(":") ? address : String(host)
  }
}

extension ConnectionSnapshot {
  /// Whether the client gave itself a name.
  var hasOwnName: Bool { name != peerAddress }

  /// Its name and where it is: `app@10.0.0.7`.
  var placeName: String {
    hasOwnName ? "\(name)@\(PeerAddress.host(of: peerAddress))" : peerAddress
  }
}
