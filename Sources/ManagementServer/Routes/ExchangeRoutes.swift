import Broker
import JSONText

extension RouteTable {
  static let exchangeRoutes: [Route] = [
    Route(.get, "/api/exchanges", .management, "The exchanges.") { call in
      let visible = try await call.visibleHosts()
      return try await call.exchanges { visible.contains($0.virtualHost) }
    },
    Route(.get, "/api/exchanges/{vhost}", .management, "Those of a virtual host.") { call in
      let host = call[Call.hostName]
      return try await call.exchanges { $0.virtualHost == host }
    },
    Route(.get, "/api/exchanges/{vhost}/{name}", .management, "One exchange.") { call in
      let listing = try await call.listing(.exchanges)
      let exchange = try call.exchange(in: listing)
      let json = call.describer().exchange(exchange, isAlone: true)
      return .json(try ListQuery.plain(call).shown(json))
    },
    Route(
      .put,
      "/api/exchanges/{vhost}/{name}",
      .management,
      "Declares an exchange.",
      [
        .init("type", "string"), .init("durable", "boolean"), .init("auto_delete", "boolean"),
        .init("internal", "boolean"), .init("arguments", "object"),
      ]
    ) { call in
      try await call.declareExchange()
    },
    Route(.delete, "/api/exchanges/{vhost}/{name}", .management, "Deletes an exchange.") { call in
      let (host, name) = (call[Call.hostName], Name(call.exchangeName))
      try await call.demand(.configure, on: .exchange(name))
      let isUnused = call.query["if-unused"] == "true"
      _ = try await call.foundOrMissing {
        $0.deleteExchange(name, in: host, onlyIfUnused: isUnused)
      }
      return .done
    },
    Route(
      .get,
      "/api/exchanges/{vhost}/{name}/bindings/source",
      .management,
      "What leads away from an exchange."
    ) { call in
      _ = try call.exchange(in: try await call.listing(.exchanges))
      let name = Name(call.exchangeName)
      return try await call.bindings { $0.source == name }
    },
    Route(
      .get,
      "/api/exchanges/{vhost}/{name}/bindings/destination",
      .management,
      "What leads to an exchange."
    ) { call in
      _ = try call.exchange(in: try await call.listing(.exchanges))
      let name = Name(call.exchangeName)
      return try await call.bindings {
        $0.destinationKind == .exchange && $0.destination == name
      }
    },
  ]
}

extension Call {
  fileprivate func exchanges(
    where isMeant: (ExchangeListing) -> Bool
  ) async throws(Refusal) -> Answer {
    let listing = try await self.listing(.exchanges)
    let describer = self.describer()
    return try ListQuery(query).answer(listing.exchanges.filter(isMeant)) {
      $0.name
    } build: {
      describer.exchange($0)
    }
  }

  fileprivate func exchange(in listing: BrokerListing) throws(Refusal) -> ExchangeListing {
    let (host, name) = (self[Call.hostName], exchangeName)
    let found = listing.exchanges.first { $0.virtualHost == host && $0.name == name }
    guard let found else { throw Refusal.notFound }
    return found
  }

  fileprivate func declareExchange() async throws(Refusal) -> Answer {
    let members = try members()
    try checkLength(of: "exchange")
    let isDurable = try members.boolean("durable")
    let isAutoDelete = try members.boolean("auto_delete")
    let isInternal = try members.boolean("internal")
    // As in RabbitMQ, where it is direct when nothing is said.
    let typeName = try members.text("type") ?? ExchangeType.direct.rawValue
    guard let type = ExchangeType(rawValue: typeName) else {
      throw Refusal.badRequest("invalid exchange type '\(typeName)'")
    }
    let declaration = ExchangeDeclaration(
      name: Name(self["name"]),
      type: type,
      isDurable: isDurable,
      isAutoDelete: isAutoDelete,
      isInternal: isInternal,
      arguments: try members.arguments()
    )
    let host = self[Call.hostName]
    try await demand(.configure, on: .exchange(declaration.name))
    let isNew = try await tryAct { broker in
      broker.findHost(host).flatMap { broker.declareExchangeByOperator(declaration, in: $0) }
    }
    return .put(isNew: isNew)
  }
}
