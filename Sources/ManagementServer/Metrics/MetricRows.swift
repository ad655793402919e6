import AMQPServer
import Broker
import Telemetry

/// The rows of the families, from what the engine lists.
struct MetricRows {
  let listing: BrokerListing
  let resources: NodeResources
  let describer: Describer
  /// Where to look alone; nil for all virtual hosts.
  var hosts: Set<String>?

  private func isMeant(_ host: String) -> Bool { hosts?.contains(host) ?? true }

  private var queues: [QueueListing] { listing.queues.filter { isMeant($0.virtualHost) } }

  private func labels(_ queue: QueueListing) -> Exposition.Labels {
    [("vhost", queue.virtualHost), ("queue", queue.name)]
  }

  private func row(_ labels: Exposition.Labels, _ values: [Int?]) -> Family.Row {
    Family.Row(labels: labels, values: values.map { $0.map(Double.init) })
  }

  var queueCoarse: [Family.Row] {
    queues.map { row(labels($0), [$0.ready, $0.unacked, $0.ready + $0.unacked]) }
  }

  var queueConsumers: [Family.Row] { queues.map { row(labels($0), [$0.consumerCount]) } }

  var queue: [Family.Row] {
    queues.map { queue in
      let contents = queue.contents
      let unackedBytes = contents?.unackedBytes
      let inMemory = queue.ready - queue.pagedCount
      let capacity =
        queue.consumerCount == 0 ? 0 : describer.history.capacity(ofQueue: queue.number)
      let numbers: [Int?] = [
        inMemory + queue.unacked,
        unackedBytes.map { queue.readyBytes - queue.pagedBytes + $0 }, inMemory, queue.unacked,
        contents?.persistentCount, contents?.persistentBytes,
        unackedBytes.map { queue.readyBytes + $0 }, queue.readyBytes, unackedBytes,
        queue.pagedCount, queue.pagedBytes,
      ]
      let head = queue.headTimestamp.map { Double($0) } ?? .nan
      return Family.Row(
        labels: labels(queue),
        values: [capacity, capacity] + numbers.map { $0.map(Double.init) } + [head]
      )
    }
  }

  private var channels: [ChannelListing] { listing.channels.filter { isMeant($0.virtualHost) } }

  private func labels(_ channel: ChannelListing) -> Exposition.Labels {
    let address = describer.peers[channel.connectionIdentifier]?.address ?? "?:0"
    return [
      ("vhost", channel.virtualHost), ("channel", describer.channelName(address, channel.number)),
    ]
  }

  var channel: [Family.Row] {
    channels.map { channel in
      row(
        labels(channel),
        [
          channel.consumerCount, channel.unacked, channel.unconfirmed,
          channel.uncommittedMessages, channel.uncommittedSettlements, channel.prefetchCount,
          channel.globalPrefetchCount,
        ]
      )
    }
  }

  var channelMessages: [Family.Row] {
    channels.map { Family.Row(labels: labels($0), values: Self.messages($0.counts)) }
  }

  /// Of all channels there ever were, so that the sums never go down.
  var allMessages: [Family.Row] {
    [Family.Row(labels: [], values: Self.messages(listing.counts))]
  }

  /// In the order of ``Family/channelMessages``.
  private static func messages(_ counts: ChannelCounts) -> [Double?] {
    [
      counts.acknowledged, counts.confirmed, counts.delivered, counts.deliveredAutomatically,
      counts.unroutable, counts.fetched, counts.fetchedNothing, counts.fetchedAutomatically,
      counts.published, counts.redelivered, counts.returned,
    ].map { Double($0) }
  }

  var connection: [Family.Row] {
    listing.connections.filter { isMeant($0.virtualHost) }.map { connection in
      Family.Row(
        labels: [
          ("vhost", connection.virtualHost),
          ("connection", describer.connectionName(connection.identity.peerAddress)),
        ],
        values: [
          Double(connection.bytesReceived), Double(connection.bytesSent),
          Double(connection.readCount), Double(connection.writeCount),
          Double(connection.channelCount),
        ]
      )
    }
  }

  var churn: [Family.Row] {
    [Family.Row(labels: [], values: listing.churnValues.map { Double($0) })]
  }

  var node: [Family.Row] {
    let counts = listing.objectCounts
    return [
      row(
        [],
        [
          resources.fileCount, resources.socketCount, resources.usedMemoryBytes,
          resources.freeDiskBytes, resources.fileLimit, resources.socketLimit,
          resources.memoryLimitBytes, resources.diskFreeLimitBytes,
          listing.alarms.contains(.memory) ? 1 : 0, listing.alarms.contains(.disk) ? 1 : 0,
          counts.connections, counts.channels, counts.consumers, counts.queues,
        ]
      )
    ]
  }
}
