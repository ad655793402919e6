/// Exchanges and bindings as lists.
struct NaiveExchanges {
  struct Exchange {
    var kind: String
    var alternate: String?
  }

  struct Binding: Hashable {
    var source: String
    var destination: String
    var isToExchange: Bool
    var key: String
  }

  var exchanges: [String: Exchange] = [:]
  var bindings: Set<Binding> = []

  /// The names of the queues that a key leads to from an exchange, each once.
  func queues(from exchange: String, key: String) -> Set<String> {
    if exchange.isEmpty { return [key] }
    var found: Set<String> = []
    var waiting = [exchange]
    var visited: Set<String> = []
    while let name = waiting.popLast() {
      guard let exchange = exchanges[name], visited.insert(name).inserted else { continue }
      let matches = bindings.filter { binding in
        binding.source == name && Self.matches(binding.key, key, kind: exchange.kind)
      }
      for match in matches {
        if match.isToExchange {
          waiting.append(match.destination)
        } else {
          found.insert(match.destination)
        }
      }
      if matches.isEmpty, let alternate = exchange.alternate { waiting.append(alternate) }
    }
    return found
  }

  private static func matches(_ pattern: String, _ key: String, kind: String) -> Bool {
    switch kind {
    case "fanout": true
    case "direct": pattern == key
    default: matches(pattern.split(separator: ".")[...], key.split(separator: ".")[...])
    }
  }

  private static func matches(
    _ pattern: ArraySlice<Substring>,
    _ words: ArraySlice<Substring>
  ) -> Bool {
    guard let first = pattern.first else { return words.isEmpty }
    if first == "#" {
      return matches(pattern.dropFirst(), words)
        || (!words.isEmpty && matches(pattern, words.dropFirst()))
    }
    guard let word = words.first, first == "*" || first == word else { return false }
    return matches(pattern.dropFirst(), words.dropFirst())
  }
}
