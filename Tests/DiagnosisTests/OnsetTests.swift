import Diagnosis
import Telemetry
import TestSupport
import Testing

/// Since when, where chance is in what comes and in how long the work takes.
@Suite(.computing) struct OnsetTests {
  private static let seeds: [UInt64] = [1, 2, 3, 4, 5]

  /// A queue that is well for two minutes; then each message takes some times as long.
  private func slower(_ times: Double, perSecond: Double, _ seed: UInt64) -> Simulation {
    var simulation = Simulation(seed: seed)
    let queue = simulation.addQueue("work")
    let consumer = simulation.addConsumer(queue, .init(seconds: 0.5 / perSecond))
    simulation.arrive(perSecond: perSecond, in: [queue])
    simulation.run(120)
    simulation.change(consumer) { $0.seconds *= times }
    return simulation
  }

  private func error(of finding: Finding) throws -> Double {
    try #require(finding.since).seconds(since: .zero) - 1_120
  }

  @Test(arguments: seeds) func consumersThatStopAreDatedToASecond(_ seed: UInt64) throws {
    var simulation = slower(1_000, perSecond: 50, seed)
    #expect(simulation.diagnosis.findings.isEmpty)
    simulation.run(8)
    let first = try #require(simulation.diagnosis.findings.first)
    #expect(first.rule == .backlog)
    #expect(abs(try error(of: first)) <= 1)
    // It is not taken for the swing of a consumer that acknowledges many at once.
    simulation.run(60)
    let last = try #require(simulation.diagnosis.findings.first)
    #expect([.backlog, .slow, .stuck].contains(last.rule))
    #expect(abs(try error(of: last)) <= 1)
  }

  @Test(arguments: seeds) func consumersThatBecomeSlowerAreDatedToASecond(_ seed: UInt64) throws {
    var simulation = slower(10, perSecond: 50, seed)
    simulation.run(15)
    let finding = try #require(simulation.diagnosis.findings.first)
    #expect(finding.rule == .slow)
    #expect(finding.triage == .consumer)
    #expect(finding.text.contains(": the work takes "))
    #expect(abs(try error(of: finding)) <= 1)
  }
}
