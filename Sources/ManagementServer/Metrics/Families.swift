extension Family {
  static let queueCoarse = Family(
    name: "queue_coarse_metrics",
    columns: [
      Column("queue_messages_ready", .gauge, "Messages ready to be delivered to consumers"),
      Column(
        "queue_messages_unacked",
        .gauge,
        "Messages delivered to consumers but not yet acknowledged"
      ),
      Column(
        "queue_messages",
        .gauge,
        "Sum of ready and unacknowledged messages - total queue depth"
      ),
    ]
  )

  static let queueConsumers = Family(
    name: "queue_consumer_count",
    columns: [Column("queue_consumers", .gauge, "Consumers on a queue")]
  )

  static let queue = Family(
    name: "queue_metrics",
    columns: [
      Column(
        "queue_consumer_capacity",
        .gauge,
        "Consumer capacity",
        isForSingles: true
      ),
      Column("queue_consumer_utilisation", .gauge, "Same as consumer capacity", isForSingles: true),
      Column(
        "queue_messages_ram",
        .gauge,
        "Ready and unacknowledged messages stored in memory"
      ),
      Column(
        "queue_messages_ram_bytes",
        .gauge,
        "Size of ready and unacknowledged messages stored in memory"
      ),
      Column("queue_messages_ready_ram", .gauge, "Ready messages stored in memory"),
      Column("queue_messages_unacked_ram", .gauge, "Unacknowledged messages stored in memory"),
      Column("queue_messages_persistent", .gauge, "Persistent messages"),
      Column("queue_messages_persistent_bytes", .gauge, "Size in bytes of persistent messages"),
      Column(
        "queue_messages_bytes",
        .gauge,
        "Size in bytes of ready and unacknowledged messages"
      ),
      Column("queue_messages_ready_bytes", .gauge, "Size in bytes of ready messages"),
      Column(
        "queue_messages_unacked_bytes",
        .gauge,
        "Size in bytes of all unacknowledged messages"
      ),
      Column("queue_messages_paged_out", .gauge, "Messages paged out to disk"),
      Column(
        "queue_messages_paged_out_bytes",
        .gauge,
        "Size in bytes of messages paged out to disk"
      ),
      Column(
        "queue_head_message_timestamp",
        .gauge,
        "Timestamp of the first message in the queue, if any",
        isForSingles: true
      ),
    ]
  )

  static let channel = Family(
    name: "channel_metrics",
    columns: [
      Column("channel_consumers", .gauge, "Consumers on a channel"),
      Column("channel_messages_unacked", .gauge, "Delivered but not yet acknowledged messages"),
      Column("channel_messages_unconfirmed", .gauge, "Published but not yet confirmed messages"),
      Column(
        "channel_messages_uncommitted",
        .gauge,
        "Messages received in a transaction but not yet committed"
      ),
      Column(
        "channel_acks_uncommitted",
        .gauge,
        "Message acknowledgements in a transaction not yet committed"
      ),
      Column("consumer_prefetch", .gauge, "Limit of unacknowledged messages for each consumer"),
      Column(
        "channel_prefetch",
        .gauge,
        "Total limit of unacknowledged messages for all consumers on a channel"
      ),
    ]
  )

  static let channelMessages = Family(
    name: "channel_exchange_metrics",
    columns: [
      Column("channel_messages_acked_total", .counter, "Messages acknowledged by consumers"),
      Column("channel_messages_confirmed_total", .counter, "Messages published and confirmed"),
      Column(
        "channel_messages_delivered_ack_total",
        .counter,
        "Messages delivered to consumers in manual acknowledgement mode"
      ),
      Column(
        "channel_messages_delivered_total",
        .counter,
        "Messages delivered to consumers in automatic acknowledgement mode"
      ),
      Column(
        "channel_messages_unroutable_dropped_total",
        .counter,
        "Messages published as non-mandatory and dropped as unroutable"
      ),
      Column(
        "channel_get_ack_total",
        .counter,
        "Messages fetched with basic.get in manual acknowledgement mode"
      ),
      Column(
        "channel_get_empty_total",
        .counter,
        "Times that basic.get operations fetched no message"
      ),
      Column(
        "channel_get_total",
        .counter,
        "Messages fetched with basic.get in automatic acknowledgement mode"
      ),
      Column("channel_messages_published_total", .counter, "Messages published on a channel"),
      Column("channel_messages_redelivered_total", .counter, "Messages redelivered to consumers"),
      Column(
        "channel_messages_unroutable_returned_total",
        .counter,
        "Messages published as mandatory and returned as unroutable"
      ),
    ]
  )

  static let connection = Family(
    name: "connection_metrics",
    columns: [
      Column("connection_incoming_bytes_total", .counter, "Bytes received on a connection"),
      Column("connection_outgoing_bytes_total", .counter, "Bytes sent on a connection"),
      Column("connection_incoming_packets_total", .counter, "Packets received on a connection"),
      Column("connection_outgoing_packets_total", .counter, "Packets sent on a connection"),
      Column("connection_channels", .gauge, "Channels on a connection"),
    ]
  )

  static let churn = Family(
    name: "connection_churn_metrics",
    columns: [
      Column("channels_closed_total", .counter, "Total number of channels closed"),
      Column("channels_opened_total", .counter, "Total number of channels opened"),
      Column(
        "connections_closed_total",
        .counter,
        "Total number of connections closed or terminated"
      ),
      Column("connections_opened_total", .counter, "Total number of connections opened"),
      Column("queues_created_total", .counter, "Total number of queues created"),
      Column("queues_declared_total", .counter, "Total number of queues declared"),
      Column("queues_deleted_total", .counter, "Total number of queues deleted"),
    ]
  )

  static let node = Family(
    name: "node_metrics",
    columns: [
      Column("process_open_fds", .gauge, "Open file descriptors"),
      Column("process_open_tcp_sockets", .gauge, "Open TCP sockets"),
      Column("process_resident_memory_bytes", .gauge, "Memory used in bytes"),
      Column("disk_space_available_bytes", .gauge, "Disk space available in bytes"),
      Column("process_max_fds", .gauge, "Open file descriptors limit"),
      Column("process_max_tcp_sockets", .gauge, "Open TCP sockets limit"),
      Column("resident_memory_limit_bytes", .gauge, "Memory high watermark in bytes"),
      Column(
        "disk_space_available_limit_bytes",
        .gauge,
        "Free disk space low watermark in bytes"
      ),
      Column("alarms_memory_used_watermark", .gauge, "is 1 if the memory watermark is exceeded"),
      Column(
        "alarms_free_disk_space_watermark",
        .gauge,
        "is 1 if the disk space watermark is exceeded"
      ),
      Column("connections", .gauge, "Connections currently open"),
      Column("channels", .gauge, "Channels currently open"),
      Column("consumers", .gauge, "Consumers currently connected"),
      Column("queues", .gauge, "Queues available"),
    ]
  )
}
