import JSONText
import Telemetry

/// What `/api/overview` says.
struct OverviewAnswer: Sendable, Hashable {
  /// Which program answers.
  enum Product: String, Sendable, Hashable {
    case rabbitMQ = "RabbitMQ"
    case lavinMQ = "LavinMQ"
    case sluice = "Sluice"
    case other = "broker"
  }

  var product: Product
  var version: String
  /// What its administrator calls it; the node's name mostly.
  var clusterName: String
  /// The node that answered.
  var node: String
  /// Sums in the order of ``Sum``.
  var sums: [UInt64]
  /// Whether the broker says that messages move.
  var isMoving: Bool
  var ready: UInt64
  var unacked: UInt64
  var queueCount: Int
  /// Whether statistics are kept at all.
  var hasStatistics: Bool

  /// The sums that are read.
  enum Sum: Int, CaseIterable {
    case published, unroutable, returned, confirmed, delivered, redelivered, acknowledged
    case connectionsOpened, channelsOpened
  }

  /// - Parameter json: Nil is returned for what cannot be from a broker's management.
  init?(_ json: JSON) {
    let lavin = json["lavinmq_version"]?.text
    // It speaks as a RabbitMQ, so that what is made for one works, and says what it is beside that.
    let sluice = json["sluice_version"]?.text
    let rabbit = json["product_version"]?.text ?? json["rabbitmq_version"]?.text
    guard let version = lavin ?? sluice ?? rabbit else { return nil }
    self.version = version
    let name = json.name("product_name")
    product =
      lavin != nil
      ? .lavinMQ
      : sluice != nil
        ? .sluice : Product(rawValue: name) ?? (name.isEmpty ? .rabbitMQ : .other)
    clusterName = json.name("cluster_name")
    node = json.name("node")
    let stats = json["message_stats"] ?? .null
    let churn = json["churn_rates"] ?? .null
    let returned = stats.sum("return_unroutable")
    sums = Sum.allCases.map { sum in
      switch sum {
      case .published: stats.sum("publish")
      case .unroutable: returned + stats.sum("drop_unroutable")
      case .returned: returned
      case .confirmed: stats.sum("confirm")
      case .delivered: stats.sum("deliver_get")
      case .redelivered: stats.sum("redeliver")
      case .acknowledged:
        stats.sum("ack") + stats.sum("deliver_no_ack") + stats.sum("get_no_ack")
      case .connectionsOpened: churn.sum("connection_created")
      case .channelsOpened: churn.sum("channel_created")
      }
    }
    isMoving = stats.isMoving
    ready = json.sum("queue_totals", "messages_ready")
    unacked = json.sum("queue_totals", "messages_unacknowledged")
    queueCount = json.size("object_totals", "queues")
    hasStatistics = !json.flag("disable_stats")
  }

  /// What is asked of RabbitMQ; the others are asked for everything.
  static let columns = [
    "rabbitmq_version", "product_name", "product_version", "lavinmq_version", "sluice_version",
    "cluster_name",
    "node", "message_stats", "churn_rates", "queue_totals", "object_totals", "disable_stats",
  ]
}

extension JSON {
  /// Whether one of the rates in `message_stats` is more than nothing.
  var isMoving: Bool {
    members.contains { member in
      member.name.hasSuffix("_details") && (member.value["rate"]?.number ?? 0) > 0
    }
  }
}
