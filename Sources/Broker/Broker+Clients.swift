import Telemetry

extension Broker {
  /// Lets a client into a virtual host; the server has checked who it is.
  ///
  /// `maximumFrameBytes` is as negotiated, at least ``Limits/minimumFrameBytes``.
  package func openConnection(
    _ identity: ClientIdentity,
    to host: VirtualHost,
    maximumFrameBytes: Int
  ) -> Connection {
    let connection = Connection(
      identifier: takeIdentifier(),
      identity: identity,
      host: host,
      maximumFrameBytes: maximumFrameBytes,
      connectedAt: now
    )
    connections[connection.identifier] = connection
    sums.connectionsOpened += 1
    return connection
  }

  /// Ends a client's session: its messages go back, its exclusive queues go away.
  package func closeConnection(
    _ connection: Connection,
    because departure: Departure = .connectionClosed
  ) {
    guard connections.removeValue(forKey: connection.identifier) != nil else { return }
    churn.connectionsClosed += 1
    connection.isCongested = true
    connection.isBlocked = false
    connection.isClosing = true
    for channel in connection.channels.values.sorted(by: { $0.number < $1.number }) {
      closeChannel(channel, because: departure)
    }
    connection.host.departedBytes.received += connection.bytesReceived
    connection.host.departedBytes.sent += connection.bytesSent
    for queue in connection.exclusiveQueues.values { remove(queue) }
    dirtyConnections.removeAll { $0 === connection }
    connection.isDirty = false
  }

  /// Opens a channel; the server has checked that its number is free.
  package func openChannel(_ number: UInt16, on connection: Connection) -> Channel {
    let channel = Channel(number: number, connection: connection)
    connection.channels[number] = channel
    sums.channelsOpened += 1
    return channel
  }

  /// Ends a channel: its consumers leave and all that it holds is requeued.
  package func closeChannel(_ channel: Channel, because departure: Departure = .channelClosed) {
    churn.channelsClosed += 1
    if !channel.connection.isClosing { sendConfirm(on: channel) }
    endReplies(of: channel)
    forgetTransaction(of: channel)
    channel.settleCount()
    channel.connection.publishedBefore += channel.published
    channel.connection.host.departed.add(channel.counts)
    let consumers = Array(channel.consumers.values)
    let queues = detachAll(consumers, of: channel, because: departure)
    // They are kept here, not in the channel: to find each there again would take too long.
    let held = consumers + channel.cancelledConsumers
    channel.consumers = [:]
    channel.cancelledConsumers = []
    withExtendedLifetime(held) { requeueAll(of: channel) }
    channelsWithConfirms.removeAll { $0 === channel }
    channelsWithHeld.removeAll { $0 === channel }
    channel.connection.channels[channel.number] = nil
    for queue in queues { removeIfUnused(queue) }
  }
}
