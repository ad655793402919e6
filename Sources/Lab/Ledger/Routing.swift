import Telemetry

/// Which of a scenario's queues an event reaches, by the bindings of its file.
struct Routing: Sendable {
  private let scenario: Scenario

  init(_ scenario: Scenario) {
    self.scenario = scenario
  }

  /// The services whose queues the event reaches.
  func services(exchange: String, key: String) -> [ServicePlan] {
    scenario.services.filter { service in
      guard let queue = service.queue else { return false }
      if exchange.isEmpty {
        return queue.name == key || (scenario.isGroup(service) && key.hasPrefix(queue.name + "."))
      }
      let type = scenario.exchanges.first { $0.name == exchange }?.type ?? "direct"
      return queue.bindings.contains { binding in
        binding.exchange == exchange && Routing.matches(key, binding.key, type: type)
      }
    }
  }

  /// The ways of calling whose events reach a service's queue, straight or by way of others.
  func ways(reaching service: String) -> [CallWay] {
    scenario.ways.filter { way in
      var reached: Set<String> = []
      var plans = scenario.entry.publishes[way] ?? []
      while let plan = plans.popLast() {
        for next in services(exchange: plan.exchange, key: plan.key)
        where reached.insert(next.name).inserted {
          plans += next.publishes[way] ?? next.publishes[.asynchronous] ?? []
        }
      }
      return reached.contains(service)
    }
  }

  /// Whether a key matches a binding's, as AMQP 0-9-1 says (3.1.3).
  static func matches(_ key: String, _ pattern: String, type: String) -> Bool {
    switch type {
    case "fanout", "headers": true
    case "topic":
      matches(
        key.split(separator: ".", omittingEmptySubsequences: false)[...],
        pattern.split(separator: ".", omittingEmptySubsequences: false)[...]
      )
    default: key == pattern
    }
  }

  private static func matches(
    _ words: ArraySlice<Substring>,
    _ pattern: ArraySlice<Substring>
  ) -> Bool {
    guard let first = pattern.first else { return words.isEmpty }
    if first == "#" {
      return (words.startIndex...words.endIndex).contains { start in
        matches(words[start...], pattern.dropFirst())
      }
    }
    guard let word = words.first, first == "*" || first == word else { return false }
    return matches(words.dropFirst(), pattern.dropFirst())
  }
}
