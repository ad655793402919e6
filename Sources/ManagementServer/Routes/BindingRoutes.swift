import AMQP
import Broker
import JSONText
import Telemetry
import WebText

extension RouteTable {
  static let bindingRoutes: [Route] =
    [
      Route(.get, "/api/bindings", .management, "The bindings.") { call in
        let visible = try await call.visibleHosts()
        let all = try await call.withBroker { $0.bindings() }
        return try call.answer(all.filter { visible.contains($0.virtualHost) })
      },
      Route(.get, "/api/bindings/{vhost}", .management, "Those of a virtual host.") { call in
        try await call.bindings { _ in true }
      },
    ] + BindingRoutes(kind: .queue, letter: "q").all
    + BindingRoutes(kind: .exchange, letter: "e").all
}

/// The routes of bindings between two ends.
private struct BindingRoutes {
  let kind: BindingDescription.DestinationKind
  /// As paths have it.
  let letter: String

  private var ends: String { "/api/bindings/{vhost}/e/{source}/\(letter)/{destination}" }

  var all: [Route] {
    [
      Route(.get, ends, .management, "The bindings between two ends.") { [kind] call in
        let (source, destination) = call.ends
        return try await call.bindings {
          $0.source == source && $0.destinationKind == kind && $0.destination == destination
        }
      },
      Route(
        .post,
        ends,
        .management,
        "Binds.",
        [.init("routing_key", "string"), .init("arguments", "object")]
      ) { [kind] call in
        try await call.bind(kind)
      },
      Route(.get, ends + "/{props}", .management, "One binding.") { [kind] call in
        .json(Describer.binding(try await call.binding(kind)))
      },
      Route(.delete, ends + "/{props}", .management, "Unbinds.") { [kind] call in
        try await call.unbind(kind)
      },
    ]
  }
}

extension Call {
  /// The bindings of the path's virtual host that are meant.
  func bindings(
    where isMeant: (BindingDescription) -> Bool
  ) async throws(Refusal) -> Answer {
    let host = self[Call.hostName]
    let all = try await withBroker { $0.bindings(in: host) }
    return try answer(all.filter { isMeant($0.description) })
  }

  fileprivate func answer(_ bindings: [BindingListing]) throws(Refusal) -> Answer {
    try ListQuery(query).answer(bindings) {
      $0.description.destination.text
    } build: {
      Describer.binding($0)
    }
  }

  fileprivate var ends: (source: Name, destination: Name) {
    func name(_ part: String) -> Name { Name(self[part] == "amq.default" ? "" : self[part]) }
    return (name("source"), name("destination"))
  }

  private func destination(
    _ kind: BindingDescription.DestinationKind
  ) -> BindingSnapshot.Destination {
    let name = ends.destination.text
    return kind == .queue ? .queue(name) : .exchange(name)
  }

  private func demandBoth(_ kind: BindingDescription.DestinationKind) async throws(Refusal) {
    let (source, destination) = ends
    try await demand(.read, on: .exchange(source))
    try await demand(.write, on: kind == .queue ? .queue(destination) : .exchange(destination))
  }

  fileprivate func bind(
    _ kind: BindingDescription.DestinationKind
  ) async throws(Refusal) -> Answer {
    let members = try members()
    let routingKey = Name(try members.text("routing_key") ?? "")
    let arguments = try members.arguments()
    let (host, source, destination) = (self[Call.hostName], ends.source, destination(kind))
    try await checkEnds(kind)
    try await demandBoth(kind)
    _ = try await tryAct { broker in
      broker.findHost(host).flatMap {
        broker.bindByOperator(
          destination,
          to: source,
          key: routingKey,
          arguments: arguments,
          in: $0
        )
      }
    }
    let made = BindingDescription(
      source: source,
      destinationKind: kind,
      destination: ends.destination,
      routingKey: routingKey,
      arguments: FieldTable(entries: arguments.entries.sorted { $0.key < $1.key })
    )
    let place = PercentCoding.encode(ends.destination.text)
    // RabbitMQ leaves the tilde as it is.
    let key = PercentCoding.encode(made.propertiesKey).replacing("%7E", with: "~")
    return .created(location: "\(place)/\(key)")
  }

  /// What is missing is named as for clients.
  private func checkEnds(_ kind: BindingDescription.DestinationKind) async throws(Refusal) {
    let (source, destination) = ends
    let host = self[Call.hostName]
    let missing: String? = try await withBroker { broker in
      guard let place = broker.hosts[host] else { return nil }
      if place.exchanges[source] == nil { return "exchange '\(source.text)'" }
      switch kind {
      case .queue: return place.queues[destination] == nil ? "queue '\(destination.text)'" : nil
      case .exchange:
        return place.exchanges[destination] == nil ? "exchange '\(destination.text)'" : nil
      }
    }
    if let missing { throw Refusal.notFound("no \(missing) in vhost '\(host)'") }
  }

  fileprivate func binding(
    _ kind: BindingDescription.DestinationKind
  ) async throws(Refusal) -> BindingListing {
    let (source, destination) = ends
    let (host, key) = (self[Call.hostName], self["props"])
    let all = try await withBroker { $0.bindings(in: host) }
    let found = all.first { listing in
      let binding = listing.description
      return binding.source == source && binding.destinationKind == kind
        && binding.destination == destination && binding.propertiesKey == key
    }
    guard let found else { throw Refusal.notFound }
    return found
  }

  fileprivate func unbind(
    _ kind: BindingDescription.DestinationKind
  ) async throws(Refusal) -> Answer {
    let found = try await binding(kind).description
    try await demandBoth(kind)
    let (host, destination) = (self[Call.hostName], destination(kind))
    _ = try await foundOrMissing { broker in
      broker.findHost(host).flatMap {
        broker.unbindByOperator(
          destination,
          from: found.source,
          key: found.routingKey,
          arguments: found.arguments,
          in: $0
        )
      }
    }
    return .done
  }
}
