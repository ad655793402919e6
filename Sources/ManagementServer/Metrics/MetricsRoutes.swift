import AMQPServer
import Broker

extension RouteTable {
  /// RabbitMQ has them on a port of their own, also without a password.
  static let metricsRoutes: [Route] = [
    Route(.get, "/metrics", .anybody, "Sums for Prometheus.") { call in
      try await call.metrics(.sums)
    },
    Route(.get, "/metrics/per-object", .anybody, "Each object for Prometheus.") { call in
      try await call.metrics(.perObject)
    },
    Route(.get, "/metrics/detailed", .anybody, "Chosen families for Prometheus.") { call in
      try await call.metrics(.detailed)
    },
  ]
}

/// How much of the metrics is wanted.
private enum Extent {
  case sums
  case perObject
  case detailed
}

extension Call {
  fileprivate func metrics(_ extent: Extent) async throws(Refusal) -> Answer {
    let parts: ListingParts = [.queues, .contents, .connections, .channels, .exchanges]
    let listing = try await withBroker { $0.listing(parts) }
    var rows = MetricRows(
      listing: listing,
      resources: await office.broker.resources(),
      describer: describer(listing)
    )
    var text = Exposition()
    let name = try await withBroker { $0.clusterName }
    Self.writeIdentity(office, name, to: &text)
    switch extent {
    case .sums:
      GlobalMetrics.write(listing, to: &text)
      rows.writeAll(to: &text, areSums: true)
    case .perObject:
      GlobalMetrics.write(listing, to: &text)
      rows.writeAll(to: &text, areSums: false)
    case .detailed:
      if let hosts = lists["vhost"] { rows.hosts = Set(hosts) }
      rows.write(families: Set(lists["family"] ?? []), to: &text)
    }
    return .bytes(text.bytes, type: Exposition.contentType)
  }

  private static func writeIdentity(_ office: Office, _ cluster: String, to text: inout Exposition)
  {
    let prefix = "rabbitmq_"
    let build = Exposition.Metric("build_info", .untyped, "RabbitMQ version that this is like")
    text.begin(build, prefix: prefix)
    text.add(
      build,
      prefix: prefix,
      1,
      [("rabbitmq_version", Office.release), ("sluice_version", "0.1.0")]
    )
    let identity = Exposition.Metric("identity_info", .untyped, "Node and cluster identity")
    text.begin(identity, prefix: prefix)
    text.add(
      identity,
      prefix: prefix,
      1,
      [
        ("rabbitmq_node", office.node), ("rabbitmq_cluster", cluster),
        ("rabbitmq_cluster_permanent_id", cluster),
      ]
    )
  }
}

extension MetricRows {
  private static let prefix = "rabbitmq_"
  private static let detailedPrefix = "rabbitmq_detailed_"

  /// Families of objects, with their rows; a family's rows are made when they are wanted.
  private var families: [(Family, () -> [Family.Row])] {
    [
      (.queueCoarse, { queueCoarse }), (.queueConsumers, { queueConsumers }),
      (.queue, { queue }), (.channel, { channel }), (.channelMessages, { channelMessages }),
      (.connection, { connection }),
    ]
  }

  func writeAll(to text: inout Exposition, areSums: Bool) {
    Family.node.writeSums(node, prefix: Self.prefix, to: &text)
    Family.churn.writeSums(churn, prefix: Self.prefix, to: &text)
    for (family, rows) in families {
      if !areSums {
        family.write(rows(), prefix: Self.prefix, to: &text)
      } else if family.name == Family.channelMessages.name {
        family.writeSums(allMessages, prefix: Self.prefix, to: &text)
      } else {
        family.writeSums(rows(), prefix: Self.prefix, to: &text)
      }
    }
  }

  /// Also the families that have other names in RabbitMQ for parts of what is one here.
  func write(families wanted: Set<String>, to text: inout Exposition) {
    for (family, rows) in families where wanted.contains(family.name) {
      family.write(rows(), prefix: Self.detailedPrefix, to: &text)
    }
    if wanted.contains(Family.churn.name) {
      Family.churn.writeSums(churn, prefix: Self.detailedPrefix, to: &text)
    }
    if wanted.contains(Family.node.name) {
      Family.node.writeSums(node, prefix: Self.detailedPrefix, to: &text)
    }
    guard wanted.contains("exchange_names") else { return }
    let metric = Exposition.Metric("exchange_name", .untyped, "Enumerates exchanges")
    let prefix = "rabbitmq_cluster_"
    text.begin(metric, prefix: prefix)
    for exchange in listing.exchanges where hosts?.contains(exchange.virtualHost) ?? true {
      let labels: Exposition.Labels = [
        ("vhost", exchange.virtualHost), ("exchange", exchange.name),
        ("type", exchange.type.rawValue),
      ]
      text.add(metric, prefix: prefix, 1, labels)
    }
  }
}
