import Broker
import Foundation
import Telemetry
import Testing

/// The broker against a naive one, under random commands over the wire: everything that a client
/// sees must agree, and every copy of every message must be accounted for after each.
///
/// `SEED=17 swift test --filter BrokerSimulation` replays one seed, `STEPS=40` ends it earlier.
@Suite struct BrokerSimulationTests {
  private static let environment = ProcessInfo.processInfo.environment
  private static let seeds =
    environment["SEED"].flatMap { UInt64($0) }.map { [$0] } ?? Array(1...200)
  private static let steps = environment["STEPS"].flatMap { Int($0) } ?? 200

  @Test(arguments: seeds) func theBrokerAgreesWithANaiveOne(seed: UInt64) throws {
    let simulation = try BrokerSimulation(seed: seed)
    try simulation.run(steps: Self.steps)
    let problems = simulation.problems.prefix(5).joined(separator: "\n")
    #expect(simulation.problems.isEmpty, "\(problems)\n\(simulation.story)")
  }

  /// Over all seeds every way into and out of a queue is taken, or the agreement says nothing.
  @Test func theSeedsTakeEveryWay() throws {
    var sum = NaiveBroker.Ledger()
    for seed in UInt64(1)...30 {
      let simulation = try BrokerSimulation(seed: seed)
      try simulation.run(steps: Self.steps)
      let ledger = simulation.naive.ledger
      sum.returned += ledger.returned
      sum.unroutable += ledger.unroutable
      sum.acknowledged += ledger.acknowledged
      sum.discarded += ledger.discarded
      sum.expired += ledger.expired
      sum.deadLettered += ledger.deadLettered
      sum.dropped += ledger.dropped
      sum.refused += ledger.refused
    }
    for way in [
      sum.returned, sum.unroutable, sum.acknowledged, sum.discarded, sum.expired, sum.deadLettered,
      sum.dropped, sum.refused,
    ] { #expect(way > 20, "\(sum)") }
  }
}

extension Broker {
  /// What the operator's commands know consumers by, found by tag.
  var consumerIdentifiers: [String: UInt64] {
    let identity = BrokerIdentity(name: "simulation", processIdentifier: 1, startedAt: now)
    return Dictionary(
      snapshot(of: identity).consumers.map { ($0.tag, $0.identifier) },
      uniquingKeysWith: { first, _ in first }
    )
  }
}
