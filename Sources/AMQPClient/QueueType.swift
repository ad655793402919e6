package import AMQP

/// What a durable queue is declared as (RabbitMQ, "Quorum Queues").
package enum QueueType: String, Sendable, Hashable, CaseIterable {
  /// On one node of a cluster, and away with it.
  case classic
  /// On a majority of the nodes: `x-queue-type: quorum`.
  case quorum

  /// What a queue is declared with to be of this type; nothing for what it is anyway.
  package var arguments: FieldTable {
    switch self {
    case .classic: FieldTable()
    case .quorum: ["x-queue-type": .text(rawValue)]
    }
  }
}
