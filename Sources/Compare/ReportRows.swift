import AMQPClient
import Telemetry

/// The rows of the table, in words: what text and Markdown have in common.
struct ReportRows {
  /// One row: a heading without cells, or a label with a cell for each broker.
  struct Row: Hashable {
    var label: String
    var cells: [String]

    var isHeading: Bool { cells.isEmpty }
  }

  let report: ComparisonReport

  /// Who is compared, and the measured cases.
  var measured: [Row] {
    var rows = [
      row("broker") { $0.identity.title },
      row("durable queues") { broker in broker.queueType.rawValue },
    ]
    for workload in WorkloadCase.all { rows += self.rows(workload) }
    rows.append(
      row("memory afterwards, MB") { broker in
        broker.memoryBytes.map { Format.count($0 / 1_000_000) } ?? Format.none
      }
    )
    return rows
  }

  private func row(_ label: String, _ cell: (BrokerReport) -> String) -> Row {
    Row(label: label, cells: report.brokers.map(cell))
  }

  private func rows(_ workload: WorkloadCase) -> [Row] {
    let kind = workload.kind
    func row(_ label: String, _ cell: (CaseSummary) -> String) -> Row {
      self.row(label) { broker in
        broker.summary(kind).map(cell) ?? (broker.failure(kind) == nil ? Format.none : "failed")
      }
    }
    var rows = [Row(label: workload.title, cells: [])]
    switch kind {
    case .latency:
      rows += [
        row("  delivered p50, ms") { Self.milliseconds($0.delivery?.p50) },
        row("  delivered p99, ms") { Self.milliseconds($0.delivery?.p99) },
        row("  confirmed p50, ms") { Self.milliseconds($0.confirm?.p50) },
        row("  confirmed p99, ms") { Self.milliseconds($0.confirm?.p99) },
      ]
    case .inMemory, .durable, .fanOut:
      rows.append(
        row(kind == .fanOut ? "  deliveries/s" : "  messages/s") { summary in
          (summary.isClientBound ? "at least " : "") + Format.count(Int(summary.rate.rounded()))
        }
      )
    }
    return rows + [
      row("  broker's CPU, s/million") { Self.seconds($0.brokerCPU) },
      row("  our client's CPU, s/million") { Self.seconds($0.clientCPU) },
      row("  messages") { $0.flaws.text ?? "all arrived once" },
    ]
  }

  private static func milliseconds(_ microseconds: Double?) -> String {
    guard let microseconds else { return Format.none }
    return decimals(microseconds / 1_000, microseconds < 9_995 ? 2 : 1)
  }

  private static func seconds(_ value: Double?) -> String {
    guard let value else { return Format.none }
    return decimals(value, value < 9.995 ? 2 : value < 99.95 ? 1 : 0)
  }

  /// Returns a number with so many decimals.
  static func decimals(_ value: Double, _ count: Int) -> String {
    let factor = count == 0 ? 1 : count == 1 ? 10 : 100
    let scaled = Int((min(max(value, 0), 1e12) * Double(factor)).rounded())
    guard count > 0 else { return Format.count(scaled) }
    let rest = String(scaled % factor)
    let zeros = String(repeating: "0", count: count - rest.count)
    return Format.count(scaled / factor) + "." + zeros + rest
  }

  /// The features that not all brokers have alike come first; the rest is one line.
  var features: [Row] {
    names.map { name in
      row(name) { broker in
        broker.features.first { $0.name == name }?.finding.rawValue ?? Format.none
      }
    }
  }

  private var names: [String] { report.brokers.first?.features.map(\.name) ?? [] }

  // MARK: Words under the table

  /// What the words and signs of the table mean.
  var legend: [String] {
    var lines = [
      "Each number is the median of \(report.settings.rounds) "
        + (report.settings.rounds == 1 ? "round" : "rounds")
        + " of \(Format.seconds(report.settings.seconds)), brokers in turns; bodies of "
        + "\(WorkloadCase.bodyBytes) bytes."
    ]
    lines += WorkloadCase.all.map { "\($0.title): \($0.explanation)." }
    let summaries = report.brokers.flatMap { broker in
      WorkloadCase.all.compactMap { broker.summary($0.kind) }
    }
    if summaries.contains(where: \.isClientBound) {
      lines.append(
        "at least: our client, not the broker, was what could do no more; the broker may be faster."
      )
    }
    lines += report.brokers.map { broker in
      switch broker.process {
      case .found(let process):
        "\(broker.name): CPU and memory of \(process.name), process "
          + "\(process.processIdentifier), and its children."
      case .unknown(let reason): "\(broker.name): no CPU and memory: \(reason)."
      }
    }
    return lines
  }

  /// What failed, in whole lines.
  var failures: [String] {
    report.brokers.flatMap { broker in
      WorkloadCase.all.compactMap { workload in
        broker.failure(workload.kind).map { "\(broker.name): \(workload.title): failed: \($0)" }
      }
    } + report.leftovers.map { "could not be deleted: \($0)" }
  }

  /// What a confirm means, documented and measured.
  var durability: [String] {
    report.brokers.flatMap { broker in
      let documented =
        "\(broker.name): documented: \(ConfirmMeaning.text(broker.identity, broker.queueType))."
      guard let confirm = broker.summary(.latency)?.confirm else { return [documented] }
      return [
        documented,
        "\(broker.name): measured: a confirm after \(Self.milliseconds(confirm.p50)) ms (p50), "
          + "\(Self.milliseconds(confirm.p99)) ms (p99), \(Self.milliseconds(confirm.maximum)) ms "
          + "(longest).",
      ]
    }
  }
}
