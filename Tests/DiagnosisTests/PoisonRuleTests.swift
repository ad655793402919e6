import Diagnosis
import Telemetry
import Testing

@Suite struct PoisonRuleTests {
  private func working() -> (Stage, UInt64) {
    var stage = Stage()
    stage.addQueue("sms")
    let consumer = stage.addConsumer("sms", prefetch: 1)
    stage.run(10) { stage in
      stage.arrive(perSecond: 10, in: "sms")
      stage.work(consumer, perSecond: 20)
    }
    return (stage, consumer)
  }

  @Test func aMessageThatComesBackAllTheTimeIsNamedWithinThreeSeconds() throws {
    var (stage, consumer) = working()
    stage.arrive(1, in: "sms")
    stage.take(consumer)
    stage.run(3) { $0.redeliver(157, of: 7, by: consumer) }
    #expect(try #require(stage.firstSaid[.poison]) <= 10 + 1)
    let finding = try #require(stage.finding(.poison))
    #expect(finding.subject == .queue(QueueIdentity(virtualHost: "/", name: "sms")))
    #expect(finding.text == "1 message came back 942 times (314.0/s), given back by sms-1")
    #expect(
      finding.evidence == [
        "Message \"order-7\", routing key \"order.paid\", came back 942 times in 2s.",
        "100 % of the 314.0 deliveries a second were delivered before.",
        "The depth is 1: an alarm on depth sees nothing.",
      ]
    )
    #expect(finding.advice.map(\.action) == ["peek", "move", nil])
    #expect(abs(try #require(finding.since).seconds(since: .zero) - 1_010) <= 0.5)
  }

  @Test func aSlowLoopIsNamedOnceItCameBackOftenEnough() throws {
    var (stage, consumer) = working()
    stage.arrive(1, in: "sms")
    stage.take(consumer)
    // With a delay of five seconds before each.
    stage.run(60) { stage in
      if stage.passed.truncatingRemainder(dividingBy: 5) == 0 {
        stage.redeliver(1, of: 7, by: consumer)
      }
    }
    #expect(try #require(stage.firstSaid[.poison]) == 10 + 50)
    #expect(stage.finding(.poison)?.text.hasPrefix("1 message came back") == true)
  }

  @Test func itEndsWhenTheMessageIsParked() {
    var (stage, consumer) = working()
    stage.arrive(1, in: "sms")
    stage.take(consumer)
    stage.run(5) { $0.redeliver(10, of: 7, by: consumer) }
    #expect(stage.finding(.poison) != nil)
    stage.run(1) { stage in
      stage.acknowledge(1, by: consumer)
      stage.count("sms") { $0.mostReturned = nil }
    }
    #expect(stage.finding(.poison) == nil)
  }

  @Test func whatWaitsBehindItFollowsFromIt() {
    var (stage, consumer) = working()
    stage.run(60) { stage in
      stage.arrive(perSecond: 10, in: "sms")
      stage.take(consumer)
      stage.redeliver(10, of: 7, by: consumer)
    }
    #expect(stage.findings.map(\.rule) == [.poison])
  }

  @Test func manyMessagesThatComeBackAreNotCalledOne() throws {
    var (stage, consumer) = working()
    stage.run(10) { stage in
      stage.arrive(perSecond: 10, in: "sms")
      stage.work(consumer, perSecond: 10)
      stage.redeliver(0, of: 7, by: consumer)
      stage.count("sms") { queue in
        queue.redelivered += 20
        queue.delivered += 20
        queue.requeued += 20
      }
      if stage.passed == 12 { stage.redeliver(10, of: 7, by: consumer) }
      if stage.passed > 12 { stage.redeliver(1, of: 7, by: consumer) }
    }
    let finding = try #require(stage.finding(.poison))
    #expect(
      finding.text == "messages come back (42.0/s), one of them 26 times, given back by sms-1"
    )
  }

  @Test func whatADeadConsumerHeldIsNoPoison() {
    var stage = Stage()
    stage.addQueue("sms")
    var consumers = (0..<4).map { _ in stage.addConsumer("sms", prefetch: 50) }
    stage.arrive(400, in: "sms")
    stage.run(10) { stage in
      stage.arrive(perSecond: 80, in: "sms")
      for consumer in consumers { stage.work(consumer, perSecond: 20) }
    }
    // A deployment: each is replaced, a second apart.
    for _ in 0..<4 {
      let old = consumers.removeFirst()
      let held = stage.snapshot.consumers.first { $0.identifier == old }?.held ?? 0
      #expect(held == 50)
      stage.removeConsumer(old)
      consumers.append(stage.addConsumer("sms", prefetch: 50))
      stage.redeliver(1, of: UInt64(consumers.count), by: consumers[3])
      stage.count("sms") { queue in
        queue.redelivered += UInt64(held)
        queue.delivered += UInt64(held)
      }
      stage.run(1) { stage in
        stage.arrive(perSecond: 80, in: "sms")
        for consumer in consumers { stage.work(consumer, perSecond: 20) }
      }
    }
    stage.run(30) { stage in
      stage.arrive(perSecond: 80, in: "sms")
      for consumer in consumers { stage.work(consumer, perSecond: 20) }
    }
    #expect(stage.firstSaid[.poison] == nil)
  }

  @Test func triesThatAreRepeatedAFewTimesWithAPauseAreNoPoison() {
    var (stage, consumer) = working()
    stage.run(300) { stage in
      stage.arrive(perSecond: 10, in: "sms")
      stage.work(consumer, perSecond: 20)
      // Each message has five tries, one a second.
      let message = UInt64(stage.passed / 5)
      if stage.passed.truncatingRemainder(dividingBy: 5) == 0 {
        stage.count("sms") { $0.mostReturned = nil }
      }
      if stage.passed == stage.passed.rounded() { stage.redeliver(1, of: message, by: consumer) }
    }
    #expect(stage.firstSaid[.poison] == nil)
  }

  @Test func whereNobodyNamesTheMessageItIsSaidOfTheQueue() throws {
    var (stage, consumer) = working()
    stage.arrive(1, in: "sms")
    stage.take(consumer)
    stage.run(12) { stage in
      stage.redeliver(157, of: 7, by: consumer)
      stage.count("sms") { queue in
        queue.mostReturned = nil
        queue.requeued = 0
      }
    }
    #expect(try #require(stage.firstSaid[.poison]) <= 10 + 10.5)
    let finding = try #require(stage.finding(.poison))
    #expect(finding.text == "messages come back again and again (314.0/s), given back by sms-1")
  }

  @Test func aCountOfBeforeTheFirstLookSaysNothingUntilItRises() {
    var stage = Stage()
    stage.addQueue("sms")
    let consumer = stage.addConsumer("sms", prefetch: 1)
    stage.arrive(1, in: "sms")
    stage.take(consumer)
    stage.redeliver(30, of: 7, by: consumer)
    stage.run(30)
    #expect(stage.firstSaid[.poison] == nil)
    stage.run(1) { $0.redeliver(1, of: 7, by: consumer) }
    #expect(stage.finding(.poison) != nil)
  }
}
