import AMQP
import Broker

/// Routing as the documents read, with lists and without any thought of speed.
struct NaiveRouter {
  struct Exchange {
    var type: ExchangeType
    var alternate: String?
    var isAutoDelete: Bool
  }

  enum Destination: Hashable {
    case queue(String)
    case exchange(String)
  }

  struct Binding: Hashable {
    var source: String
    var destination: Destination
    var key: String
    var arguments: FieldTable
  }

  struct Message {
    var keys: [String]
    var headers: FieldTable
  }

  var exchanges: [String: Exchange] = [:]
  var queues: Set<String> = []
  var bindings: [Binding] = []

  /// Takes bindings away, and auto-delete exchanges that lose their last one by it.
  mutating func remove(where isGone: (Binding) -> Bool) {
    let sources = Set(bindings.filter(isGone).map(\.source))
    bindings.removeAll(where: isGone)
    for source in sources.sorted() where exchanges[source]?.isAutoDelete == true {
      if !bindings.contains(where: { $0.source == source }) { delete(source) }
    }
  }

  mutating func delete(_ exchange: String) {
    guard exchanges.removeValue(forKey: exchange) != nil else { return }
    bindings.removeAll { $0.source == exchange }
    remove { $0.destination == .exchange(exchange) }
  }

  /// The sets of queues that a message may reach: one, or one for each way that chance may go.
  func outcomes(of message: Message, through exchange: String) -> Set<Set<String>> {
    if exchange.isEmpty { return [queues.intersection(message.keys)] }
    var outcomes: Set<Set<String>> = []
    follow([exchange], seen: [exchange], reached: [], message, &outcomes)
    return outcomes
  }

  private func follow(
    _ pending: [String],
    seen: Set<String>,
    reached: Set<String>,
    _ message: Message,
    _ outcomes: inout Set<Set<String>>
  ) {
    guard let name = pending.first, let exchange = exchanges[name] else {
      outcomes.insert(reached)
      return
    }
    let rest = Array(pending.dropFirst())
    for matched in choices(of: name, exchange, message) {
      var (pending, seen, reached) = (rest, seen, reached)
      var onward: [String] = []
      for destination in matched {
        switch destination {
        case .queue(let queue): reached.insert(queue)
        case .exchange(let exchange): onward.append(exchange)
        }
      }
      if matched.isEmpty, let alternate = exchange.alternate, exchanges[alternate] != nil {
        onward.append(alternate)
      }
      for next in onward where seen.insert(next).inserted { pending.append(next) }
      follow(pending, seen: seen, reached: reached, message, &outcomes)
    }
  }

  /// What one exchange may match.
  private func choices(
    of name: String,
    _ exchange: Exchange,
    _ message: Message
  ) -> [[Destination]] {
    let own = bindings.filter { $0.source == name }
    switch exchange.type {
    case .random, .consistentHash:
      return own.isEmpty ? [[]] : Set(own.map(\.destination)).map { [$0] }
    case .fanout: return [own.map(\.destination)]
    case .direct:
      return [own.filter { message.keys.contains($0.key) }.map(\.destination)]
    case .topic:
      let matching = own.filter { binding in
        message.keys.contains { matches(words(binding.key), words($0)) }
      }
      return [matching.map(\.destination)]
    case .headers:
      return [own.filter { matches($0.arguments, message.headers) }.map(\.destination)]
    case .delayed: return [[]]
    }
  }

  private func words(_ key: String) -> [Substring] {
    key.split(separator: ".", omittingEmptySubsequences: false)
  }

  private func matches(_ pattern: [Substring], _ key: [Substring]) -> Bool {
    guard let word = pattern.first else { return key.isEmpty }
    let rest = Array(pattern.dropFirst())
    if word == "#" {
      return (0...key.count).contains { matches(rest, Array(key.dropFirst($0))) }
    }
    guard let first = key.first, word == "*" || word == first else { return false }
    return matches(rest, Array(key.dropFirst()))
  }

  private func matches(_ arguments: FieldTable, _ headers: FieldTable) -> Bool {
    let wanted = arguments.entries.filter { $0.key != "x-match" }
    let isMatch = { (entry: FieldTable.Entry) in headers[entry.key] == entry.value }
    return arguments["x-match"] == .text("any")
      ? wanted.contains(where: isMatch) : wanted.allSatisfy(isMatch)
  }
}
