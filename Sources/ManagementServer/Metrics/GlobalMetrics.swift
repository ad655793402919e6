import Broker
import Telemetry

/// The `rabbitmq_global_` metrics, which count messages by protocol and type of queue.
enum GlobalMetrics {
  private static let byProtocol: [(Exposition.Metric, @Sendable (BrokerListing) -> UInt64)] = [
    (counter("messages_received", "Messages received from publishers"), { $0.counts.published }),
    (
      counter("messages_confirmed", "Messages confirmed to publishers"), { $0.counts.confirmed }
    ),
    (
      counter("messages_routed", "Messages routed to queues or streams"), { $0.totals.enqueued }
    ),
    (
      counter(
        "messages_unroutable_dropped",
        "Messages published as non-mandatory into an exchange and dropped as unroutable"
      ), { $0.counts.unroutable }
    ),
    (
      counter(
        "messages_unroutable_returned",
        "Messages published as mandatory into an exchange and returned to the publisher"
      ), { $0.counts.returned }
    ),
  ]

  private static let byQueueType: [(Exposition.Metric, @Sendable (ChannelCounts) -> UInt64)] = [
    (
      counter("messages_acknowledged", "Messages acknowledged by consumers"), { $0.acknowledged }
    ),
    (
      counter("messages_delivered", "Messages delivered to consumers"),
      { $0.delivered + $0.deliveredAutomatically + $0.fetched + $0.fetchedAutomatically }
    ),
    (
      counter(
        "messages_delivered_consume_auto_ack",
        "Messages delivered to consumers using basic.consume with automatic acknowledgment"
      ), { $0.deliveredAutomatically }
    ),
    (
      counter(
        "messages_delivered_consume_manual_ack",
        "Messages delivered to consumers using basic.consume with manual acknowledgment"
      ), { $0.delivered }
    ),
    (
      counter(
        "messages_delivered_get_auto_ack",
        "Messages delivered to consumers using basic.get with automatic acknowledgment"
      ), { $0.fetchedAutomatically }
    ),
    (
      counter(
        "messages_delivered_get_manual_ack",
        "Messages delivered to consumers using basic.get with manual acknowledgment"
      ), { $0.fetched }
    ),
    (
      counter("messages_get_empty", "Times basic.get operations fetched no message"),
      { $0.fetchedNothing }
    ),
    (counter("messages_redelivered", "Messages redelivered to consumers"), { $0.redelivered }),
  ]

  private static let prefix = "rabbitmq_global_"

  private static func counter(_ name: String, _ help: String) -> Exposition.Metric {
    Exposition.Metric(name + "_total", .counter, help)
  }

  /// Writes all of them; deliveries are not told apart by the type of queue here, and count as of
  /// classic queues.
  static func write(_ listing: BrokerListing, to text: inout Exposition) {
    let ofProtocol: Exposition.Labels = [("protocol", "amqp091")]
    let ofQueues = ofProtocol + [("queue_type", "rabbit_classic_queue")]
    for (metric, value) in byProtocol {
      text.begin(metric, prefix: prefix)
      text.add(metric, prefix: prefix, Double(value(listing)), ofProtocol)
    }
    for (metric, value) in byQueueType {
      text.begin(metric, prefix: prefix)
      text.add(metric, prefix: prefix, Double(value(listing.counts)), ofQueues)
    }
    let consumers = Exposition.Metric("consumers", .gauge, "Current number of consumers")
    text.begin(consumers, prefix: prefix)
    text.add(consumers, prefix: prefix, Double(listing.objectCounts.consumers), ofProtocol)
  }
}
