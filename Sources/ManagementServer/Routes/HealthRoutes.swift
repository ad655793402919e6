import AMQP
import AMQPServer
import Broker
import JSONText
import Telemetry

extension RouteTable {
  static let healthRoutes: [Route] = [
    Route(.get, "/api/aliveness-test/{vhost}", .management, "Sends a message and fetches it.") {
      call in
      try await call.testAliveness()
    },
    Route(.get, "/api/healthchecks/node", .management, "Whether the node is well.") { call in
      try await call.checkAlarms()
    },
    Route(.get, "/api/healthchecks/node/{name}", .management, "Whether a node is well.") { call in
      guard call["name"] == call.office.node else { throw Refusal.notFound }
      return try await call.checkAlarms()
    },
    Route(.get, "/api/health/checks/alarms", .management, "503 while an alarm is on.") { call in
      try await call.checkAlarms()
    },
    Route(.get, "/api/health/checks/local-alarms", .management, "503 while an alarm is on.") {
      call in
      try await call.checkAlarms()
    },
    Route(
      .get,
      "/api/health/checks/certificate-expiration/{within}/{unit}",
      .management,
      "Whether certificates last; those of this broker are not looked at."
    ) { call in
      guard Int(call["within"]) != nil else {
        throw Refusal.badRequest("Invalid expiration value.")
      }
      guard ["days", "weeks", "months", "years"].contains(call["unit"]) else {
        throw Refusal.badRequest("Time unit not recognised. Use: days, weeks, months, years.")
      }
      guard call.office.broker.tlsPort == nil else {
        throw Refusal(
          status: 503,
          body: [
            "status": "failed", "reason": "the certificate's end is not known to this broker",
          ]
        )
      }
      return .json(["status": "ok"])
    },
    Route(
      .get,
      "/api/health/checks/port-listener/{port}",
      .management,
      "Whether somebody listens on a port."
    ) { call in
      guard let port = Int(call["port"]) else { throw Refusal.badRequest("Invalid port") }
      let ports = call.office.ports.map(\.port)
      guard ports.contains(port) else {
        throw Refusal.failed(
          "No active listener",
          ["missing": .whole(port), "ports": .array(ports.map { .whole($0) })]
        )
      }
      return .json(["status": "ok", "port": .whole(port)])
    },
    Route(
      .get,
      "/api/health/checks/protocol-listener/{protocol}",
      .management,
      "Whether somebody listens for a protocol."
    ) { call in
      let wanted = call["protocol"]
      let protocols = call.office.ports.map(\.protocol)
      let isThere = protocols.contains(wanted) || (wanted == "amqp091" && !protocols.isEmpty)
      guard isThere else {
        throw Refusal.failed(
          "No active listener",
          ["missing": .string(wanted), "protocols": .array(protocols.map { .string($0) })]
        )
      }
      return .json(["status": "ok", "protocol": .string(wanted)])
    },
    Route(.get, "/api/health/checks/virtual-hosts", .management, "Whether all run.") { _ in
      .json(["status": "ok"])
    },
    Route(
      .get,
      "/api/health/checks/node-is-mirror-sync-critical",
      .management,
      "Whether mirrors need this node; there are none."
    ) { _ in
      .json(["status": "ok", "reason": "single node cluster"])
    },
    Route(
      .get,
      "/api/health/checks/node-is-quorum-critical",
      .management,
      "Whether quorums need this node; it is alone."
    ) { _ in
      .json(["status": "ok", "reason": "single node cluster"])
    },
    Route(
      .delete,
      "/api/reset",
      .administrator,
      "Forgets the statistics of all nodes."
    ) { call in
      call.office.statistics.reset()
      return .done
    },
    Route(
      .delete,
      "/api/reset/{node}",
      .administrator,
      "Forgets the statistics of a node."
    ) { call in
      guard call["node"] == call.office.node else { throw Refusal.notFound }
      call.office.statistics.reset()
      return .done
    },
    Route(
      .post,
      "/api/rebalance/queues",
      .administrator,
      "Spreads queues over nodes; there is one."
    ) { _ in .done },
  ]
}

extension Refusal {
  /// 503, as a health check says it.
  fileprivate static func failed(_ reason: String, _ more: JSON) -> Refusal {
    guard case .object(let members) = more else { return .brokerIsDown }
    let body = object([("status", "failed"), ("reason", .string(reason))], members)
    return Refusal(status: 503, body: body)
  }
}

extension Call {
  fileprivate func checkAlarms() async throws(Refusal) -> Answer {
    let alarms = try await withBroker { $0.listing([]).alarms }
    guard alarms.isEmpty else {
      let node = office.node
      throw Refusal.failed(
        "There are alarms in effect in the cluster",
        [
          "alarms": .array(
            alarms.map { ["node": .string(node), "resource": .string($0.rawValue)] }
          )
        ]
      )
    }
    return .json(["status": "ok"])
  }

  /// As RabbitMQ does: declares a queue, publishes to it and fetches the message.
  fileprivate func testAliveness() async throws(Refusal) -> Answer {
    let host = self[Call.hostName]
    let name = Name("aliveness-test")
    try await demand(.configure, on: .queue(name))
    let content = try BasicProperties().content(with: Array("test".utf8), from: user.name)
      .orRefusal()
    let fetched = try await tryAct { broker in
      broker.findHost(host).flatMap { place in
        broker.declareQueueByOperator(QueueDeclaration(name: name), in: place).flatMap { _ in
          broker.publishByOperator(
            content,
            toExchange: Name(""),
            in: place,
            routingKey: name,
            count: 1
          )
        }.flatMap { _ in
          broker.fetchByOperator(
            from: name,
            in: place,
            count: 1,
            wantedBytes: 0,
            as: .acknowledged
          )
        }
      }
    }
    guard !fetched.isEmpty else {
      throw Refusal(status: 500, body: ["status": "failed", "reason": "no message came back"])
    }
    return .json(["status": "ok"])
  }
}
