import Diagnosis
import Telemetry
import TestSupport
import Testing

@Suite struct LeakRuleTests {
  @Test func aFewMoreEachMinuteAreNoticedAfterTenMinutes() throws {
    var stage = Stage()
    stage.addQueue("notifications")
    let consumer = stage.addConsumer("notifications", prefetch: 0)
    stage.run(720) { stage in
      stage.arrive(perSecond: 1, in: "notifications")
      stage.take(consumer)
      // One of twenty is never acknowledged.
      stage.acknowledge(stage.whole(0.95 * Stage.stepSeconds, of: "acks"), by: consumer)
    }
    let finding = try #require(stage.finding(.leak))
    #expect(stage.findings.map(\.rule) == [.leak])
    #expect(try #require(stage.firstSaid[.leak]) <= 11 * 60)
    #expect(finding.subject == .queue(QueueIdentity(virtualHost: "/", name: "notifications")))
    #expect(finding.text == "37, and 180 more an hour; ten times as many in 1h51m")
    #expect(finding.evidence.last == "0 wait, 37 are held.")
    #expect(finding.evidence.contains("1.0/s come in, 0.1/s less leave."))
    #expect(try #require(finding.since).seconds(since: .zero) < 1_000 + 120)
    #expect(finding.uncertaintySeconds == 60)
  }

  @Test func whatSwingsOrJumpedOrStaysDoesNotLeak() {
    var stage = Stage()
    for name in ["swings", "jumped", "stays", "still", "short"] { stage.addQueue(name) }
    let consumers = ["swings", "jumped", "stays", "still", "short"].map { name in
      stage.addConsumer(name, prefetch: 0)
    }
    var random = SplitMix(seed: 3)
    stage.arrive(200, in: "stays")
    stage.run(900) { stage in
      stage.arrive(
        max(0, Int.random(in: 30...70, using: &random) - stage.ready("swings")),
        in: "swings"
      )
      if stage.passed == 200 { stage.arrive(60, in: "jumped") }
      stage.arrive(perSecond: 2, in: "stays")
      stage.take(consumers[2])
      stage.acknowledge(1, by: consumers[2])
      if stage.passed > 800 { stage.arrive(perSecond: 0.1, in: "short") }
    }
    #expect(stage.firstSaid[.leak] == nil)
  }

  @Test func theMinutesCanBeTuned() throws {
    var stage = Stage(tuning: Tuning(values: [.leakMinutes: 4]))
    stage.only(.leak)
    stage.addQueue("notifications")
    stage.addConsumer("notifications") { $0.isActive = false }
    stage.run(320) { $0.arrive(perSecond: 0.1, in: "notifications") }
    #expect(try #require(stage.firstSaid[.leak]) <= 5 * 60)
  }

  @Test func aMinuteThatNobodySawBreaksTheRow() {
    var stage = Stage()
    stage.only(.leak)
    stage.addQueue("notifications")
    stage.addConsumer("notifications") { $0.isActive = false }
    stage.run(500) { $0.arrive(perSecond: 0.1, in: "notifications") }
    stage.snapshot.at = stage.snapshot.at.advanced(bySeconds: 120)
    stage.run(500) { $0.arrive(perSecond: 0.1, in: "notifications") }
    #expect(stage.firstSaid[.leak] == nil)
  }
}
