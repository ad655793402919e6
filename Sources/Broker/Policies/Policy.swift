package import AMQP

/// Arguments for all queues or exchanges whose names match (RabbitMQ, "Policies").
package struct Policy {
  package let name: String
  package let pattern: Pattern
  package let target: Target
  /// The greatest that matches counts; need not be whole.
  package let priority: Double
  /// Keys without the `x-` of arguments.
  package let definition: FieldTable

  /// What a policy is for, by its names in `apply-to`.
  package enum Target: String, Sendable, CaseIterable {
    case queues
    case exchanges
    case all
  }

  /// Who made it, which decides what it may say and how it adds to the other.
  package enum Kind: Sendable, Hashable {
    case user
    /// Made by the operator of the broker: it limits what users' policies and arguments ask for.
    case `operator`
  }

  /// Checks a policy.
  ///
  /// - Throws: ``OperationRefusal`` in RabbitMQ's words.
  package init(
    name: String,
    pattern: String,
    target: String = Target.all.rawValue,
    priority: Double = 0,
    definition: FieldTable,
    kind: Kind = .user
  ) throws(OperationRefusal) {
    if let problem = PolicyKey.problem(in: definition, of: kind) { throw OperationRefusal(problem) }
    guard let target = Target(rawValue: target) else {
      throw OperationRefusal(
        "apply-to '\(target)' unrecognised; should be 'queues', 'exchanges' or 'all'"
      )
    }
    do {
      self.pattern = try Pattern(policy: pattern)
    } catch {
      throw OperationRefusal("pattern should be regular expression but is invalid: '\(pattern)'")
    }
    self.name = name
    self.target = target
    self.priority = priority
    self.definition = definition
  }

  func applies(to queue: Queue) -> Bool {
    guard target != .exchanges else { return false }
    let unsupported = PolicyKey.unsupported(by: QueueType(of: queue.arguments))
    return !definition.entries.contains { unsupported.contains($0.key) }
      && pattern.matches(queue.name.text)
  }

  func applies(to exchange: Exchange) -> Bool {
    target != .queues && pattern.matches(exchange.name.text)
  }

  /// Whether it counts before another that matches the same name.
  func precedes(_ other: Policy) -> Bool {
    (priority, name) > (other.priority, other.name)
  }
}

/// The policies of a virtual host, those that count first in front.
package struct PolicyTable {
  package private(set) var policies: [Policy] = []

  package var isEmpty: Bool { policies.isEmpty }

  mutating func put(_ policy: Policy) {
    policies.removeAll { $0.name == policy.name }
    policies.append(policy)
    policies.sort { $0.precedes($1) }
  }

  /// - Returns: false when there was none of the name.
  mutating func remove(_ name: String) -> Bool {
    let count = policies.count
    policies.removeAll { $0.name == name }
    return policies.count < count
  }
}
