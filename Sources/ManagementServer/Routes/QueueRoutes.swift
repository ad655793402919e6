import AMQP
import Broker
import JSONText

extension RouteTable {
  static let queueRoutes: [Route] = [
    Route(.get, "/api/queues", .management, "The queues.") { call in
      try await call.queues(in: nil)
    },
    Route(.get, "/api/queues/{vhost}", .management, "The queues of a virtual host.") { call in
      try await call.queues(in: call[Call.hostName])
    },
    Route(.get, "/api/queues/{vhost}/{name}", .management, "One queue and its consumers.") {
      call in
      let listing = try await call.listing([.queues, .contents, .connections, .consumers])
      let queue = try call.queue(in: listing)
      let consumers = listing.consumers.filter {
        $0.virtualHost == queue.virtualHost && $0.queue == queue.name
      }
      let describer = call.describer(listing)
      return .json(
        try ListQuery.plain(call).shown(describer.queue(queue, with: consumers))
      )
    },
    Route(.put, "/api/queues/{vhost}/{name}", .management, "Declares a queue.", declaration) {
      call in
      try await call.declareQueue()
    },
    Route(.delete, "/api/queues/{vhost}/{name}", .management, "Deletes a queue.") { call in
      let (host, name) = (call[Call.hostName], Name(call["name"]))
      try await call.demand(.configure, on: .queue(name))
      let conditions = (
        isUnused: call.query["if-unused"] == "true", isEmpty: call.query["if-empty"] == "true"
      )
      _ = try await call.foundOrMissing {
        $0.deleteQueue(
          name,
          in: host,
          onlyIfUnused: conditions.isUnused,
          onlyIfEmpty: conditions.isEmpty
        )
      }
      return .done
    },
    Route(.get, "/api/queues/{vhost}/{name}/bindings", .management, "What leads to a queue.") {
      call in
      _ = try call.queue(in: try await call.listing(.queues))
      let name = Name(call["name"])
      return try await call.bindings {
        $0.destinationKind == .queue && $0.destination == name
      }
    },
  ]

  private static let declaration: [Route.Member] = [
    .init("durable", "boolean"), .init("auto_delete", "boolean"), .init("arguments", "object"),
    .init("node", "string"),
  ]
}

extension Call {
  fileprivate func queues(in host: String?) async throws(Refusal) -> Answer {
    let list = try ListQuery(query)
    let hasStatistics = query["disable_stats"] != "true"
    let looks =
      hasStatistics
      && list.wants(
        "messages_persistent",
        "message_bytes",
        "message_bytes_persistent",
        "message_bytes_unacknowledged",
        "message_bytes_ram"
      )
    var parts: ListingParts = [.queues, .connections]
    if looks { parts.insert(.contents) }
    let listing = try await self.listing(parts)
    let visible = try await visibleHosts()
    let describer = self.describer(listing)
    let meant = listing.queues.filter { queue in
      host.map { $0 == queue.virtualHost } ?? visible.contains(queue.virtualHost)
    }
    return try list.answer(meant) {
      $0.name
    } build: {
      describer.queue($0, hasStatistics: hasStatistics)
    }
  }

  /// The queue that the path names.
  func queue(in listing: BrokerListing) throws(Refusal) -> QueueListing {
    let (host, name) = (self[Call.hostName], self["name"])
    let found = listing.queues.first { $0.virtualHost == host && $0.name == name }
    guard let found else { throw Refusal.notFound }
    return found
  }

  /// The virtual hosts that the user may use, which are those whose things lists show.
  func visibleHosts() async throws(Refusal) -> Set<String> {
    let name = user.name
    return try await withBroker { broker in
      Set(broker.access.permissions.keys.lazy.filter { $0.user == name }.map(\.host))
    }
  }

  /// - Throws: 400 in RabbitMQ's words for a name that is too long.
  func checkLength(of kind: String) throws(Refusal) {
    let count = self["name"].utf8.count
    guard count > Limits.shortStringBytes else { return }
    throw .badRequest("\(kind) should be less than 255 bytes, actually was \(count)\n")
  }

  fileprivate func declareQueue() async throws(Refusal) -> Answer {
    let members = try members()
    try checkLength(of: "queue")
    let declaration = QueueDeclaration(
      name: Name(self["name"]),
      // As in RabbitMQ, where what is not said is not so.
      isDurable: try members.boolean("durable"),
      isAutoDelete: try members.boolean("auto_delete"),
      arguments: try members.arguments()
    )
    let host = self[Call.hostName]
    try await demand(.configure, on: .queue(declaration.name))
    let isNew = try await tryAct { broker in
      broker.findHost(host).flatMap { broker.declareQueueByOperator(declaration, in: $0) }
    }
    return .put(isNew: isNew)
  }

  /// Does something to what the path names; when that is not there, the answer is RabbitMQ's for a
  /// path that leads nowhere.
  func foundOrMissing<Value: Sendable>(
    _ body: @escaping @Sendable (Broker) -> Result<Value, OperationRefusal>
  ) async throws(Refusal) -> Value {
    switch try await act(body) {
    case .success(let value): return value
    case .failure(let refusal) where refusal.code == .notFound: throw Refusal.notFound
    case .failure(let refusal): throw Refusal(refusal)
    }
  }
}
