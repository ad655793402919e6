/// What the lab's durable queues are declared as (RabbitMQ, "Quorum Queues").
package enum QueueType: String, Sendable, Hashable, CaseIterable {
  /// On one node of a cluster, and away with it.
  case classic
  /// On a majority of the nodes: `x-queue-type: quorum`.
  case quorum
}
