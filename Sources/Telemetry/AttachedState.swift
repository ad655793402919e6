/// How it stands with a broker that is watched from outside, beside what a snapshot says of it.
package struct AttachedState: Sendable, Hashable {
  /// What runs there, as in `RabbitMQ 3.10.8`.
  package var product: String
  package var link: Link
  package var cost: PollingCost
  /// Sorted by name; empty where there are none.
  package var nodes: [NodeSnapshot]

  /// Whether it answers.
  package enum Link: Sendable, Hashable {
    case connected
    /// Nothing came since, for a reason in a few words; it is tried again then.
    case lost(since: Instant, reason: String, nextTryAt: Instant)
  }

  /// - Parameters:
  ///   - product: What runs there.
  ///   - link: Whether it answers.
  ///   - cost: What asking it costs.
  ///   - nodes: Sorted by name.
  package init(
    product: String,
    link: Link = .connected,
    cost: PollingCost = PollingCost(),
    nodes: [NodeSnapshot] = []
  ) {
    self.product = product
    self.link = link
    self.cost = cost
    self.nodes = nodes
  }
}

/// What asking a broker costs it, as far as can be measured from outside.
package struct PollingCost: Sendable, Hashable {
  /// The share of the time in which it was busy with an answer, over the last minute.
  package var share: Double
  /// How often it is asked.
  package var stepSeconds: Double
  /// How often all queues are asked for: more rarely where there are many.
  package var queuesSeconds: Double
  /// How long the answer with all queues took, and how large it was.
  package var queuesMilliseconds: Double
  package var queuesBytes: Int

  /// - Parameters:
  ///   - share: Of the time in which it was busy with an answer.
  ///   - stepSeconds: How often it is asked.
  ///   - queuesSeconds: How often all queues are asked for.
  ///   - queuesMilliseconds: How long that answer took.
  ///   - queuesBytes: How large it was.
  package init(
    share: Double = 0,
    stepSeconds: Double = 0,
    queuesSeconds: Double = 0,
    queuesMilliseconds: Double = 0,
    queuesBytes: Int = 0
  ) {
    self.share = share
    self.stepSeconds = stepSeconds
    self.queuesSeconds = queuesSeconds
    self.queuesMilliseconds = queuesMilliseconds
    self.queuesBytes = queuesBytes
  }
}
