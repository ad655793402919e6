import AMQPServer
import Broker
import JSONText
import Telemetry

#if canImport(Glibc)
import Glibc
#endif

extension RouteTable {
  static let nodeRoutes: [Route] = [
    Route(.get, "/api/nodes", .monitoring, "The nodes; there is one.") { call in
      .json([try ListQuery.plain(call).shown(await call.node())])
    },
    Route(.get, "/api/nodes/{name}", .monitoring, "One node.") { call in
      guard call["name"] == call.office.node else { throw Refusal.notFound }
      return .json(try ListQuery.plain(call).shown(await call.node()))
    },
    Route(.get, "/api/nodes/{name}/memory", .monitoring, "What memory is used.") { call in
      guard call["name"] == call.office.node else { throw Refusal.notFound }
      let resources = await call.office.broker.resources()
      let used = JSON.optional(resources.usedMemoryBytes)
      return .json(["memory": ["total": ["rss": used, "allocated": used], "strategy": "rss"]])
    },
  ]
}

extension Call {
  fileprivate func node() async throws(Refusal) -> JSON {
    let listing = try await self.listing([])
    let resources = await office.broker.resources()
    let history = self.history()
    let members: [(String, JSON)] =
      [
        ("name", .string(office.node)), ("type", "disc"), ("running", true),
        ("os_pid", .string("\(getpid())")), ("partitions", []), ("being_drained", false),
        ("uptime", .integer(max(0, resources.now - resources.startedAt) / 1_000_000)),
        ("rates_mode", "basic"), ("exchange_types", Office.exchangeTypes),
        ("auth_mechanisms", Self.mechanisms), ("contexts", [office.context(withNode: false)]),
        ("enabled_plugins", ["rabbitmq_management", "rabbitmq_prometheus"]),
        ("config_files", []), ("log_files", []), ("applications", []), ("cluster_links", []),
        ("processors", .whole(Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))),
        ("mem_alarm", .boolean(listing.alarms.contains(.memory))),
        ("disk_free_alarm", .boolean(listing.alarms.contains(.disk))),
      ] + Self.limits(resources)
    return object(
      members,
      history.members(.node, resources.values, of: .node, history.ages.node)
        + history.members(.churn, listing.churnValues, of: .churn, history.ages.node)
    )
  }

  private static func limits(_ resources: NodeResources) -> [(String, JSON)] {
    [
      ("mem_limit", .optional(resources.memoryLimitBytes)),
      ("mem_calculation_strategy", "rss"),
      ("disk_free_limit", .whole(resources.diskFreeLimitBytes)),
      ("fd_total", .whole(resources.fileLimit)),
      ("sockets_total", .whole(resources.socketLimit)),
    ]
  }

  private static let mechanisms: JSON = [
    ["name": "PLAIN", "description": "SASL PLAIN authentication mechanism", "enabled": true],
    ["name": "AMQPLAIN", "description": "AMQPLAIN mechanism", "enabled": true],
    ["name": "EXTERNAL", "description": "the names in client certificates", "enabled": true],
  ]
}
