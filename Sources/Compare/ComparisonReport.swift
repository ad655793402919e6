package import AMQPClient
import Host
package import Telemetry

/// What is asked for.
package struct ComparisonSettings: Sendable, Hashable {
  /// Of publishing, for each case in each round.
  package var seconds: Double
  package var rounds: Int
  /// Of the durable cases, except on the embedded broker.
  package var queueType: QueueType

  package init(seconds: Double = 4, rounds: Int = 3, queueType: QueueType = .classic) {
    self.seconds = seconds
    self.rounds = rounds
    self.queueType = queueType
  }
}

/// What one case gave on one broker.
package enum CaseOutcome: Sendable, Hashable {
  case measured(CaseSummary)
  /// Why not, in printable ASCII.
  case failed(String)
}

/// What is known of one broker.
package struct BrokerReport: Sendable, Hashable {
  /// A feature and what was found of it.
  package struct Feature: Sendable, Hashable {
    package var name: String
    package var finding: FeatureFinding

    package init(name: String, finding: FeatureFinding) {
      self.name = name
      self.finding = finding
    }
  }

  package var name: String
  /// Without user and password.
  package var address: String
  package var identity: ServerIdentity
  package var process: BrokerProcess.Finding
  package var queueType: QueueType
  package var features: [Feature]
  package var cases: [WorkloadCase.Kind: CaseOutcome]

  package init(
    name: String,
    address: String,
    identity: ServerIdentity,
    process: BrokerProcess.Finding,
    queueType: QueueType,
    features: [Feature],
    cases: [WorkloadCase.Kind: CaseOutcome]
  ) {
    self.name = name
    self.address = address
    self.identity = identity
    self.process = process
    self.queueType = queueType
    self.features = features
    self.cases = cases
  }

  /// What was measured in a case; nil when it failed.
  package func summary(_ kind: WorkloadCase.Kind) -> CaseSummary? {
    guard case .measured(let summary)? = cases[kind] else { return nil }
    return summary
  }

  /// Why a case failed; nil when it was measured.
  package func failure(_ kind: WorkloadCase.Kind) -> String? {
    guard case .failed(let reason)? = cases[kind] else { return nil }
    return reason
  }

  /// Whether a probe saw a feature work.
  func has(_ feature: String) -> Bool {
    features.contains { $0.name == feature && $0.finding == .works }
  }

  /// Memory after the last case that was measured.
  package var memoryBytes: Int? {
    WorkloadCase.all.compactMap { summary($0.kind)?.brokerMemoryBytes }.max()
  }

  /// What went wrong with messages in all cases.
  package var flaws: Flaws {
    WorkloadCase.all.compactMap { summary($0.kind)?.flaws }.reduce(Flaws(), +)
  }
}

/// A whole comparison.
package struct ComparisonReport: Sendable, Hashable {
  package var settings: ComparisonSettings
  package var brokers: [BrokerReport]
  /// What could not be deleted, each with its broker.
  package var leftovers: [String]

  package init(settings: ComparisonSettings, brokers: [BrokerReport], leftovers: [String] = []) {
    self.settings = settings
    self.brokers = brokers
    self.leftovers = leftovers
  }

  /// Whether each case was measured on each broker, and no message went astray.
  package var isComplete: Bool {
    brokers.allSatisfy { broker in
      WorkloadCase.all.allSatisfy { broker.summary($0.kind) != nil } && broker.flaws.text == nil
    } && leftovers.isEmpty
  }
}

/// Where and when a comparison was made.
package struct MachineFacts: Sendable, Hashable {
  package var cores: Int
  /// As `uname -r` has it.
  package var kernel: String
  /// As /proc/cpuinfo names it; empty when it does not.
  package var processor: String
  package var wallTime: WallTime

  package init(cores: Int, kernel: String, processor: String, wallTime: WallTime) {
    self.cores = cores
    self.kernel = kernel
    self.processor = processor
    self.wallTime = wallTime
  }

  /// Looks at this machine, now.
  package static func now() -> MachineFacts {
    let kernel = HostFiles.text("/proc/sys/kernel/osrelease", bytesLimit: 256) ?? ""
    let lines = HostFiles.text("/proc/cpuinfo", bytesLimit: 16_384) ?? ""
    let model = lines.split(separator: "\n").first { $0.hasPrefix("model name") }
    let processor = model?.split(separator: ":", maxSplits: 1).last ?? ""
    func plain(_ text: some StringProtocol) -> String {
      let words = text.split { $0 == " " || $0 == "\n" }.joined(separator: " ")
      return PlainText.ascii(words, limit: 60)
    }
    return MachineFacts(
      cores: HostUsage.coreCount,
      kernel: plain(kernel),
      processor: plain(processor),
      wallTime: WallTime(milliseconds: HostClock.wallMilliseconds())
    )
  }

  /// In one line: when, cores, kernel.
  package var line: String {
    let date = Format.date(wallTime, offsetSeconds: 0)
    let time = Format.time(wallTime, offsetSeconds: 0).prefix(5)
    let processor = processor.isEmpty ? "" : " (\(processor))"
    return "\(date) \(time) UTC, \(cores) \(cores == 1 ? "core" : "cores")\(processor), "
      + "Linux \(kernel)"
  }
}
