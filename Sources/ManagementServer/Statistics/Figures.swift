import Broker
import Telemetry

/// The counters and gauges of one kind of object, by RabbitMQ's names.
struct Figures: Sendable {
  /// Sums that only go up, in `message_stats` or beside it.
  let sums: [String]
  /// Numbers now.
  let gauges: [String]

  static let queue = Figures(
    sums: [
      "ack", "deliver", "deliver_get", "deliver_no_ack", "get", "get_empty", "get_no_ack",
      "publish", "redeliver",
    ],
    gauges: ["messages", "messages_ready", "messages_unacknowledged"]
  )

  static let channel = Figures(
    sums: [
      "ack", "confirm", "deliver", "deliver_get", "deliver_no_ack", "drop_unroutable", "get",
      "get_empty", "get_no_ack", "publish", "redeliver", "return_unroutable",
    ],
    gauges: []
  )

  static let exchange = Figures(sums: ["publish_in", "publish_out"], gauges: [])
  static let bytes = Figures(sums: ["recv_oct", "send_oct"], gauges: [])
  static let lengths = Figures(
    sums: [],
    gauges: ["messages", "messages_ready", "messages_unacknowledged"]
  )
  static let churn = Figures(
    sums: [
      "channel_closed", "channel_created", "connection_closed", "connection_created",
      "queue_created", "queue_declared", "queue_deleted",
    ],
    gauges: []
  )
  static let node = Figures(
    sums: [],
    gauges: ["disk_free", "fd_used", "mem_used", "sockets_used"]
  )
}

/// The values of ``Figures``, in their order: the sums, then the gauges.
typealias Values = [Int64]

extension QueueListing {
  /// As ``Figures/queue``.
  var values: Values {
    [
      counts.acknowledged, counts.delivered,
      counts.delivered + counts.deliveredAutomatically + counts.fetched
        + counts.fetchedAutomatically,
      counts.deliveredAutomatically, counts.fetched, counts.fetchedNothing,
      counts.fetchedAutomatically, counts.published, counts.redelivered,
    ].map { Int64(clamping: $0) } + [ready + unacked, ready, unacked].map { Int64($0) }
  }
}

extension ChannelCounts {
  /// As ``Figures/channel``.
  var values: Values {
    [
      acknowledged, confirmed, delivered,
      delivered + deliveredAutomatically + fetched + fetchedAutomatically,
      deliveredAutomatically, unroutable, fetched, fetchedNothing, fetchedAutomatically,
      published, redelivered, returned,
    ].map { Int64(clamping: $0) }
  }
}

extension ExchangeListing {
  /// As ``Figures/exchange``.
  var values: Values { [Int64(clamping: published), Int64(clamping: routed)] }
}

extension ConnectionListing {
  /// As ``Figures/bytes``.
  var values: Values { [Int64(clamping: bytesReceived), Int64(clamping: bytesSent)] }
}

extension VirtualHostListing {
  /// As ``Figures/bytes``.
  var byteValues: Values { [Int64(clamping: bytesReceived), Int64(clamping: bytesSent)] }
  /// As ``Figures/lengths``.
  var lengthValues: Values { [ready + unacked, ready, unacked].map { Int64($0) } }
}

extension BrokerListing {
  /// As ``Figures/churn``.
  var churnValues: Values {
    [
      churn.channelsClosed, totals.channelsOpened, churn.connectionsClosed,
      totals.connectionsOpened, churn.queuesCreated, churn.queuesDeclared, churn.queuesDeleted,
    ].map { Int64(clamping: $0) }
  }

  /// As ``Figures/lengths``.
  var lengthValues: Values {
    [totals.ready + totals.unacked, totals.ready, totals.unacked].map { Int64(clamping: $0) }
  }
}

/// What figures are of.
enum Subject: Hashable, Sendable {
  case messages
  case lengths
  case churn
  case node
  case hostMessages(String)
  case hostBytes(String)
  case hostLengths(String)
  case queue(UInt64)
  case exchange(String, String)
  case connection(UInt64)
  case channel(UInt64, UInt16)
}
