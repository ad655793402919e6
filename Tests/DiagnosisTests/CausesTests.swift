import Telemetry
import Testing

@testable import Diagnosis

/// Which findings are listed, in which order, and since when.
@Suite struct CausesTests {
  private static let orders = Subject.queue(QueueIdentity(virtualHost: "/", name: "orders"))
  private static let mail = Subject.queue(QueueIdentity(virtualHost: "/", name: "mail"))
  private static let worker = Subject.consumer(
    identifier: 7,
    queue: QueueIdentity(virtualHost: "/", name: "orders")
  )

  private static func found(
    _ rule: Rule,
    _ subject: Subject,
    since seconds: Double? = 0,
    _ text: String = "is so"
  ) -> Finding {
    Finding(
      rule: rule,
      subject: subject,
      triage: .consumer,
      text: text,
      since: seconds.map { Instant.zero.advanced(bySeconds: 1_000 + $0) }
    )
  }

  // MARK: Causes and what follows

  @Test func whatFollowsFromACauseIsInsideIt() throws {
    let causes = Causes.settled([
      Self.found(.age, Self.orders, "an old one"), Self.found(.backlog, Self.orders),
      Self.found(.stuck, Self.worker), Self.found(.backlog, Self.mail),
    ])
    #expect(causes.map(\.rule) == [.stuck, .backlog])
    #expect(causes.map(\.subject) == [Self.worker, Self.mail])
    #expect(causes[0].symptoms.map(\.rule) == [.backlog, .age])
    #expect(
      causes[0].symptoms[1] == Finding.Symptom(rule: .age, subject: Self.orders, text: "an old one")
    )
  }

  @Test func aCauseOfTheBrokerHidesWhatFollowsAnywhere() {
    let shop = Subject.connection(identifier: 3, name: "shop")
    let causes = Causes.settled([
      Self.found(.blocked, shop), Self.found(.alarm, .resource(.disk)),
      Self.found(.stuck, Self.worker),
    ])
    #expect(causes.map(\.rule) == [.alarm, .stuck])
    #expect(causes[0].symptoms.map(\.subject) == [shop])
  }

  @Test func aChainOfCausesEndsAtItsFirst() {
    // The poison explains the consumer that is stuck on it, and that explains why the queue fills.
    let causes = Causes.settled([
      Self.found(.full, Self.orders), Self.found(.stuck, Self.worker),
      Self.found(.poison, Self.orders), Self.found(.leak, Self.orders),
    ])
    #expect(causes.map(\.rule) == [.poison])
    #expect(causes[0].symptoms.map(\.rule) == [.stuck, .full, .leak])
  }

  @Test func noRuleFollowsFromItself() {
    for rule in Rule.allCases {
      var (reached, pending) = (Set<Rule>(), Array(rule.symptoms))
      while let next = pending.popLast() {
        if reached.insert(next).inserted { pending += next.symptoms }
      }
      #expect(!reached.contains(rule), "\(rule)")
      #expect(rule.symptoms.allSatisfy { $0.severity >= rule.severity || rule == .poison })
    }
  }

  @Test func aNoteIsNeverTheCauseOfATrouble() {
    for rule in Rule.allCases where rule.severity == .note { #expect(rule.symptoms.isEmpty) }
  }

  // MARK: Order

  @Test func theWorstComesFirstThenTheRulesOrderThenTheOldest() {
    let causes = Causes.settled([
      Self.found(.draining, Self.mail), Self.found(.unroutable, Self.mail, since: -500),
      Self.found(.noConsumer, Self.mail, since: 5), Self.found(.noConsumer, Self.orders, since: 1),
      Self.found(.ledger, .broker, since: 9), Self.found(.deadLetters, Self.mail, since: -900),
    ])
    #expect(
      causes.map(\.rule) == [
        .ledger, .noConsumer, .noConsumer, .unroutable, .deadLetters, .draining,
      ]
    )
    #expect(causes[1].subject == Self.orders)
  }

  @Test func equalsKeepTheOrderInWhichTheyWereFound() {
    let queues = (0..<20).map { number in
      Subject.queue(QueueIdentity(virtualHost: "/", name: "q\(number)"))
    }
    let causes = Causes.settled(queues.map { Self.found(.full, $0) })
    #expect(causes.map(\.subject) == queues)
  }

  // MARK: Since when, and for how long

  @Test func sinceWhenIsKeptWhileAFindingLasts() throws {
    var stage = Stage()
    stage.addQueue("orders")
    stage.run(1)
    stage.count("orders") { $0.expired += 4 }
    stage.look(after: 0.5)
    let since = try #require(stage.finding(.ledger)?.since)
    #expect(since == stage.now)
    stage.look(after: 30)
    #expect(stage.finding(.ledger)?.since == since)
    stage.count("orders") { $0.expired -= 4 }
    stage.look(after: 1)
    #expect(stage.finding(.ledger) == nil)
    stage.count("orders") { $0.expired += 4 }
    stage.look(after: 1)
    #expect(stage.finding(.ledger)?.since == stage.now)
  }

  @Test func aBrokerThatWasStartedAnewHasNoPast() throws {
    var stage = Stage()
    stage.addQueue("orders")
    stage.addExchange("pay")
    stage.arrive(50, in: "orders")
    stage.run(60)
    stage.lose(3, at: "pay")
    stage.run(1)
    #expect(Set(stage.findings.map(\.rule)) == [.noConsumer, .unroutable])
    stage.snapshot.identity.startedAt = stage.now
    stage.run(0.5)
    #expect(stage.findings.isEmpty)
    let began = stage.now
    stage.run(2)
    #expect(try #require(stage.finding(.noConsumer)?.since) >= began)
    #expect(stage.finding(.unroutable) == nil)
  }

  @Test func aRuleThatIsOffSaysNothingAndHidesNothing() {
    var stage = Stage(tuning: Tuning(off: [.noConsumer]))
    stage.addQueue("orders")
    stage.addExchange("pay")
    stage.run(5) { stage in
      stage.arrive(10, in: "orders")
      stage.lose(1, at: "pay")
    }
    #expect(stage.findings.map(\.rule) == [.unroutable])
    stage.diagnosis.tuning.off = [.unroutable]
    stage.run(1)
    #expect(stage.findings.map(\.rule) == [.noConsumer])
  }

  @Test func aThresholdThatIsTunedHoldsFromTheNextSnapshotOn() {
    var stage = Stage(tuning: Tuning(values: [.noConsumerSeconds: 30]))
    stage.addQueue("orders")
    stage.arrive(5, in: "orders")
    stage.run(20)
    #expect(stage.findings.isEmpty)
    stage.diagnosis.tuning[.noConsumerSeconds] = 5
    stage.run(0.5)
    #expect(stage.finding(.noConsumer) != nil)
    #expect(stage.diagnosis.tuning[.noConsumerSeconds] == 5)
    #expect(stage.diagnosis.tuning[.stuckSeconds] == Threshold.stuckSeconds.standard)
  }

  @Test func everyThresholdIsNamedAfterItsRuleAndMayKeepItsStandard() {
    for threshold in Threshold.allCases {
      let rule = threshold.rawValue.prefix { $0 != "." }
      #expect(Rule(rawValue: String(rule)) != nil, "\(threshold.rawValue)")
      #expect(threshold.range.contains(threshold.standard), "\(threshold.rawValue)")
    }
  }

  @Test func troublesAreCountedThoughOnlySomeAreListed() {
    var stage = Stage()
    for number in 0..<400 { stage.addQueue("q\(number)") { $0.ready = 1 } }
    stage.survey([
      BindingSnapshot("pay", to: "q1", "#"), BindingSnapshot("pay", to: "q1", "a"),
    ])
    stage.addExchange("pay")
    stage.run(3)
    #expect(stage.findings.count == Limits.findings)
    #expect(stage.diagnosis.troubleCount == 400)
  }
}
