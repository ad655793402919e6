/// Which broker to take for what, from what was measured alone.
struct Selection {
  let report: ComparisonReport

  /// One line for each need that the measurements say something about.
  var lines: [String] {
    var lines: [String] = []
    let flawed = report.brokers.filter { $0.flaws.text != nil }
    lines += flawed.map { broker in
      "\(broker.name) did not deliver each message once: \(broker.flaws.text ?? "")"
    }
    lines += [
      fastest("most messages in memory", .inMemory),
      fastest("most durable, confirmed messages", .durable),
      shortest("shortest wait for a confirm (p99)") { $0.confirm },
      shortest("shortest way to a consumer (p99)") { $0.delivery },
      fastest("most deliveries in a fan-out", .fanOut),
      leastCPU,
      cluster,
    ].compactMap(\.self)
    return lines + features
  }

  /// Names the best of those that differ; nil when fewer than two were measured.
  private func best(
    _ need: String,
    _ values: [Candidate],
    lowest: Bool
  ) -> String? {
    guard values.count > 1 else { return nil }
    let sorted = values.sorted { lowest ? $0.value < $1.value : $0.value > $1.value }
    let (first, second) = (sorted[0], sorted[1])
    // Each of the others may be faster than what was measured of it, and so than the first.
    if let bound = sorted.dropFirst().first(where: \.isBound) {
      return "\(need): not decided: our client was the limit (\(first.text) and \(bound.text))"
    }
    let ratio =
      lowest ? second.value / max(first.value, 1e-9) : first.value / max(second.value, 1e-9)
    guard ratio >= Self.noticeable else {
      return "\(need): no difference worth a choice (\(first.text) and \(second.text))"
    }
    return "\(need): \(first.name), \(first.text) against \(second.text)"
  }

  private struct Candidate {
    var name: String
    var value: Double
    var text: String
    /// Whether it may be better than what was measured.
    var isBound = false
  }

  /// What is below it may be the machine's mood.
  private static let noticeable = 1.2

  private func fastest(_ need: String, _ kind: WorkloadCase.Kind) -> String? {
    let values = report.brokers.compactMap { broker -> Candidate? in
      guard let summary = broker.summary(kind) else { return nil }
      let bound = summary.isClientBound ? "at least " : ""
      return Candidate(
        name: broker.name,
        value: summary.rate,
        text: "\(bound)\(ReportRows.decimals(summary.rate, 0))/s",
        isBound: summary.isClientBound
      )
    }
    return best(need, values, lowest: false)
  }

  private func shortest(
    _ need: String,
    _ percentiles: (CaseSummary) -> Percentiles?
  ) -> String? {
    let values = report.brokers.compactMap { broker -> Candidate? in
      guard let p99 = broker.summary(.latency).flatMap(percentiles)?.p99 else { return nil }
      return Candidate(
        name: broker.name,
        value: p99,
        text: "\(ReportRows.decimals(p99 / 1_000, 2)) ms"
      )
    }
    return best(need, values, lowest: true)
  }

  private var leastCPU: String? {
    let values = report.brokers.compactMap { broker -> Candidate? in
      guard let cpu = broker.summary(.durable)?.brokerCPU else { return nil }
      return Candidate(
        name: broker.name,
        value: cpu,
        text: "\(ReportRows.decimals(cpu, 2)) s a million"
      )
    }
    return best("least CPU for durable messages", values, lowest: true)
  }

  /// A queue on several machines: quorum queues were found, and it is no Sluice, which is one
  /// process whatever its queues are called.
  private var cluster: String? {
    let able = report.brokers.filter { $0.has("quorum queues") && $0.identity.kind != .sluice }
    guard report.brokers.count > 1 || able.isEmpty else { return nil }
    let names = able.isEmpty ? "none of these" : able.map(\.name).joined(separator: ", ")
    return "must survive the loss of a machine: quorum queues over several machines: \(names)"
  }

  /// Features that were seen at some of the brokers only.
  private var features: [String] {
    guard let first = report.brokers.first, report.brokers.count > 1 else { return [] }
    var byBrokers: [[String]: [String]] = [:]
    for feature in first.features.map(\.name) {
      let able = report.brokers.filter { $0.has(feature) }
      let unable = report.brokers.filter { broker in
        broker.features.contains { $0.name == feature && $0.finding == .missing }
      }
      guard !able.isEmpty, !unable.isEmpty else { continue }
      byBrokers[able.map(\.name), default: []].append(feature)
    }
    return byBrokers.sorted { $0.key.joined() < $1.key.joined() }.map { names, features in
      "only at \(names.joined(separator: ", ")): \(features.joined(separator: ", "))"
    }
  }
}
