import AMQP

/// An exchange with its bindings in a row.
struct NaiveExchange {
  struct Binding: Hashable {
    /// The name of a queue, or of an exchange.
    var destination: String
    var isToExchange: Bool
    var key: String
    /// For an exchange of type headers.
    var headers: [String: Int] = [:]
    var isAny = false

    var arguments: FieldTable {
      guard !headers.isEmpty else { return [:] }
      var table: FieldTable = ["x-match": .text(isAny ? "any" : "all")]
      for (name, value) in headers.sorted(by: { $0.key < $1.key }) {
        table[name] = .signed32(Int32(value))
      }
      return table
    }
  }

  var type: String
  var alternate: String?
  var bindings: [Binding] = []

  func matches(_ binding: Binding, _ message: NaiveMessage) -> Bool {
    switch type {
    case "fanout": return true
    case "direct": return binding.key == message.key
    case "topic":
      return Self.matches(
        binding.key.split(separator: ".")[...],
        message.key.split(separator: ".")[...]
      )
    default:
      let hits = binding.headers.filter { message.headers[$0.key] == $0.value }
      if binding.headers.isEmpty { return true }
      return binding.isAny ? !hits.isEmpty : hits.count == binding.headers.count
    }
  }

  private static func matches(
    _ pattern: ArraySlice<Substring>,
    _ words: ArraySlice<Substring>
  ) -> Bool {
    guard let first = pattern.first else { return words.isEmpty }
    let rest = pattern.dropFirst()
    if first == "#" {
      return (0...words.count).contains { matches(rest, words.dropFirst($0)) }
    }
    guard let word = words.first, first == "*" || first == word else { return false }
    return matches(rest, words.dropFirst())
  }
}

extension NaiveBroker {
  /// The queues that a message reaches, each once, in the order of their creation.
  func route(_ message: NaiveMessage, through exchange: String) -> [NaiveQueue] {
    if exchange.isEmpty { return queue(message.key).map { [$0] } ?? [] }
    var found: Set<String> = []
    var seen: Set<String> = [exchange]
    var open = [exchange]
    while let name = open.popLast() {
      guard let exchange = exchanges[name] else { continue }
      let hits = exchange.bindings.filter { exchange.matches($0, message) }
      for hit in hits where !hit.isToExchange { found.insert(hit.destination) }
      var next = hits.filter(\.isToExchange).map(\.destination)
      if hits.isEmpty, let alternate = exchange.alternate { next.append(alternate) }
      for name in next where seen.insert(name).inserted { open.append(name) }
    }
    return queues.filter { found.contains($0.name) }.sorted { $0.number < $1.number }
  }
}
