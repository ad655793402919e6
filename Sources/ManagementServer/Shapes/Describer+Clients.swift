import AMQP
import Broker
import Definitions
import JSONText

extension Describer {
  /// A connection.
  ///
  /// - Parameters:
  ///   - connection: From the engine.
  ///   - epoch: What the wall clock said at the engine's instant 0, in milliseconds since 1970.
  ///   - isAlone: Whether it is asked for by itself: RabbitMQ writes null as an empty text then.
  /// - Returns: The JSON.
  func connection(
    _ connection: ConnectionListing,
    epoch: Int64,
    isAlone: Bool = false
  ) -> JSON {
    let identity = connection.identity
    let peer = Peer(address: identity.peerAddress, user: identity.user)
    var members: [(String, JSON)] = [
      ("name", .string(connectionName(identity.peerAddress))), ("node", .string(node)),
      ("vhost", .string(connection.virtualHost)), ("user", .string(identity.user)),
      ("user_who_performed_action", .string(identity.user)),
      ("peer_host", .string(peer.host)), ("peer_port", .whole(peer.port)),
      ("host", .string(host)), ("port", .whole(port)), ("protocol", "AMQP 0-9-1"),
      ("type", "network"), ("state", .string(connection.state)),
      ("auth_mechanism", .string(identity.mechanism)),
      ("channels", .whole(connection.channelCount)),
      ("channel_max", .whole(identity.channelCountLimit)),
      ("frame_max", .whole(connection.maximumFrameBytes)),
      ("timeout", .whole(Int(identity.heartbeatSeconds))),
      ("connected_at", .integer(epoch + connection.connectedAt / 1_000_000)),
      ("client_properties", JSON(identity.properties)),
      ("recv_cnt", .count(connection.readCount)), ("send_cnt", .count(connection.writeCount)),
      ("send_pend", .whole(connection.pendingBytes)), ("ssl", .boolean(identity.isEncrypted)),
    ]
    if let name = identity.properties["connection_name"]?.text {
      members.append(("user_provided_name", .string(name)))
    }
    let nothing: JSON = isAlone ? "" : .null
    members += Self.unknownOfTLS.map { ($0, nothing) }
    let bytes = history.members(
      .bytes,
      connection.values,
      of: .connection(connection.identifier),
      history.ages.bytes
    )
    return object(members, bytes)
  }

  /// What RabbitMQ tells of the encryption of a connection; it is not known here.
  private static let unknownOfTLS = [
    "peer_cert_issuer", "peer_cert_subject", "peer_cert_validity", "ssl_cipher", "ssl_hash",
    "ssl_key_exchange", "ssl_protocol",
  ]

  /// A channel; nil when its connection is not known.
  func channel(_ channel: ChannelListing, with consumers: [ConsumerListing]? = nil) -> JSON {
    let peer = peers[channel.connectionIdentifier] ?? Peer(address: "?:0", user: channel.user)
    var members: [(String, JSON)] = [
      ("name", .string(channelName(peer.address, channel.number))),
      ("number", .whole(Int(channel.number))), ("node", .string(node)),
      ("vhost", .string(channel.virtualHost)), ("user", .string(channel.user)),
      ("user_who_performed_action", .string(channel.user)),
      (
        "connection_details",
        [
          "name": .string(connectionName(peer.address)), "peer_host": .string(peer.host),
          "peer_port": .whole(peer.port),
        ]
      ),
      ("state", "running"), ("confirm", .boolean(channel.isConfirming)),
      ("transactional", .boolean(channel.isTransactional)),
      ("consumer_count", .whole(channel.consumerCount)),
      ("prefetch_count", .whole(channel.prefetchCount)),
      ("global_prefetch_count", .whole(channel.globalPrefetchCount)),
      ("messages_unacknowledged", .whole(channel.unacked)),
      ("messages_unconfirmed", .whole(channel.unconfirmed)),
      ("messages_uncommitted", .whole(channel.uncommittedMessages)),
      ("acks_uncommitted", .whole(channel.uncommittedSettlements)),
      ("pending_raft_commands", 0),
    ]
    if let consumers {
      members += [
        ("consumer_details", .array(consumers.compactMap(consumer))), ("deliveries", []),
        ("publishes", []),
      ]
    }
    let subject = Subject.channel(channel.connectionIdentifier, channel.number)
    let values = channel.counts.values
    var more = [messageStats(.channel, values, of: subject)]
    if let since = history.idleSince(values, subject) {
      more.append(.init(name: "idle_since", value: Self.time(since)))
    }
    return object(members, more)
  }

  /// A consumer; nil when its connection is not known.
  ///
  /// `paused` is Sluice's own: RabbitMQ pauses no consumers.
  func consumer(_ consumer: ConsumerListing) -> JSON? {
    guard let peer = peers[consumer.connectionIdentifier] else { return nil }
    return [
      "consumer_tag": .string(consumer.tag),
      "queue": ["name": .string(consumer.queue), "vhost": .string(consumer.virtualHost)],
      "channel_details": [
        "connection_name": .string(connectionName(peer.address)),
        "name": .string(channelName(peer.address, consumer.channelNumber)),
        "node": .string(node), "number": .whole(Int(consumer.channelNumber)),
        "peer_host": .string(peer.host), "peer_port": .whole(peer.port),
        "user": .string(peer.user),
      ],
      "ack_required": .boolean(!consumer.isAutomaticallyAcknowledged),
      "exclusive": .boolean(consumer.isExclusive), "active": .boolean(consumer.isActive),
      "activity_status": .string(consumer.activity),
      "prefetch_count": .whole(consumer.prefetchCount),
      "arguments": JSON(consumer.arguments), "paused": .boolean(consumer.isPaused),
      "messages_unacknowledged": .whole(consumer.held),
    ]
  }
}

extension ConsumerListing {
  /// RabbitMQ's words.
  fileprivate var activity: String {
    if isSingleActive { return "single_active" }
    return isActive ? "up" : "waiting"
  }
}

extension ConnectionListing {
  /// RabbitMQ's words.
  var state: String {
    if isBlocked { return "blocked" }
    return isFlowControlled ? "flow" : "running"
  }
}
