import AMQPClient
package import JSONText
import Telemetry

extension ComparisonReport {
  /// The comparison as JSON: microseconds, seconds of CPU a million deliveries, bytes.
  ///
  /// - Parameter machine: Where it was made.
  /// - Returns: One object; what is not known is null.
  package func json(_ machine: MachineFacts) -> JSON {
    [
      "made_at_ms": .integer(machine.wallTime.milliseconds),
      "machine": [
        "cores": .integer(Int64(machine.cores)), "kernel": .string(machine.kernel),
        "processor": .string(machine.processor),
      ],
      "seconds": .number(settings.seconds),
      "rounds": .integer(Int64(settings.rounds)),
      "body_bytes": .integer(Int64(WorkloadCase.bodyBytes)),
      "is_complete": .boolean(isComplete),
      "brokers": .array(brokers.map(\.json)),
      "selection": .array(Selection(report: self).lines.map { .string($0) }),
      "leftovers": .array(leftovers.map { .string($0) }),
    ]
  }
}

extension BrokerReport {
  fileprivate var json: JSON {
    let found: JSON
    switch process {
    case .found(let process):
      found = ["pid": .integer(Int64(process.processIdentifier)), "name": .string(process.name)]
    case .unknown(let reason): found = ["unknown": .string(reason)]
    }
    return [
      "name": .string(name),
      "address": .string(address),
      "product": .string(identity.product),
      "version": .string(identity.version),
      "platform": .string(identity.platform),
      "cluster_name": .string(identity.cluster),
      "capabilities": .array(identity.capabilities.sorted().map { .string($0) }),
      "process": found,
      "queue_type": .string(queueType.rawValue),
      "confirm_means": .string(ConfirmMeaning.text(identity, queueType)),
      "memory_bytes": memoryBytes.map { .integer(Int64($0)) } ?? .null,
      "cases": .object(
        WorkloadCase.all.map { workload in
          JSON.Member(name: workload.kind.rawValue, value: json(workload.kind))
        }
      ),
      "features": .object(
        features.map { feature in
          JSON.Member(
            name: feature.name,
            value: feature.finding == .unknown ? .null : .string(feature.finding.rawValue)
          )
        }
      ),
    ]
  }

  private func json(_ kind: WorkloadCase.Kind) -> JSON {
    guard let summary = summary(kind) else {
      return ["failed": failure(kind).map { .string($0) } ?? .null]
    }
    func number(_ value: Double?) -> JSON { value.map { .number($0) } ?? .null }
    func percentiles(_ value: Percentiles?) -> JSON {
      guard let value else { return .null }
      return [
        "p50": .number(value.p50), "p99": .number(value.p99), "max": .number(value.maximum),
        "count": .integer(Int64(value.count)),
      ]
    }
    let flaws = summary.flaws
    return [
      "rounds": .integer(Int64(summary.roundCount)),
      "deliveries_per_s": .number(summary.rate),
      "deliveries_per_s_min": .number(summary.lowestRate),
      "deliveries_per_s_max": .number(summary.highestRate),
      "is_client_bound": .boolean(summary.isClientBound),
      "delivery_us": percentiles(summary.delivery),
      "confirm_us": percentiles(summary.confirm),
      "broker_cpu_s_per_million": number(summary.brokerCPU),
      "client_cpu_s_per_million": number(summary.clientCPU),
      "lost": .integer(Int64(flaws.lost)),
      "duplicated": .integer(Int64(flaws.duplicated)),
      "out_of_order": .integer(Int64(flaws.outOfOrder)),
      "strange": .integer(Int64(flaws.strange)),
      "refused": .integer(Int64(flaws.refused)),
    ]
  }
}
