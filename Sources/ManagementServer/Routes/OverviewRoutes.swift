import AMQP
import AMQPServer
import Broker
import JSONText

extension RouteTable {
  static let overviewRoutes: [Route] = [
    Route(.get, "/api/overview", .management, "What the whole broker does.") { call in
      .json(try ListQuery.plain(call).shown(await call.overview()))
    },
    Route(.get, "/api/cluster-name", .management, "The name of the cluster.") { call in
      let name = try await call.withBroker { $0.clusterName }
      return .json(["name": .string(name)])
    },
    Route(
      .put,
      "/api/cluster-name",
      .administrator,
      "Renames the cluster.",
      [.init("name", "string", isRequired: true)]
    ) { call in
      let name = try call.members().requiredText("name")
      _ = try await call.withBroker {
        $0.setParameter(Broker.clusterNameKey, to: .text(name))
      }
      return .done
    },
    Route(.get, "/api/whoami", .management, "Who makes this request.") { call in
      .json([
        "name": .string(call.user.name), "tags": .array(call.user.tags.map { .string($0) }),
      ])
    },
    Route(.get, "/api/auth", .management, "How a browser logs in; not by OAuth.") { _ in
      .json(["enable_uaa": false, "uaa_client_id": "", "uaa_location": ""])
    },
    Route(.get, "/api/extensions", .management, "Extensions of the management; none.") { _ in
      .json([])
    },
    Route(.get, "/api/feature-flags", .administrator, "Feature flags; none.") { _ in .json([]) },
    Route(.get, "/", .anybody, "A page that says what is here.") { _ in
      .bytes(Array(IndexPage.html.utf8), type: IndexPage.contentType)
    },
    Route(.get, "/api", .anybody, "The same page.") { _ in
      .bytes(Array(IndexPage.html.utf8), type: IndexPage.contentType)
    },
    Route(.get, "/api/openapi.json", .management, "This description.") { _ in
      .json(OpenAPI.document(RouteTable.all.routes))
    },
  ]
}

extension ListQuery {
  /// The columns that one object is wanted with; what else is asked for means nothing there.
  static func plain(_ call: Call) throws(Refusal) -> ListQuery {
    try ListQuery(call.query.filter { $0.key == "columns" })
  }
}

extension Broker {
  /// RabbitMQ keeps the name as a global parameter.
  static let clusterNameKey = ParameterKey(host: nil, component: "", name: "cluster_name")

  var clusterName: String { parameters[Self.clusterNameKey]?.text ?? "sluice" }
}

extension Call {
  fileprivate func overview() async throws(Refusal) -> JSON {
    let listing = try await self.listing([])
    let name = try await withBroker { $0.clusterName }
    let describer = self.describer()
    let history = describer.history
    let counts = listing.objectCounts
    let release = JSON.string(Office.release)
    return object([
      ("management_version", release), ("rabbitmq_version", release),
      ("product_name", "RabbitMQ"), ("product_version", release), ("sluice_version", "0.1.0"),
      ("cluster_name", .string(name)), ("node", .string(office.node)),
      ("rates_mode", "basic"),
      (
        "sample_retention_policies",
        ["global": [600], "basic": [600], "detailed": [600]]
      ),
      ("exchange_types", Office.exchangeTypes), ("disable_stats", false),
      ("enable_queue_totals", false),
      describer.messageStats(.channel, listing.counts.values, of: .messages).pair,
      (
        "churn_rates",
        .object(history.members(.churn, listing.churnValues, of: .churn, history.ages.messages))
      ),
      (
        "queue_totals",
        .object(
          history.members(.lengths, listing.lengthValues, of: .lengths, history.ages.lengths)
        )
      ),
      (
        "object_totals",
        [
          "channels": .whole(counts.channels), "connections": .whole(counts.connections),
          "consumers": .whole(counts.consumers), "exchanges": .whole(counts.exchanges),
          "queues": .whole(counts.queues),
        ]
      ),
      ("listeners", .array(office.listeners)), ("contexts", [office.context(withNode: true)]),
    ])
  }
}

extension JSON.Member {
  /// As ``object(_:_:)`` takes them.
  var pair: (String, JSON) { (name, value) }
}

extension Office {
  /// The types of exchanges that there are, as RabbitMQ lists them.
  static let exchangeTypes = JSON.array(
    ExchangeType.allCases.map { type in
      [
        "name": .string(type.rawValue), "enabled": true,
        "description": .string("\(type.rawValue) exchange"),
      ]
    }
  )

  /// Protocol and port of each listener.
  var ports: [(protocol: String, port: Int)] {
    var ports = [("amqp", broker.port)]
    if let port = broker.tlsPort { ports.append(("amqp/ssl", port)) }
    ports.append(("http", listening.value))
    return ports
  }

  var listeners: [JSON] {
    ports.map { listener in
      [
        "node": .string(node), "protocol": .string(listener.protocol),
        "ip_address": .string(broker.address), "port": .whole(listener.port),
      ]
    }
  }

  /// The web server that answers this.
  func context(withNode hasNode: Bool) -> JSON {
    object(
      (hasNode ? [("node", .string(node))] : []) + [
        ("description", "Sluice Management"), ("path", "/"), ("cowboy_opts", ""),
        ("ssl_opts", []), ("ip", .string(configuration.bindAddress)),
        ("port", .string("\(listening.value)")),
      ]
    )
  }
}
