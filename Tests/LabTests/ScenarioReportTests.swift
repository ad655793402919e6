import Telemetry
import Testing

@testable import Lab

/// What the command line says of scenarios.
@Suite struct ScenarioReportTests {
  /// Columns on a terminal, where ideographs take two.
  private func columns(_ line: String) -> Int {
    line.unicodeScalars.reduce(0) { $0 + ((0x2E80...0xFF60).contains($1.value) ? 2 : 1) }
  }

  @Test func theListHasEveryScenarioWithItsTitle() {
    let english = ScenarioReport.list(in: .english)
    #expect(english.map { $0.split(separator: " ")[0] } == ScenarioCatalog.names.map { $0[...] })
    #expect(english.first == "payment                Checkout: five calls, or two and an event?")
    let chinese = ScenarioReport.list(in: .chinese)
    #expect(chinese.first == "payment                支付：五次调用，还是两次调用加一条消息？")
    for line in english + chinese { #expect(columns(line) <= 80, "\(line)") }
  }

  @Test(arguments: ScenarioCatalog.names, Language.allCases)
  func aScenarioIsShownInLinesOfEightyColumns(name: String, language: Language) throws {
    let text = try #require(ScenarioCatalog.text(named: name))
    let scenario = try ScenarioReader.read(text, file: name)
    let lines = try ScenarioReport.show(text: text, file: name, in: language)
    for line in lines {
      #expect(columns(line) <= 80, "\(line)")
      #expect(line.last != " ")
    }
    for service in scenario.services {
      #expect(lines.contains { $0.hasPrefix("  \(service.name)  ") }, "\(service.name)")
    }
    let titles = scenario.steps.map { $0.title[language] }
    for (line, title) in zip(lines.suffix(titles.count), titles) {
      #expect(line.hasSuffix("  \(title)"), "\(line)")
    }
  }

  @Test func allOfAScenarioIsShown() throws {
    let lines = try ScenarioReport.show(
      text: ScenarioSample.text,
      file: "shop.toml",
      in: .chinese
    )
    #expect(
      lines.joined(separator: "\n") == """
        shop: 商店
        A shop.

        customers
          rate      20 a second for each way
          peak      step, 10 times for 20 s
          accounts  100, 5 % of them poor
          risky     10 %
          knob      有风险: 0, 10, 50; at first 10

        services
          shop           called by customers, 40 threads for each way, work 0 ms
            sync         calls stock, delivery when risky
            async        calls stock
            async        publishes orders/order.placed (confirm, persistent)
            async        publishes mail (none, transient, when risky)
            alternative  calls stock
            alternative  publishes orders/order.late (outbox, persistent)
          stock          work 50 ms, normal 20 %, hop 10 ms, errors 1 %, tried again 2
                         times, deducts
          delivery       work 50 ms
            queue        delivery: orders/order.*, prefetch 6, 2 consumers, not durable,
                         at most 200, then drop the oldest, on error retry, 5
                         deliveries, dead letters, idempotent
          mail           joins later, work 50 ms
            queue        mail: prefetch 10, auto-ack, counts replies

        timed run
          20 to 40 %  delivery error 30 % in 50 % of the steps 7 times
          50 %        load step, 5 times
          60 %        load steady
          70 %        mail joins

        phases
          calm  5 to 20 %

        lesson
          calm  Look
        """
    )
  }

  @Test func aGoodFileIsSaidInOneLineAndABadOneThrown() throws {
    let line = try ScenarioReport.check(text: ScenarioSample.text, file: "a\u{1B}.toml")
    #expect(line == "a?.toml: shop, 4 services, 2 queues, 1 phase, 1 step")
    let bad = ScenarioSample.text.replacing("rate = 20", with: "rate = 0")
    let problem = #expect(throws: ScenarioProblem.self) {
      try ScenarioReport.check(text: bad, file: "shop.toml")
    }
    #expect(problem?.description == "shop.toml:4: rate: must be 1 to 1000; it is 0")
  }
}
