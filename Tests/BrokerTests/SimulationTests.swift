import Foundation
import Testing

/// The broker against a naive one, under random commands: what clients see must agree.
///
/// `SEED=17 swift test --filter Simulation` replays one seed.
@Suite struct SimulationTests {
  private static let seeds: [UInt64] =
    ProcessInfo.processInfo.environment["SEED"].flatMap { UInt64($0) }.map { [$0] }
    ?? Array(1...200)

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
}
