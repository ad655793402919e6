import AMQP
import Broker
import JSONText

extension RouteTable {
  /// Those that act on a consumer are Sluice's own; LavinMQ has the same path for cancelling.
  static let consumerRoutes: [Route] =
    [
      Route(.get, "/api/consumers", .management, "The consumers.") { call in
        let visible = try await call.visibleHosts()
        return try await call.consumers { visible.contains($0.virtualHost) }
      },
      Route(.get, "/api/consumers/{vhost}", .management, "Those of a virtual host.") { call in
        let host = call[Call.hostName]
        return try await call.consumers { $0.virtualHost == host }
      },
      Route(.delete, oneConsumer, .management, "Cancels a consumer, and tells its client.") {
        call in
        let identifier = try await call.consumer()
        _ = try await call.tryAct { $0.cancel(consumer: identifier).map { _ in } }
        return .done
      },
      Route(
        .put,
        oneConsumer + "/prefetch",
        .management,
        "Sets how many messages a live consumer may hold; 0 for no limit.",
        [.init("prefetch_count", "integer", isRequired: true)]
      ) { call in
        let members = try call.members()
        try members.require("prefetch_count")
        let wanted = try members.integer("prefetch_count") ?? -1
        guard let count = UInt16(exactly: wanted) else {
          throw Refusal.badRequest("prefetch_count is 0 to 65535, not \(wanted)")
        }
        let identifier = try await call.consumer()
        try await call.tryAct { $0.setPrefetch(count, consumer: identifier).map { _ in } }
        return .done
      },
    ] + [true, false].map(pausing)

  private static let oneConsumer = "/api/consumers/{vhost}/{connection}/{channel}/{tag}"

  private static func pausing(_ isPaused: Bool) -> Route {
    Route(
      .put,
      oneConsumer + (isPaused ? "/pause" : "/resume"),
      .management,
      isPaused ? "Holds deliveries to a consumer back." : "Lets deliveries go on."
    ) { call in
      let identifier = try await call.consumer()
      try await call.tryAct { $0.setPaused(isPaused, consumer: identifier).map { _ in } }
      return .done
    }
  }
}

extension Call {
  fileprivate func consumers(
    where isMeant: (ConsumerListing) -> Bool
  ) async throws(Refusal) -> Answer {
    let listing = try await self.listing([.connections, .consumers])
    let describer = self.describer(listing)
    return try ListQuery(query).answer(listing.consumers.filter(isMeant)) {
      $0.tag
    } build: {
      describer.consumer($0) ?? .null
    }
  }

  /// The consumer that the path names, which belongs to the user, or to anybody for monitors.
  fileprivate func consumer() async throws(Refusal) -> UInt64 {
    let listing = try await self.listing([.connections, .consumers])
    let describer = self.describer(listing)
    let (host, connection, tag) = (self[Call.hostName], self["connection"], self["tag"])
    guard let number = UInt16(self["channel"]) else { throw Refusal.notFound }
    let found = listing.consumers.first { consumer in
      guard consumer.virtualHost == host, consumer.tag == tag, consumer.channelNumber == number,
        let peer = describer.peers[consumer.connectionIdentifier]
      else { return false }
      return describer.connectionName(peer.address) == connection
    }
    guard let found else { throw Refusal.notFound }
    let owner = describer.peers[found.connectionIdentifier]?.user
    guard isAdministrator || owner == user.name else { throw Refusal.accessRefused }
    return found.identifier
  }
}
