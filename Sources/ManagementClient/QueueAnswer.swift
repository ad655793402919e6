import JSONText
import Telemetry

/// What `/api/queues` says of one queue.
struct QueueAnswer: Sendable, Hashable {
  /// Its sums are those that were measured.
  var queue: QueueSnapshot
  /// Whether the broker says that messages move.
  var isMoving: Bool
  /// Nil when it has none: only quorum queues and streams have members.
  var leader: String?

  /// - Parameters:
  ///   - json: An element of the list, or one queue; nil is returned without a name.
  ///   - time: When it was measured.
  init?(_ json: JSON, at time: MeasuringTime) {
    guard let name = json["name"]?.text else { return nil }
    var queue = QueueSnapshot(virtualHost: json["vhost"]?.text ?? "/", name: name)
    queue.isDurable = json.flag("durable")
    queue.isAutoDelete = json.flag("auto_delete")
    queue.isExclusive = json.flag("exclusive") || json["owner_pid_details"]?["name"] != nil
    queue.ready = json.size("messages_ready")
    queue.unacked = json.size("messages_unacknowledged")
    queue.readyBytes = json.size("message_bytes_ready")
    queue.consumerCount = json.size("consumers")
    let stats = json["message_stats"] ?? .null
    queue.enqueued = stats.sum("publish")
    queue.delivered = stats.sum("deliver_get")
    queue.redelivered = stats.sum("redeliver")
    queue.acknowledged = stats.sum("ack") + stats.sum("deliver_no_ack") + stats.sum("get_no_ack")
    // What the publisher wrote into the message, where the broker looks at it; in seconds.
    if queue.ready > 0, let head = json["head_message_timestamp"]?.integer, head > 0,
      head < 1 << 40
    {
      queue.oldestReadyAt = time.instant(ofMilliseconds: head * 1_000)
    }
    queue.setDetails(Self.bounds(json), DeadLetterReasons(), nil)
    self.queue = queue
    isMoving = stats.isMoving
    leader = json["leader"]?.text ?? (json["members"] == nil ? nil : json["node"]?.text)
  }

  /// What its arguments and its policy limit: the stricter of the two where both do.
  private static func bounds(_ json: JSON) -> QueueBounds {
    let arguments = json["arguments"] ?? .null
    let policy = json["effective_policy_definition"] ?? .null
    func smaller(_ name: String) -> Int? {
      [arguments["x-" + name], policy[name]].compactMap { $0?.wholeCount }.min()
        .map { Int(clamping: $0) }
    }
    func text(_ name: String) -> String? { arguments["x-" + name]?.text ?? policy[name]?.text }
    return QueueBounds(
      maximumLength: smaller("max-length"),
      maximumBytes: smaller("max-length-bytes"),
      overflow: text("overflow").flatMap { QueueBounds.Overflow(rawValue: $0) } ?? .dropHead,
      messageMilliseconds: smaller("message-ttl"),
      deadLetterExchange: text("dead-letter-exchange"),
      deadLetterRoutingKey: text("dead-letter-routing-key")
    )
  }

  var sums: [UInt64] {
    [queue.enqueued, queue.delivered, queue.redelivered, queue.acknowledged]
  }

  /// Returns the queue with sums as they are given out.
  func given(_ sums: [UInt64]) -> QueueSnapshot {
    var given = queue
    (given.enqueued, given.delivered) = (sums[0], sums[1])
    (given.redelivered, given.acknowledged) = (sums[2], sums[3])
    return given
  }

  /// What is asked for each queue of a list.
  static let columns = [
    "vhost", "name", "durable", "auto_delete", "exclusive", "owner_pid_details.name",
    "messages_ready", "messages_unacknowledged", "message_bytes_ready", "consumers",
    "head_message_timestamp", "arguments", "effective_policy_definition", "leader", "members",
    "node", "message_stats.publish", "message_stats.deliver_get", "message_stats.redeliver",
    "message_stats.ack", "message_stats.deliver_no_ack", "message_stats.get_no_ack",
    "message_stats.publish_details.rate", "message_stats.deliver_get_details.rate",
    "message_stats.ack_details.rate",
  ]
}
