/// Which services get which event, by the bindings of a scenario.
struct ScenarioRoutes {
  private let types: [String: String]
  private let queues: [(service: String, queue: QueuePlan)]

  init(_ scenario: Scenario) {
    types = Dictionary(scenario.exchanges.map { ($0.name, $0.type) }, uniquingKeysWith: { $1 })
    queues = scenario.services.compactMap { plan in plan.queue.map { (plan.name, $0) } }
  }

  /// The services whose queue gets an event, in the scenario's order; optional ones as if they had
  /// joined.
  func services(reachedBy event: PublishPlan) -> [String] {
    queues.filter { isReached($0.queue, by: event) }.map(\.service)
  }

  private func isReached(_ queue: QueuePlan, by event: PublishPlan) -> Bool {
    guard !event.exchange.isEmpty else { return queue.copies == 1 && queue.name == event.key }
    return queue.bindings.contains { binding in
      guard binding.exchange == event.exchange else { return false }
      switch types[event.exchange] {
      case "direct": return binding.key == event.key
      case "topic":
        let pattern = binding.key.split(separator: ".", omittingEmptySubsequences: false)
        let words = event.key.split(separator: ".", omittingEmptySubsequences: false)
        return Self.matches(pattern, words)
      case _:
        // A fan-out asks for no key, and a binding without arguments matches all headers.
        return true
      }
    }
  }

  /// Whether a pattern with `*` for one word and `#` for any number of words matches.
  ///
  /// - Complexity: O(pattern · words).
  private static func matches(_ pattern: [Substring], _ words: [Substring]) -> Bool {
    // Whether the pattern so far matches the first so many words.
    var matched = [true] + words.map { _ in false }
    for part in pattern {
      var next = [part == "#" && matched[0]] + words.map { _ in false }
      for (index, word) in words.enumerated() {
        next[index + 1] =
          part == "#"
          ? next[index] || matched[index + 1]
          : matched[index] && (part == "*" || part == word)
      }
      matched = next
    }
    return matched[words.count]
  }
}
