import Telemetry
import Testing

@testable import Lab

/// A scenario file says what the scenario is, field by field.
@Suite struct ScenarioReaderTests {
  private func sample() throws -> Scenario {
    try ScenarioReader.read(ScenarioSample.text, file: "shop.toml")
  }

  @Test func theTopOfAFileIsRead() throws {
    let scenario = try sample()
    #expect(scenario.name == "shop")
    #expect(scenario.title == LocalText(english: "Shop", chinese: "商店"))
    #expect(scenario.about == LocalText(english: "A shop.", chinese: "A shop."))
    #expect(scenario.perSecond == 20)
    #expect(scenario.peak == LoadShape(kind: .step, factor: 10, seconds: 20))
    #expect(
      scenario.wayTitles == [.alternative: LocalText(english: "bounded", chinese: "bounded")]
    )
    #expect(
      scenario.accounts
        == AccountPlan(
          count: 100,
          balanceCents: AccountPlan().balanceCents,
          poorPercent: 5,
          poorBalanceCents: 500,
          cheapestCents: 1,
          dearestCents: 9
        )
    )
    #expect(scenario.traits == ["risky": 10])
    #expect(
      scenario.knob
        == KnobPlan(
          subject: .trait("risky"),
          label: LocalText(english: "risky", chinese: "有风险"),
          values: [0, 10, 50],
          start: 10
        )
    )
    #expect(scenario.exchanges == [ExchangePlan(name: "orders", type: "topic")])
    #expect(scenario.ways == CallWay.allCases)
    #expect(scenario.text == ScenarioSample.text)
  }

  @Test func servicesAreReadWithTheirCallsAndEvents() throws {
    let scenario = try sample()
    #expect(scenario.services.map(\.name) == ["shop", "stock", "delivery", "mail"])
    var shop = ServicePlan(name: "shop")
    shop.isEntry = true
    shop.work.meanMilliseconds = 0
    shop.calls = [
      .synchronous: [CallPlan(service: "stock"), CallPlan(service: "delivery", trait: "risky")],
      .asynchronous: [CallPlan(service: "stock")], .alternative: [CallPlan(service: "stock")],
    ]
    shop.publishes = [
      .asynchronous: [
        PublishPlan(exchange: "orders", key: "order.placed"),
        PublishPlan(
          exchange: "",
          key: "mail",
          trait: "risky",
          guarantee: .none,
          isPersistent: false
        ),
      ],
      .alternative: [PublishPlan(exchange: "orders", key: "order.late", guarantee: .outbox)],
    ]
    #expect(scenario.entry == shop)
    var stock = ServicePlan(name: "stock")
    stock.work = WorkPlan(
      distribution: .normal,
      meanMilliseconds: 50,
      spreadPercent: 20,
      errorPercent: 1
    )
    stock.hopMilliseconds = 10
    stock.pool = 100
    stock.timeoutMilliseconds = 1_000
    stock.retries = 2
    stock.backoffMilliseconds = 5
    stock.isDeducting = true
    #expect(scenario.service(named: "stock") == stock)
  }

  @Test func queuesAreReadWithAllTheirFields() throws {
    let scenario = try sample()
    #expect(
      scenario.service(named: "delivery")?.queue
        == QueuePlan(
          name: "delivery",
          bindings: [QueuePlan.Binding(exchange: "orders", key: "order.*")],
          prefetch: 6,
          consumers: 2,
          isDurable: false,
          maximumLength: 200,
          isRefusingWhenFull: false,
          onError: .retry,
          deliveryLimit: 5,
          hasDeadLetters: true,
          isIdempotent: true
        )
    )
    let mail = try #require(scenario.service(named: "mail"))
    #expect(mail.isOptional)
    #expect(
      mail.queue
        == QueuePlan(name: "mail", bindings: [], isAutoAcknowledged: true, isCountingReplies: true)
    )
  }

  @Test func theTimelineIsReadAndALoadWithAnEndEndsThere() throws {
    let scenario = try sample()
    let fault = FaultRequest(
      service: "delivery",
      kind: .error,
      amount: 30,
      percent: 50,
      count: 7,
      seed: 3
    )
    #expect(
      scenario.timeline == [
        TimelineEntry(atPercent: 20, untilPercent: 40, happening: .fault(fault)),
        TimelineEntry(
          atPercent: 50,
          happening: .load(LoadShape(kind: .step, factor: 5, seconds: 3_600))
        ),
        TimelineEntry(atPercent: 60, happening: .load(.steady)),
        TimelineEntry(atPercent: 70, happening: .join(service: "mail")),
      ]
    )
    #expect(scenario.phases == [PhasePlan(name: "calm", fromPercent: 5, untilPercent: 20)])
  }

  @Test func theLessonIsReadInEveryLanguage() throws {
    let scenario = try sample()
    let english = scenario.lesson(in: .english)
    let chinese = scenario.lesson(in: .chinese)
    #expect(english.steps.map(\.options) == [["nothing", "much"]])
    #expect(chinese.steps.map(\.options) == [["nothing", "许多"]])
    #expect(english.steps.map(\.answer) == [1])
    #expect(english.steps.map(\.reveal) == ["{async.p95} ms"])
    #expect(chinese.steps.map(\.reveal) == ["{async.p95} 毫秒"])
    #expect(english.steps.map(\.caveat) == ["But { and } stay."])
    #expect(english.verdict.map(\.text) == ["{calm.delivery.delay95} ms"])
    #expect(english.verdict.map(\.condition) == ["calm.sync.p95 > async.p95 * 2 and lost < 1"])
  }

  @Test(arguments: [
    ("one\n  two", "one two"), ("\n a \n\n b\t c \n", "a b c"), ("一，\n二", "一，二"),
    ("一\nB", "一 B"), ("一。\nB\n，二", "一。B，二"), ("{a.p50}\n毫秒", "{a.p50} 毫秒"), ("", ""), ("  \n ", ""),
  ])
  func aTextOverSeveralLinesBecomesOne(text: String, line: String) {
    #expect(ScenarioText.folded(text) == line)
  }

  @Test(arguments: [
    ("{async.p95", true), ("{async p95}", true), ("x {a,b}", true), ("{a} {b", true),
    ("a {async.p95} b {x}", false), ("{ and }", false), ("{1} {", false), ("{}", false),
    ("{{a}}", false), ("用 { 调低", false), ("with {.", false), ("", false),
  ])
  func aPlaceForANumberMustEnd(text: String, isOpen: Bool) {
    #expect(ScenarioText.hasOpenPlace(text) == isOpen)
  }

  @Test(arguments: [
    ("order.placed", "order.placed", true), ("order.*", "order.placed", true),
    ("order.*", "order", false), ("order.#", "order", true), ("#", "", true),
    ("#.placed", "a.b.placed", true), ("*.*", "a", false), ("a.#.b.*", "a.b.b.c", true),
    ("a.#.b", "a.b.c", false), ("", "", true),
  ])
  func aTopicReachesWhatItsPatternMatches(pattern: String, key: String, isReached: Bool) {
    let scenario = Scenario(
      name: "a",
      title: LocalText(english: "", chinese: ""),
      about: LocalText(english: "", chinese: ""),
      exchanges: [ExchangePlan(name: "x", type: "topic")],
      services: [
        ServicePlan(
          name: "s",
          queue: QueuePlan(
            name: "q",
            bindings: [QueuePlan.Binding(exchange: "x", key: pattern)]
          )
        )
      ]
    )
    let reached = ScenarioRoutes(scenario)
      .services(reachedBy: PublishPlan(exchange: "x", key: key))
    #expect(reached == (isReached ? ["s"] : []))
  }
}
