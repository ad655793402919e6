import JSONText
import Telemetry

/// What a management says of the one thing that is watched.
enum WatchAnswers {
  /// The questions for it.
  enum Part: Hashable {
    case thing
    case bindings
    case outgoing
  }

  /// What is to be asked.
  static func paths(for watch: Watch, in collection: Collection) -> [(Part, String)] {
    switch watch {
    case .nothing, .topology, .consumer: return []
    case .queue(let host, let name):
      let path = ManagementRequest.path("queues", host, name)
      return [(.thing, path), (.bindings, path + "/bindings")]
    case .exchange(let host, let name):
      // The default exchange has no name that a path could have.
      let path = ManagementRequest.path("exchanges", host, name.isEmpty ? "amq.default" : name)
      return [
        (.thing, path), (.outgoing, path + "/bindings/source"),
        (.bindings, path + "/bindings/destination"),
      ]
    case .connection(let number):
      guard let name = collection.connectionName(number) else { return [] }
      return [(.thing, ManagementRequest.path("connections", name))]
    }
  }

  /// Makes of the answers what a snapshot says; nil when nothing is watched.
  static func details(
    for watch: Watch,
    from answers: [Part: JSON],
    in collection: Collection
  ) -> WatchedDetails? {
    if watch == .nothing { return nil }
    var details = WatchedDetails(watch: watch)
    let thing = answers[.thing] ?? .null
    let bindings = [Part.outgoing, .bindings].flatMap { answers[$0]?.elements ?? [] }
    details.bindings = Array(
      bindings.compactMap(BindingAnswer.binding).prefix(WatchedDetails.bindingsLimit)
    )
    switch watch {
    case .nothing, .consumer: break
    case .topology:
      details.bindings = Array(collection.allBindings.prefix(WatchedDetails.bindingsLimit))
    case .queue: details.facts = queueFacts(thing)
    case .exchange(let host, let name):
      details.facts = facts(thing, Self.exchangeFacts) + arguments(thing)
      details.publishers = publishers(thing, host, name, in: collection)
    case .connection(let number):
      details.facts = facts(thing, Self.connectionFacts)
      details.channels = collection.channels(ofConnection: number)
    }
    return details
  }

  private static let exchangeFacts = ["policy", "auto_delete", "internal"]
  private static let connectionFacts = [
    "node", "protocol", "auth_mechanism", "ssl", "ssl_protocol", "frame_max", "channel_max",
  ]
  private static let queueFactNames = [
    "type", "state", "node", "leader", "members", "online", "policy", "operator_policy",
    "single_active_consumer_tag", "idle_since", "memory",
  ]

  private static func facts(_ json: JSON, _ names: [String]) -> [WatchedDetails.Fact] {
    names.compactMap { name in
      guard let text = json[name]?.shown, !text.isEmpty, text != "false" else { return nil }
      return WatchedDetails.Fact(name.replacing("_", with: " "), text)
    }
  }

  private static func arguments(_ json: JSON) -> [WatchedDetails.Fact] {
    (json["arguments"] ?? .null).members.map { WatchedDetails.Fact($0.name, $0.value.shown) }
  }

  /// Members that are not online are what a person looks for in a quorum queue.
  private static func queueFacts(_ json: JSON) -> [WatchedDetails.Fact] {
    var facts = facts(json, queueFactNames)
    let members = (json["members"]?.elements ?? []).compactMap(\.text)
    let online = Set((json["online"]?.elements ?? []).compactMap(\.text))
    let missing = members.filter { !online.contains($0) }
    if !missing.isEmpty {
      facts.append(WatchedDetails.Fact("away", missing.joined(separator: " ")))
    }
    return facts + arguments(json)
  }

  private static func publishers(
    _ json: JSON,
    _ host: String,
    _ name: String,
    in collection: Collection
  ) -> [PublisherSnapshot] {
    var published: [String: UInt64] = [:]
    for row in json["incoming"]?.elements ?? [] {
      guard let connection = row.at("channel_details", "connection_name")?.text else { continue }
      published[connection, default: 0] += row.sum("stats", "publish")
    }
    return published.compactMap { connection, count in
      guard let number = collection.connectionNumbers.known(connection) else { return nil }
      return PublisherSnapshot(
        connectionIdentifier: number,
        connectionName: connection,
        virtualHost: host,
        exchange: name,
        published: count
      )
    }.sorted { $0.connectionIdentifier < $1.connectionIdentifier }
  }
}
