import Diagnosis
import Telemetry
import Testing

@Suite struct BindingsRuleTests {
  /// Bindings of the exchange, surveyed every ten seconds while messages come.
  private static func run(
    _ seconds: Double,
    _ stage: inout Stage,
    published: UInt64 = 100,
    _ bindings: (Stage) -> [BindingSnapshot]
  ) {
    for _ in 0..<Int(seconds / 10) {
      stage.count(exchange: "orders") { $0.published += published }
      stage.survey(bindings(stage))
      stage.look(after: 10)
    }
  }

  private static func stage(_ type: String = "topic") -> Stage {
    var stage = Stage()
    stage.addExchange("orders") { $0.type = type }
    stage.addQueue("points")
    stage.addQueue("mail")
    stage.run(1)
    return stage
  }

  @Test func aBindingThatNothingCameOverIsToldAfterTenMinutes() throws {
    var stage = Self.stage()
    let began = stage.now
    let made: (Stage) -> [BindingSnapshot] = { _ in
      [
        BindingSnapshot("orders", to: "points", "order.paid", hits: 70, createdAt: began),
        BindingSnapshot("orders", to: "mail", "order.vip.*", hits: 0, createdAt: began),
      ]
    }
    Self.run(590, &stage, made)
    #expect(stage.findings.isEmpty)
    Self.run(20, &stage, made)
    let finding = try #require(stage.finding(.bindings))
    #expect(finding.subject == .exchange(ExchangeIdentity(virtualHost: "/", name: "orders")))
    #expect(finding.text == "1 of 2 bindings never hit")
    #expect(finding.rule.severity == .note)
    #expect(finding.since == began)
    #expect(
      finding.evidence == [
        "order.vip.* to mail: never hit in 10m10s, while the exchange got 6 000 messages."
      ]
    )
  }

  @Test func aHitEndsIt() {
    var stage = Self.stage()
    let began = stage.now
    Self.run(700, &stage) { _ in
      [BindingSnapshot("orders", to: "mail", "a", hits: 0, createdAt: began)]
    }
    #expect(stage.finding(.bindings) != nil)
    Self.run(10, &stage) { _ in
      [BindingSnapshot("orders", to: "mail", "a", hits: 1, createdAt: began)]
    }
    #expect(stage.finding(.bindings) == nil)
  }

  @Test func withoutMessagesOrCountsNothingIsSaid() {
    var stage = Self.stage()
    let began = stage.now
    Self.run(900, &stage, published: 0) { _ in
      [BindingSnapshot("orders", to: "mail", "a", hits: 0, createdAt: began)]
    }
    #expect(stage.firstSaid[.bindings] == nil && stage.finding(.bindings) == nil)
    Self.run(900, &stage) { _ in
      [BindingSnapshot("orders", to: "mail", "b", hits: nil, createdAt: began)]
    }
    #expect(stage.finding(.bindings) == nil)
  }

  @Test func oneThatWasMadeAnewBeginsAnew() {
    var stage = Self.stage()
    Self.run(1_200, &stage) { stage in
      let hour = stage.now.nanoseconds / 300_000_000_000
      let made = Instant(nanoseconds: hour * 300_000_000_000)
      return [BindingSnapshot("orders", to: "mail", "a", hits: 0, createdAt: made)]
    }
    #expect(stage.finding(.bindings) == nil)
  }

  @Test func anExchangeThatCountsAnewBeginsAnew() throws {
    var stage = Self.stage()
    let began = stage.now
    let bindings: (Stage) -> [BindingSnapshot] = { _ in
      [BindingSnapshot("orders", to: "mail", "a", hits: 0, createdAt: began)]
    }
    stage.count(exchange: "orders") { $0.published = 50_000 }
    Self.run(700, &stage, bindings)
    stage.count(exchange: "orders") { $0.published = 0 }
    Self.run(20, &stage, bindings)
    #expect(
      try #require(stage.finding(.bindings)).evidence == [
        "a to mail: never hit in 12m00s, while the exchange got 100 messages."
      ]
    )
  }

  @Test func aKeyThatAnotherBindingOfTheQueueCoversIsNeedless() throws {
    var stage = Self.stage()
    stage.survey([
      BindingSnapshot("orders", to: "points", "order.points.*", hits: 4),
      BindingSnapshot("orders", to: "points", "order.#", hits: 9),
      BindingSnapshot("orders", to: "mail", "order.mail", hits: 3),
    ])
    stage.run(0.5)
    let finding = try #require(stage.finding(.bindings))
    #expect(finding.text == "1 of 3 bindings says what another says")
    #expect(finding.evidence == ["order.points.* to points: also in order.#."])
  }

  @Test func ofTwoThatSayTheSameTheSecondIsNeedless() throws {
    var stage = Self.stage()
    stage.survey([
      BindingSnapshot("orders", to: "points", "#.*"),
      BindingSnapshot("orders", to: "points", "*.#"),
    ])
    stage.run(0.5)
    #expect(
      try #require(stage.finding(.bindings)).evidence == ["*.# to points: also in #.*."]
    )
  }

  @Test func aFanoutNeedsOneBindingAndADirectExchangeOneForEachKey() throws {
    var stage = Self.stage("fanout")
    stage.survey([
      BindingSnapshot("orders", to: "points", "a"), BindingSnapshot("orders", to: "points", ""),
      BindingSnapshot("orders", to: "mail", "a"),
    ])
    stage.run(0.5)
    #expect(try #require(stage.finding(.bindings)).evidence == ["\"\" to points: also in a."])
    var direct = Self.stage("direct")
    direct.survey([
      BindingSnapshot("orders", to: "points", "a"), BindingSnapshot("orders", to: "points", "#"),
    ])
    direct.run(0.5)
    #expect(direct.findings.isEmpty)
  }

  @Test func keysThatOverlapAreNoDuplicates() {
    var stage = Self.stage()
    stage.survey([
      BindingSnapshot("orders", to: "points", "order.*"),
      BindingSnapshot("orders", to: "points", "*.paid"),
      BindingSnapshot("orders", to: "mail", "order.#"),
    ])
    stage.run(0.5)
    #expect(stage.findings.isEmpty)
  }

  @Test func manyBindingsAreComparedWithinALimit() throws {
    var stage = Self.stage()
    let bindings = (0..<2_500).map { BindingSnapshot("orders", to: "points", "a\($0).*.b") }
    stage.survey(bindings + [BindingSnapshot("orders", to: "points", "#")])
    stage.run(0.5)
    let finding = try #require(stage.finding(.bindings))
    #expect(finding.text == "2 500 of 2 501 bindings say what another says")
    #expect(finding.evidence.last == "And 2 495 more.")
  }

  @Test func aRuleThatIsOffLooksAtNothing() {
    var stage = Self.stage()
    stage.diagnosis.tuning.off = [.bindings]
    stage.survey([
      BindingSnapshot("orders", to: "points", "#"), BindingSnapshot("orders", to: "points", "a"),
    ])
    stage.run(1)
    #expect(stage.findings.isEmpty)
  }
}
