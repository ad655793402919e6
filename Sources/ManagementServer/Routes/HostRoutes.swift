import Broker
import JSONText

extension RouteTable {
  static let hostRoutes: [Route] = [
    Route(.get, "/api/vhosts", .management, "The virtual hosts.") { call in
      let visible = try await call.visibleHosts()
      let listing = try await call.listing([])
      let describer = call.describer()
      let hosts = listing.hosts.filter { call.isMonitor || visible.contains($0.name) }
      return try ListQuery(call.query).answer(hosts) {
        $0.name
      } build: {
        describer.host($0)
      }
    },
    Route(.get, "/api/vhosts/{vhost}", .management, "One virtual host.") { call in
      let listing = try await call.listing([])
      guard let host = listing.hosts.first(where: { $0.name == call[Call.hostName] }) else {
        throw Refusal.notFound
      }
      return .json(try ListQuery.plain(call).shown(call.describer().host(host)))
    },
    Route(
      .put,
      "/api/vhosts/{name}",
      .administrator,
      "Makes a virtual host.",
      [.init("description", "string"), .init("tags", "string")]
    ) { call in
      let members = try call.members()
      let description = try members.text("description")
      let tags = try members["tags"].map(Call.tags)
      let name = call["name"]
      let isNew = try await call.tryAct { broker in
        let isNew = broker.hosts[name] == nil
        return broker.addHost(name).flatMap { host in
          var note = host.note
          if let description { note.description = description }
          if let tags { note.tags = tags }
          return broker.setNote(note, ofHost: name)
        }.map { isNew }
      }
      return .put(isNew: isNew)
    },
    Route(.delete, "/api/vhosts/{name}", .administrator, "Deletes a virtual host.") { call in
      let name = call["name"]
      try await call.foundOrMissing { $0.deleteHost(name) }
      return .done
    },
    Route(.get, "/api/vhosts/{vhost}/permissions", .administrator, "Who may what there.") {
      call in
      let host = call[Call.hostName]
      return try await call.permissions { $0.host == host }
    },
    Route(
      .get,
      "/api/vhosts/{vhost}/topic-permissions",
      .administrator,
      "Who may use which topics there."
    ) { call in
      let host = call[Call.hostName]
      return try await call.topicPermissions { $0.host == host }
    },
    Route(
      .post,
      "/api/vhosts/{vhost}/start/{node}",
      .administrator,
      "Starts a virtual host; all run already."
    ) { call in
      guard call["node"] == call.office.node else { throw Refusal.notFound }
      return .done
    },
  ]
}

extension Describer {
  /// A virtual host.
  func host(_ host: VirtualHostListing) -> JSON {
    let bytes = history.members(
      .bytes,
      host.byteValues,
      of: .hostBytes(host.name),
      history.ages.bytes
    )
    let lengths = history.members(
      .lengths,
      host.lengthValues,
      of: .hostLengths(host.name),
      history.ages.lengths
    )
    let isDefault = host.name == "/" && host.note.description.isEmpty
    let description = JSON.string(isDefault ? "Default virtual host" : host.note.description)
    let tags = JSON.array(host.note.tags.map { .string($0) })
    let stats = messageStats(.channel, host.counts.values, of: .hostMessages(host.name))
    return object(
      [
        ("name", .string(host.name)), ("description", description), ("tags", tags),
        ("default_queue_type", "classic"),
        ("metadata", ["description": description, "tags": tags]),
        ("tracing", false), ("cluster_state", [node: "running"]),
      ],
      [stats] + bytes + lengths
    )
  }
}
