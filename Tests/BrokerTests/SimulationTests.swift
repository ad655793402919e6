import Foundation
import Telemetry
import TestSupport
import Testing

/// The broker against a naive one, under random commands: what clients see must agree.
///
/// `SEED=17 swift test --filter Simulation` replays one seed; `SEEDS=5000` tries as many.
@Suite(.computing) struct SimulationTests {
  private static func number(_ variable: String) -> UInt64? {
    ProcessInfo.processInfo.environment[variable].flatMap { UInt64($0) }
  }

  private static let seeds = number("SEED").map { [$0] } ?? Array(1...(number("SEEDS") ?? 200))

  @Test(arguments: seeds) func theBrokerAgreesWithANaiveOne(seed: UInt64) throws {
    var simulation = try Simulation(seed: seed)
    for _ in 0..<150 {
      let faults = try simulation.step()
      guard faults.isEmpty else {
        Issue.record("\(faults.joined(separator: "\n"))\n\(simulation.story)")
        return
      }
    }
  }

  /// A simulation in which nothing expires says nothing about expiry.
  @Test func theSeedsReachAllWaysOfAMessage() throws {
    var sums: [KeyPath<BrokerTotals, UInt64>: UInt64] = [:]
    let ways: [KeyPath<BrokerTotals, UInt64>] = [
      \.published, \.unroutable, \.returned, \.enqueued, \.delivered, \.redelivered, \.acknowledged,
      \.requeued, \.discarded, \.expired, \.deadLettered, \.dropped, \.refused, \.confirmed,
      \.ready,
      \.unacked,
    ]
    for seed in UInt64(1)...30 {
      var simulation = try Simulation(seed: seed)
      for _ in 0..<150 { _ = try simulation.step() }
      let totals = simulation.model.totals
      for way in ways { sums[way, default: 0] += totals[keyPath: way] }
    }
    #expect(ways.filter { sums[$0, default: 0] < 30 } == [], "\(sums)")
  }
}
