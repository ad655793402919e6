import AMQP
import Telemetry

/// A message that a person fetched from a queue.
package struct FetchedMessage: Sendable {
  package var exchange: Name
  package var routingKey: Name
  /// Property flags and list, as they are on the wire.
  package var properties: [UInt8]
  /// The whole body, or its beginning when no more was wanted.
  package var body: [UInt8]
  /// Of the whole body.
  package var bodyBytes: Int
  package var isRedelivered: Bool
  /// Messages that were ready behind it.
  package var remainingCount: Int
}

extension Broker {
  /// What one fetch reads at most, in bytes of bodies; it stops behind the message that goes beyond.
  private static let fetchedBytes = 16 << 20

  /// Fetches messages as `basic.get` does and settles them at once.
  ///
  /// - Parameters:
  ///   - name: The queue.
  ///   - host: Where that is.
  ///   - count: How many at most.
  ///   - wantedBytes: Of each body; nil for all of it.
  ///   - settlement: What becomes of them; those that are requeued count as redelivered next time.
  /// - Returns: The messages in the order in which they waited; 404 for no such queue, 405 when it
  ///   is a client's own.
  package func fetchByOperator(
    from name: Name,
    in host: VirtualHost,
    count: Int,
    wantedBytes: Int?,
    as settlement: Settlement
  ) -> Result<[FetchedMessage], OperationRefusal> {
    findQueue(name, in: host).flatMap { queue in
      if queue.isExclusive { return .failure(OperationRefusal(.locked(queue))) }
      if queue.isSingleActiveConsumer, QueueType(of: queue.arguments) == .quorum {
        return .failure(OperationRefusal(.singleActiveQuorum(queue)))
      }
      noteUse(of: queue)
      return .success(fetch(count, from: queue, wantedBytes, settlement))
    }
  }

  private func fetch(
    _ count: Int,
    from queue: Queue,
    _ wantedBytes: Int?,
    _ settlement: Settlement
  ) -> [FetchedMessage] {
    let channel = ChannelOfNobody(in: queue.host, at: now)
    var messages: [FetchedMessage] = []
    var entries: [UnackedEntry] = []
    var bytes = 0
    while messages.count < count, bytes < Self.fetchedBytes {
      if queue.mayExpire { dropExpired(in: queue) }
      guard let entry = queue.ready.popFirst() else { break }
      bytes += entry.message.bodyBytes
      messages.append(note(entry, of: queue, wantedBytes, on: channel.channel))
      entries.append(
        UnackedEntry(
          message: entry.message,
          queue: queue,
          consumer: nil,
          place: entry.placeAndCount,
          deliveredAt: now
        )
      )
    }
    if messages.isEmpty { channel.channel.tally.fetchedNothing += 1 }
    if settlement == .requeued {
      requeue(entries, on: channel.channel)
    } else {
      for entry in entries { settle(entry, as: settlement, on: channel.channel) }
    }
    queue.host.departed.add(channel.channel.counts)
    return messages
  }

  private func note(
    _ entry: ReadyEntry,
    of queue: Queue,
    _ wantedBytes: Int?,
    on channel: Channel
  ) -> FetchedMessage {
    let message = entry.message
    queue.readyBytes -= message.bodyBytes
    queue.delivered += 1
    queue.unackedCount += 1
    queue.tally.fetched += 1
    channel.tally.fetched += 1
    if entry.isRedelivered {
      queue.redelivered += 1
      channel.tally.fetchedAgain += 1
    }
    return FetchedMessage(
      exchange: Name(message.exchange),
      routingKey: Name(message.routingKey),
      properties: Array(message.properties),
      body: Array(message.body.prefix(wantedBytes ?? .max)),
      bodyBytes: message.bodyBytes,
      isRedelivered: entry.isRedelivered,
      remainingCount: queue.ready.count
    )
  }
}

/// A channel that no client has, for what is settled as soon as it is fetched.
private struct ChannelOfNobody {
  let channel: Channel
  /// Kept, because a channel does not keep its connection.
  private let connection: Connection

  init(in host: VirtualHost, at now: Int64) {
    connection = Connection(
      identifier: 0,
      identity: ClientIdentity(name: "", peerAddress: "", user: ""),
      host: host,
      maximumFrameBytes: Limits.minimumFrameBytes,
      connectedAt: now
    )
    channel = Channel(number: 0, connection: connection)
  }
}
