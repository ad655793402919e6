import Broker
import JSONText
import Telemetry

extension RouteTable {
  static let connectionRoutes: [Route] = [
    Route(.get, "/api/connections", .management, "The connections.") { call in
      try await call.connections { _ in true }
    },
    Route(.get, "/api/vhosts/{vhost}/connections", .management, "Those of a virtual host.") {
      call in
      let host = call[Call.hostName]
      return try await call.connections { $0.virtualHost == host }
    },
    Route(.get, "/api/connections/username/{user}", .management, "Those of a user.") { call in
      let user = call["user"]
      return try await call.connections { $0.identity.user == user }
    },
    Route(.get, "/api/connections/{name}", .management, "One connection.") { call in
      let (connection, listing) = try await call.connection()
      let describer = call.describer(listing)
      let json = describer.connection(connection, epoch: listing.epoch, isAlone: true)
      return .json(try ListQuery.plain(call).shown(json))
    },
    Route(.delete, "/api/connections/{name}", .management, "Closes a connection.") { call in
      let (connection, _) = try await call.connection()
      try await call.close([connection.identifier])
      return .done
    },
    Route(.delete, "/api/connections/username/{user}", .management, "Closes a user's.") { call in
      let listing = try await call.listing(.connections)
      let user = call["user"]
      guard call.isAdministrator || user == call.user.name else { throw Refusal.accessRefused }
      let meant = listing.connections.filter { $0.identity.user == user }
      try await call.close(meant.map(\.identifier))
      return .done
    },
  ]

  static let channelRoutes: [Route] = [
    Route(.get, "/api/channels", .management, "The channels.") { call in
      try await call.channels { _ in true }
    },
    Route(.get, "/api/vhosts/{vhost}/channels", .management, "Those of a virtual host.") { call in
      let host = call[Call.hostName]
      return try await call.channels { $0.virtualHost == host }
    },
    Route(.get, "/api/connections/{name}/channels", .management, "Those of a connection.") {
      call in
      let identifier = try await call.connection().0.identifier
      return try await call.channels { $0.connectionIdentifier == identifier }
    },
    Route(.get, "/api/channels/{name}", .management, "One channel with its consumers.") { call in
      let listing = try await call.listing([.connections, .channels, .consumers])
      let describer = call.describer(listing)
      let name = call["name"]
      let found = listing.channels.first { channel in
        guard call.mayLook(at: channel.user) else { return false }
        let peer = describer.peers[channel.connectionIdentifier]
        return peer.map { describer.channelName($0.address, channel.number) } == name
      }
      guard let found else { throw Refusal.notFound }
      let consumers = listing.consumers.filter {
        $0.connectionIdentifier == found.connectionIdentifier && $0.channelNumber == found.number
      }
      return .json(
        try ListQuery.plain(call).shown(describer.channel(found, with: consumers))
      )
    },
  ]
}

extension BrokerListing {
  /// What the wall clock said at the engine's instant 0, in milliseconds since 1970.
  var epoch: Int64 { wallTime.milliseconds - at.nanoseconds / 1_000_000 }
}

extension Call {
  /// Whether a user may see what belongs to another: monitors may, others see their own.
  func mayLook(at owner: String) -> Bool { isMonitor || owner == user.name }

  fileprivate func connections(
    where isMeant: (ConnectionListing) -> Bool
  ) async throws(Refusal) -> Answer {
    let listing = try await self.listing(.connections)
    let describer = self.describer(listing)
    let meant = listing.connections.filter { mayLook(at: $0.identity.user) && isMeant($0) }
    return try ListQuery(query).answer(meant) {
      describer.connectionName($0.identity.peerAddress)
    } build: {
      describer.connection($0, epoch: listing.epoch)
    }
  }

  fileprivate func channels(
    where isMeant: (ChannelListing) -> Bool
  ) async throws(Refusal) -> Answer {
    let listing = try await self.listing([.connections, .channels])
    let describer = self.describer(listing)
    let meant = listing.channels.filter { mayLook(at: $0.user) && isMeant($0) }
    return try ListQuery(query).answer(meant) { channel in
      let address = describer.peers[channel.connectionIdentifier]?.address ?? ""
      return describer.channelName(address, channel.number)
    } build: {
      describer.channel($0)
    }
  }

  /// The connection that the path names, and the listing that it is from.
  func connection() async throws(Refusal) -> (ConnectionListing, BrokerListing) {
    let listing = try await self.listing(.connections)
    let describer = self.describer(listing)
    let name = self["name"]
    let found = listing.connections.first { connection in
      describer.connectionName(connection.identity.peerAddress) == name
        && mayLook(at: connection.identity.user)
    }
    guard let found else { throw Refusal.notFound }
    return (found, listing)
  }

  /// Closes connections; one that is gone by now is closed.
  fileprivate func close(_ identifiers: [UInt64]) async throws(Refusal) {
    let reason = reason ?? "Closed via management plugin"
    try await act { broker in
      for identifier in identifiers { _ = broker.close(connection: identifier, reason: reason) }
    }
  }
}
