package import AMQPClient
import NIOCore

/// Measures brokers with one workload, in turns.
///
/// A case runs on one broker after the other, round by round, so that whatever else happens on the
/// machine meanwhile meets all of them. While one is measured the others have nothing to do.
package struct Comparison: Sendable {
  package let targets: [BrokerTarget]
  package let settings: ComparisonSettings
  /// Told what is going on, line by line.
  private let progress: @Sendable (String) -> Void

  package init(
    targets: [BrokerTarget],
    settings: ComparisonSettings,
    progress: @escaping @Sendable (String) -> Void
  ) {
    self.targets = targets
    self.settings = settings
    self.progress = progress
  }

  /// Why there is no comparison.
  package struct Problem: Error, Sendable {
    /// The name of the broker; nil when the task was cancelled.
    package var broker: String?
    package var reason: String
    /// What could not be deleted, to be said beside it.
    package var leftovers: [String] = []
  }

  /// One broker and what is known of it so far.
  private struct Bench {
    let target: BrokerTarget
    let leftovers: Leftovers
    let identity: ServerIdentity
    let process: BrokerProcess.Finding
    var features: [BrokerReport.Feature] = []
    var rounds: [WorkloadCase.Kind: [RoundMeasurement]] = [:]
    var failures: [WorkloadCase.Kind: String] = [:]
    /// Why it is not asked any more.
    var end: String?
  }

  /// Connects to one broker and says who it is.
  ///
  /// - Parameter endpoint: Where it is.
  /// - Returns: What it says of itself.
  /// - Throws: ``CompareError``.
  @concurrent
  package static func greet(
    _ endpoint: ClientEndpoint
  ) async throws(CompareError) -> ServerIdentity {
    let target = BrokerTarget(name: "", endpoint: endpoint)
    let loops = ClientLoops()
    let result: Result<ServerIdentity, CompareError>
    do throws(CompareError) {
      result = .success(
        try await FeatureProbing(
          target: target,
          group: loops.consuming,
          leftovers: Leftovers(target: target, group: loops.consuming)
        ).greet()
      )
    } catch {
      result = .failure(error)
    }
    await loops.shutDown()
    return try result.get()
  }

  /// Measures.
  ///
  /// A broker that fails on the way leaves the others measured.
  ///
  /// - Returns: The table.
  /// - Throws: ``Problem`` when a broker cannot be reached at the beginning, or the task is
  ///   cancelled; whatever was made on the brokers is deleted by then.
  @concurrent
  package func run() async throws(Problem) -> ComparisonReport {
    let loops = ClientLoops()
    let result: Result<ComparisonReport, Problem>
    do throws(Problem) {
      result = .success(try await measure(loops))
    } catch {
      result = .failure(error)
    }
    await loops.shutDown()
    return try result.get()
  }

  private func measure(_ loops: ClientLoops) async throws(Problem) -> ComparisonReport {
    var benches: [Bench] = []
    for target in targets { benches.append(try await setUp(target, loops)) }
    for index in benches.indices {
      progress("\(benches[index].target.name): looking for features")
      let probing = FeatureProbing(
        target: benches[index].target,
        group: loops.consuming,
        leftovers: benches[index].leftovers
      )
      benches[index].features = await probing.findings(benches[index].identity).map {
        BrokerReport.Feature(name: $0.name, finding: $0.finding)
      }
    }
    for round in 1...settings.rounds {
      for workload in WorkloadCase.all {
        for index in benches.indices {
          await measure(&benches[index], workload, round, loops)
          if Task.isCancelled { throw await interruption(benches) }
        }
      }
    }
    var left: [String] = []
    for bench in benches { left += await remains(bench) }
    return ComparisonReport(
      settings: settings,
      brokers: benches.map { report(of: $0) },
      leftovers: left
    )
  }

  private func setUp(
    _ target: BrokerTarget,
    _ loops: ClientLoops
  ) async throws(Problem) -> Bench {
    let leftovers = Leftovers(target: target, group: loops.consuming)
    let probing = FeatureProbing(target: target, group: loops.consuming, leftovers: leftovers)
    do throws(CompareError) {
      let identity = try await probing.greet()
      return Bench(
        target: target,
        leftovers: leftovers,
        identity: identity,
        process: BrokerProcess.find(target)
      )
    } catch {
      throw Problem(broker: error.isCancelled ? nil : target.name, reason: error.reason)
    }
  }

  private func measure(
    _ bench: inout Bench,
    _ workload: WorkloadCase,
    _ round: Int,
    _ loops: ClientLoops
  ) async {
    // What failed once would only take time again.
    guard bench.end == nil, bench.failures[workload.kind] == nil, !Task.isCancelled else { return }
    let name = bench.target.name
    progress("round \(round) of \(settings.rounds): \(workload.title): \(name)")
    let process: BrokerProcess?
    switch bench.process {
    case .found(let found): process = found
    case .unknown: process = nil
    }
    let runner = CaseRunner(
      target: bench.target,
      workload: workload,
      seconds: settings.seconds,
      queueType: bench.target.isEmbedded ? .classic : settings.queueType,
      process: process,
      loops: loops,
      leftovers: bench.leftovers
    )
    do throws(CompareError) {
      let measured = try await runner.run()
      bench.rounds[workload.kind, default: []].append(measured)
    } catch {
      guard !error.isCancelled else { return }
      bench.failures[workload.kind] = error.reason
      progress("\(name): \(workload.title) failed: \(error.reason)")
      // A case may be refused; a broker that is gone is not asked again.
      let probing = FeatureProbing(
        target: bench.target,
        group: loops.consuming,
        leftovers: bench.leftovers
      )
      do throws(CompareError) {
        _ = try await probing.greet()
      } catch {
        bench.end = error.reason
      }
    }
  }

  private func interruption(_ benches: [Bench]) async -> Problem {
    var left: [String] = []
    for bench in benches { left += await remains(bench) }
    return Problem(broker: nil, reason: "interrupted", leftovers: left)
  }

  /// What is still on a broker after a last try.
  private func remains(_ bench: Bench) async -> [String] {
    await bench.leftovers.clean().map { "\(bench.target.name): \($0)" }
  }

  private func report(of bench: Bench) -> BrokerReport {
    var cases: [WorkloadCase.Kind: CaseOutcome] = [:]
    for workload in WorkloadCase.all {
      let rounds = bench.rounds[workload.kind] ?? []
      if let reason = bench.failures[workload.kind] {
        cases[workload.kind] = .failed(reason)
      } else if let summary = CaseSummary(rounds), rounds.count == settings.rounds {
        cases[workload.kind] = .measured(summary)
      } else {
        cases[workload.kind] = .failed(bench.end ?? "not measured")
      }
    }
    let queueType = bench.target.isEmbedded ? .classic : settings.queueType
    return BrokerReport(
      name: bench.target.name,
      address: PlainText.ascii("\(bench.target.endpoint)", limit: Limits.reasonCharacters),
      identity: bench.identity,
      process: bench.process,
      queueType: queueType,
      features: bench.features,
      cases: cases
    )
  }
}
