package import AMQPClient

/// A broker that is to be measured.
package struct BrokerTarget: Sendable, Hashable {
  /// The head of its column: unique and short.
  package let name: String
  package let endpoint: ClientEndpoint
  /// Whether it was started for the comparison alone.
  package let isEmbedded: Bool

  package init(name: String, endpoint: ClientEndpoint, isEmbedded: Bool = false) {
    self.name = name
    self.endpoint = endpoint
    self.isEmbedded = isEmbedded
  }

  /// Whether its processes may be looked at: it is on this machine.
  var isLocal: Bool {
    endpoint.host == "localhost" || endpoint.host.hasPrefix("127.") || endpoint.host == "::1"
  }
}

/// What the command line says of one broker: `NAME=URL`, or `embedded` alone.
package enum BrokerChoice: Sendable, Hashable {
  case embedded
  case remote(name: String, endpoint: ClientEndpoint)

  /// The name that means the broker in this program.
  package static let embeddedName = "embedded"

  package var name: String {
    switch self {
    case .embedded: Self.embeddedName
    case .remote(let name, _): name
    }
  }

  /// Why an argument means nothing; the text never holds what may be a password.
  package struct Problem: Error, Hashable, CustomStringConvertible {
    package var description: String
  }

  /// Reads one argument.
  ///
  /// - Parameter text: As it was given.
  /// - Throws: ``Problem``.
  package init(_ text: String) throws(Problem) {
    guard text != Self.embeddedName else {
      self = .embedded
      return
    }
    guard let equals = text.firstIndex(of: "="), !text[..<equals].contains("://") else {
      throw Problem(
        description: "an address needs a name before it, as in: "
          + "--broker rabbit=amqp://guest:guest@127.0.0.1:5672"
      )
    }
    let name = String(text[..<equals])
    guard Self.isName(name) else {
      throw Problem(
        description: "a broker's name is 1 to \(Limits.nameCharacters) letters, digits, '-', '_' "
          + "or '.'"
      )
    }
    guard name != Self.embeddedName else {
      throw Problem(description: "the name embedded is taken; give another, or no address")
    }
    do {
      self = .remote(
        name: name,
        endpoint: try ClientEndpoint(url: String(text[text.index(after: equals)...]))
      )
    } catch {
      throw Problem(description: "\(name): \(error.message)")
    }
  }

  private static func isName(_ name: String) -> Bool {
    (1...Limits.nameCharacters).contains(name.utf8.count)
      && name.utf8.allSatisfy { byte in
        UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte
          || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte
          || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || "-_.".utf8.contains(byte)
      }
  }

  /// Reads all of them.
  ///
  /// - Parameter texts: As they were given.
  /// - Returns: In the same order; each name once.
  /// - Throws: ``Problem``.
  package static func all(_ texts: [String]) throws(Problem) -> [BrokerChoice] {
    guard texts.count <= Limits.brokers else {
      throw Problem(description: "\(texts.count) brokers; a table has room for \(Limits.brokers)")
    }
    var choices: [BrokerChoice] = []
    for text in texts {
      let choice = try BrokerChoice(text)
      guard !choices.contains(where: { $0.name == choice.name }) else {
        throw Problem(description: "two brokers are called \(choice.name); give each its own name")
      }
      choices.append(choice)
    }
    return choices
  }
}
