import AMQP
import Broker
import Definitions
import JSONText
import struct NIOCore.ByteBuffer

extension Describer {
  /// A queue as lists have it.
  ///
  /// - Parameters:
  ///   - queue: From the engine.
  ///   - hasStatistics: Whether more than its declaration and its totals is wanted
  ///     (RabbitMQ, `disable_stats`).
  /// - Returns: The JSON.
  func queue(_ queue: QueueListing, hasStatistics: Bool = true) -> JSON {
    var members = declaration(queue)
    let values = queue.values
    guard hasStatistics else {
      members += zip(Figures.lengths.gauges, values.suffix(3)).map { ($0, .integer($1)) }
      return object(members)
    }
    members += state(queue) + lengths(queue) + contents(queue)
    var more = history.members(
      Figures.queue.gauges[...],
      values,
      from: Figures.queue.sums.count,
      of: .queue(queue.number),
      history.ages.lengths
    )
    more.append(messageStats(.queue, values, of: .queue(queue.number)))
    if let since = history.idleSince(values, .queue(queue.number)) {
      more.append(.init(name: "idle_since", value: Self.time(since)))
    }
    return object(members, more)
  }

  private func declaration(_ queue: QueueListing) -> [(String, JSON)] {
    [
      ("name", .string(queue.name)), ("vhost", .string(queue.virtualHost)),
      ("type", .string(queue.type.rawValue)), ("durable", .boolean(queue.isDurable)),
      ("auto_delete", .boolean(queue.isAutoDelete)),
      ("exclusive", .boolean(queue.isExclusive)), ("arguments", JSON(queue.arguments)),
      ("node", .string(node)), ("state", queue.isPaused ? "paused" : "running"),
    ]
  }

  private func state(_ queue: QueueListing) -> [(String, JSON)] {
    let capacity = queue.consumerCount == 0 ? 0 : history.capacity(ofQueue: queue.number) ?? 0
    var members: [(String, JSON)] = [
      ("policy", .optional(queue.policy.policyName)),
      ("operator_policy", .optional(queue.policy.operatorPolicyName)),
      ("effective_policy_definition", JSON(queue.policy.effectiveDefinition)),
      ("consumers", .whole(queue.consumerCount)),
      ("consumer_capacity", .number(capacity)), ("consumer_utilisation", .number(capacity)),
      ("exclusive_consumer_tag", .optional(queue.exclusiveConsumerTag)),
      ("single_active_consumer_tag", .optional(queue.activeConsumerTag)),
      ("head_message_timestamp", queue.headTimestamp.map { .integer($0) } ?? .null),
    ]
    if queue.isExclusive, let owner = queue.ownerIdentifier.flatMap({ peers[$0] }) {
      members.append(
        (
          "owner_pid_details",
          [
            "name": .string(connectionName(owner.address)), "peer_host": .string(owner.host),
            "peer_port": .whole(owner.port),
          ]
        )
      )
    }
    return members
  }

  private func lengths(_ queue: QueueListing) -> [(String, JSON)] {
    [
      ("messages_ram", .whole(queue.ready - queue.pagedCount + queue.unacked)),
      ("messages_ready_ram", .whole(queue.ready - queue.pagedCount)),
      ("messages_unacknowledged_ram", .whole(queue.unacked)),
      ("messages_paged_out", .whole(queue.pagedCount)),
      ("message_bytes_ready", .whole(queue.readyBytes)),
      ("message_bytes_paged_out", .whole(queue.pagedBytes)),
    ]
  }

  /// Nothing, when there were too many messages to look at each.
  private func contents(_ queue: QueueListing) -> [(String, JSON)] {
    guard let contents = queue.contents else { return [] }
    let inMemory = queue.readyBytes - queue.pagedBytes + contents.unackedBytes
    return [
      ("messages_persistent", .whole(contents.persistentCount)),
      ("message_bytes", .whole(queue.readyBytes + contents.unackedBytes)),
      ("message_bytes_persistent", .whole(contents.persistentBytes)),
      ("message_bytes_unacknowledged", .whole(contents.unackedBytes)),
      ("message_bytes_ram", .whole(inMemory)),
    ]
  }

  /// A queue by itself: also its consumers.
  ///
  /// RabbitMQ's `deliveries` and `incoming` have rows when rates are kept in detail, which they are
  /// not here, as by its default.
  func queue(_ queue: QueueListing, with consumers: [ConsumerListing]) -> JSON {
    guard case .object(let members) = self.queue(queue) else { return .null }
    return .object(
      members + [
        .init(name: "consumer_details", value: .array(consumers.compactMap(consumer))),
        .init(name: "deliveries", value: []), .init(name: "incoming", value: []),
      ]
    )
  }
}

extension AppliedPolicy {
  /// What the policies come to together: the operator's before the user's where both say something
  /// that has no order, else the lesser.
  var effectiveDefinition: FieldTable {
    var table = definition
    for entry in operatorDefinition.entries {
      if let mine = table[entry.key]?.integer, let other = entry.value.integer, mine <= other {
        continue
      }
      table[entry.key] = entry.value
    }
    return table
  }
}

extension QueueListing {
  /// The `timestamp` of the message at the head, in seconds since 1970.
  var headTimestamp: Int64? {
    guard let headProperties else { return nil }
    var buffer = ByteBuffer(bytes: headProperties)
    // They were checked when the message came in; what cannot be read has no time.
    let properties = try? BasicProperties(from: &buffer)
    return properties?.timestamp.map { Int64(clamping: $0) }
  }
}
