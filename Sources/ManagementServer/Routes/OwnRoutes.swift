import AMQPServer
import Broker
import JSONText
import Telemetry

extension RouteTable {
  /// What Sluice has beside RabbitMQ's; LavinMQ has the same paths for pausing a queue.
  static let ownRoutes: [Route] =
    [
      Route(
        .post,
        "/api/queues/{vhost}/{name}/move",
        .management,
        "Moves messages to the end of another queue.",
        [.init("destination", "string", isRequired: true), .init("count", "integer")]
      ) { call in
        try await call.move()
      },
      Route(
        .post,
        "/api/queues/{vhost}/{name}/redrive",
        .management,
        "Publishes dead letters again where they died, or says what would go where.",
        [.init("dry_run", "boolean")]
      ) { call in
        try await call.redrive()
      },
      Route(.get, "/api/findings", .monitoring, "What the diagnosis finds now.") { call in
        guard let findings = call.office.configuration.findings else { return .json([]) }
        return .json(await findings())
      },
      Route(.get, "/api/events", .monitoring, "Server-sent events: what happens, and totals.") {
        call in
        .events(EventStream(office: call.office))
      },
    ] + [true, false].map(pausing)

  private static func pausing(_ isPaused: Bool) -> Route {
    Route(
      .put,
      "/api/queues/{vhost}/{name}/" + (isPaused ? "pause" : "resume"),
      .management,
      isPaused ? "Holds the messages of a queue back." : "Lets the messages of a queue go."
    ) { call in
      let (host, name) = (call[Call.hostName], Name(call["name"]))
      try await call.demand(.configure, on: .queue(name))
      _ = try call.queue(in: try await call.listing(.queues))
      try await call.tryAct { broker in
        broker.findHost(host).flatMap { broker.setPaused(isPaused, queue: name, in: $0) }
      }
      return .done
    }
  }
}

extension Call {
  fileprivate func move() async throws(Refusal) -> Answer {
    let members = try members()
    let destination = try members.requiredText("destination")
    let count = try members.integer("count")
    if let count, count < 1 { throw Refusal.badRequest("count is at least 1, not \(count)") }
    try await demand(.read, on: .queue(Name(self["name"])))
    try await demand(.write, on: .queue(Name(destination)))
    _ = try queue(in: try await listing(.queues))
    let result = await office.broker.perform(
      .moveMessages(
        virtualHost: self[Call.hostName],
        from: self["name"],
        to: destination,
        count: count
      )
    )
    switch result {
    case .success(let text): return .json(["result": .string(text)])
    case .failure(let refusal): throw Refusal.badRequest(refusal.message)
    }
  }

  fileprivate func redrive() async throws(Refusal) -> Answer {
    let isDryRun = try members().boolean("dry_run")
    try await demand(.read, on: .queue(Name(self["name"])))
    guard isAdministrator else {
      // Where dead letters go to is theirs to say, so no permission for a name is enough.
      throw Refusal.notAuthorised("Not administrator user")
    }
    _ = try queue(in: try await listing(.queues))
    let result = await office.broker.redrive(
      virtualHost: self[Call.hostName],
      queue: self["name"],
      isDryRun: isDryRun
    )
    switch result {
    case .success(let redrive): return .json(redrive.json)
    case .failure(let refusal): throw Refusal.badRequest(refusal.message)
    }
  }
}

extension Redrive {
  fileprivate var json: JSON {
    [
      "dry_run": .boolean(isDryRun), "without_origin": .whole(withoutOrigin),
      "groups": .array(
        groups.map { group in
          [
            "reason": .string(group.reason), "queue": .string(group.queue),
            "exchange": .string(group.exchange), "routing_key": .string(group.routingKey),
            "messages": .whole(group.count), "obstacle": .optional(group.obstacle),
          ]
        }
      ),
    ]
  }
}
