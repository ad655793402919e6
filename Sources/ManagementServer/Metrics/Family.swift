/// Metrics of one kind of object that belong together, as `family=` of RabbitMQ's
/// `/metrics/detailed` names them.
struct Family: Sendable {
  let name: String
  let columns: [Column]

  /// A metric, and where its value stands in a ``Row``.
  struct Column: Sendable {
    let metric: Exposition.Metric
    /// Whether it is there for single objects alone, since its sum means nothing.
    let isForSingles: Bool

    init(
      _ name: String,
      _ kind: Exposition.Metric.Kind,
      _ help: String,
      isForSingles: Bool = false
    ) {
      metric = Exposition.Metric(name, kind, help)
      self.isForSingles = isForSingles
    }
  }

  /// The values of one object; nil for what is not known of it.
  struct Row {
    var labels: Exposition.Labels
    var values: [Double?]
  }

  /// Writes the values of each object.
  func write(_ rows: [Row], prefix: String, to text: inout Exposition) {
    for (index, column) in columns.enumerated() {
      let known = rows.filter { $0.values[index] != nil }
      if known.isEmpty { continue }
      text.begin(column.metric, prefix: prefix)
      for row in known {
        text.add(column.metric, prefix: prefix, row.values[index] ?? 0, row.labels)
      }
    }
  }

  /// Writes the sums over all objects.
  func writeSums(_ rows: [Row], prefix: String, to text: inout Exposition) {
    for (index, column) in columns.enumerated() where !column.isForSingles {
      text.begin(column.metric, prefix: prefix)
      let sum = rows.reduce(0) { $0 + ($1.values[index] ?? 0) }
      text.add(column.metric, prefix: prefix, sum)
    }
  }
}
