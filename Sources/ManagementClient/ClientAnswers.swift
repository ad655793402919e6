import JSONText
import Telemetry

/// What `/api/connections` says of one connection.
struct ConnectionAnswer: Sendable, Hashable {
  /// The management's name for it: both addresses.
  var name: String
  /// Without its number, and without what its channels count.
  var connection: ConnectionSnapshot
  /// The client's process, where it says so; those of the lab do.
  var processIdentifier: Int?

  /// - Parameters:
  ///   - json: An element of the list; nil is returned for connections that are only opening or
  ///     that have no protocol of clients.
  ///   - time: When it was measured.
  init?(_ json: JSON, at time: MeasuringTime) {
    guard let name = json["name"]?.text, let user = json["user"]?.text else { return nil }
    self.name = name
    let properties = json["client_properties"] ?? .null
    let host = json.name("peer_host")
    let peer = host.isEmpty ? name : host + ":\(json.size("peer_port"))"
    let own = json["user_provided_name"]?.text ?? properties["connection_name"]?.text
    let state = json.name("state")
    processIdentifier = properties["pid"]?.integer.flatMap { Int(exactly: $0) }
    connection = ConnectionSnapshot(
      identifier: 0,
      name: own.flatMap { $0.isEmpty ? nil : $0 } ?? peer,
      peerAddress: peer,
      clientProduct: properties.name("product"),
      clientVersion: properties.name("version"),
      user: user,
      virtualHost: json.name("vhost"),
      channelCount: json.size("channels"),
      bytesReceived: json.sum("recv_oct"),
      bytesSent: json.sum("send_oct"),
      isBlocked: state == "blocked",
      heartbeatSeconds: json.size("timeout"),
      isFlowControlled: state == "flow",
      connectedAt: json["connected_at"]?.integer.map { time.instant(ofMilliseconds: $0) }
        ?? time.instant
    )
  }

  static let columns = [
    "name", "user", "vhost", "user_provided_name", "client_properties.connection_name",
    "client_properties.product", "client_properties.version", "client_properties.pid", "peer_host",
    "peer_port", "channels", "recv_oct", "send_oct", "state", "timeout", "connected_at",
  ]
}

/// What `/api/channels` says of one channel.
struct ChannelAnswer: Sendable, Hashable {
  /// Both addresses and the number.
  var name: String
  var connection: String
  /// Without the number of its connection.
  var channel: ChannelSnapshot
  var prefetchCount: Int
  var delivered: UInt64
  var redelivered: UInt64
  var acknowledged: UInt64
  var isMoving: Bool

  /// - Parameter json: An element of the list; nil is returned without a connection.
  init?(_ json: JSON) {
    guard let name = json["name"]?.text,
      let connection = json["connection_details"]?["name"]?.text
    else { return nil }
    self.name = name
    self.connection = connection
    let stats = json["message_stats"] ?? .null
    channel = ChannelSnapshot(
      connectionIdentifier: 0,
      number: UInt16(clamping: json.size("number")),
      consumerCount: json.size("consumer_count"),
      unacked: json.size("messages_unacknowledged"),
      globalPrefetchCount: json.size("global_prefetch_count"),
      isConfirming: json.flag("confirm"),
      isTransactional: json.flag("transactional"),
      unconfirmed: json.size("messages_unconfirmed"),
      published: stats.sum("publish")
    )
    prefetchCount = json.size("prefetch_count")
    delivered = stats.sum("deliver") + stats.sum("deliver_no_ack")
    redelivered = stats.sum("redeliver")
    acknowledged = stats.sum("ack") + stats.sum("deliver_no_ack")
    isMoving = stats.isMoving
  }

  var sums: [UInt64] { [channel.published, delivered, redelivered, acknowledged] }

  static let columns = [
    "name", "number", "connection_details.name", "consumer_count", "messages_unacknowledged",
    "global_prefetch_count", "prefetch_count", "confirm", "transactional", "messages_unconfirmed",
    "message_stats.publish", "message_stats.deliver", "message_stats.deliver_no_ack",
    "message_stats.redeliver", "message_stats.ack", "message_stats.publish_details.rate",
    "message_stats.deliver_details.rate", "message_stats.ack_details.rate",
  ]
}

/// What `/api/consumers` says of one consumer.
struct ConsumerAnswer: Sendable, Hashable {
  var tag: String
  var queue: QueueIdentity
  var connection: String
  var channel: String
  var channelNumber: UInt16
  var prefetchCount: Int
  var isAutomaticallyAcknowledged: Bool
  var isExclusive: Bool
  var isActive: Bool
  var priority: Int64

  /// - Parameter json: An element of the list; nil is returned without a queue or a channel.
  init?(_ json: JSON) {
    guard let name = json["queue"]?["name"]?.text, let details = json["channel_details"],
      let connection = details["connection_name"]?.text
    else { return nil }
    tag = json.name("consumer_tag")
    queue = QueueIdentity(virtualHost: json["queue"]?["vhost"]?.text ?? "/", name: name)
    self.connection = connection
    channel = details.name("name")
    channelNumber = UInt16(clamping: details.size("number"))
    prefetchCount = json.size("prefetch_count")
    isAutomaticallyAcknowledged = !(json["ack_required"]?.boolean ?? true)
    isExclusive = json.flag("exclusive")
    isActive = json["active"]?.boolean ?? true
    priority = json["arguments"]?["x-priority"]?.integer ?? 0
  }

  /// What names it for as long as it is there.
  var name: [String] { [channel, tag, queue.virtualHost, queue.name] }

  static let columns = [
    "consumer_tag", "queue", "channel_details.name", "channel_details.connection_name",
    "channel_details.number", "prefetch_count", "ack_required", "exclusive", "active",
    "arguments",
  ]
}
