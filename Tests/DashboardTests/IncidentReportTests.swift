import Canvas
import Telemetry
import TestSupport
import Testing

@testable import Dashboard

/// The page about what happened.
@Suite(.serialized, .computing) struct IncidentReportTests {
  /// Half a minute of health, a minute and a half of trouble, half a minute of health.
  private static func incident(_ trouble: SampleWorld = .trouble, to end: Int = 150) -> Model {
    var model = Model(
      size: Size(columns: 120, rows: 36),
      options: ViewOptions(refreshSeconds: 1)
    )
    for second in 0...end {
      let world = (31...120).contains(second) ? trouble : .payment
      _ = update(&model, .snapshot(world.broker(at: Double(second))))
      _ = update(&model, .lab(world.lab(at: Double(second))))
    }
    return model
  }

  private static let whole = incident()

  private func page(_ model: Model, minutes: Int = 5) -> String {
    model.exportJob(.incident(minutes: minutes), at: SampleWorld.wall(0)).content()
  }

  @Test func itSaysWhatWasWrongAndWhenItBeganAndEnded() {
    let page = page(Self.whole)
    #expect(page.contains("### NO CONSUMER audit: 18 wait and nobody consumes"))
    let section = page.components(after: "### NO CONSUMER audit")
    #expect(section.contains("over at 06:02:01"))
    #expect(section.contains("- why: "))
    #expect(section.contains("- try: "))
    Golden.expect(page, named: "incident-report", suffix: "md")
  }

  @Test func whatIsNotOverSaysSo() {
    let page = page(Self.incident(to: 100))
    #expect(page.components(after: "### NO CONSUMER audit").contains("not over at the end"))
  }

  @Test func theWindowIsWhatWasAskedFor() {
    let model = Self.whole
    #expect(page(model, minutes: 1).contains("window: 2026-11-24 06:01:30 to 06:02:30 (60s), UTC"))
    #expect(page(model, minutes: 1).contains("it was there when the window began"))
    #expect(page(model, minutes: 10).contains("06:00:00 to 06:02:30 (2m30s)"))
  }

  @Test func aFrozenScreenIsInTheMiddle() {
    var model = Self.whole
    for _ in 0..<6 { press("2 \u{7B}", in: &model) }
    let page = page(model, minutes: 1)
    #expect(page.contains("window: 2026-11-24 06:01:00 to 06:02:00"), "\(page.prefix(400))")
  }

  @Test func theLedgerAddsUp() {
    let page = page(Self.whole)
    #expect(page.contains("remainder 0: every copy is accounted for"))
    #expect(page.contains("## The scenario's ledger"))
  }

  @Test func nothingWrongSaysSo() {
    let page = page(Self.incident(to: 30))
    #expect(page.contains("- worst: nothing was wrong"))
    #expect(page.contains("## What was wrong\n\nNothing.\n"))
  }

  @Test func namesAreNoMarkupAndNothingATerminalObeys() {
    var world = SampleWorld.payment
    let name = "evil|<b>*x*`\u{1B}[2J\n# head"
    world.queues.append(
      SampleWorld.SampleQueue(
        name: name,
        perSecond: 0,
        ready: 50,
        consumerCount: 0,
        oldestSeconds: 60
      )
    )
    let page = page(Self.incident(world))
    #expect(page.contains("evil\\|\\<b\\>\\*x\\*\\`␛\\[2J␊\\# head"))
    #expect(!page.unicodeScalars.contains("\u{1B}"))
    #expect(!page.contains("\n# head"))
    // The one fence that there is.
    #expect(page.split(separator: "\n").filter { $0.hasPrefix("```") }.count == 2)
  }

  @Test(
    arguments: [
      ([], ""), ([nil, nil], "  "), ([0, 0], "▁▁"), ([0, 1, 2, 4, 8], "▁▂▃▅█"),
      ([nil, 5], " █"), ([.nan, 1], " █"), ([0.001, 1_000], "▂█"),
    ] as [([Double?], String)]
  )
  func aChartGoesFromNothingToItsMost(values: [Double?], text: String) {
    #expect(Sparkline.text(values) == text)
  }

  @Test func aThousandQueuesAreSummedUp() {
    var model = Model(size: Size(columns: 120, rows: 36), options: ViewOptions(hasLab: false))
    var world = SampleWorld.payment
    world.queues = (0..<1_000).map {
      SampleWorld.SampleQueue(name: "queue-\($0)", perSecond: 1, ready: $0 % 7)
    }
    for second in 0...5 { _ = update(&model, .snapshot(world.broker(at: Double(second)))) }
    let page = page(model)
    #expect(page.contains("980 more had fewer messages."))
    #expect(page.utf8.count < 20_000)
  }
}

extension String {
  /// What follows a text; empty when it is not there.
  fileprivate func components(after text: String) -> String {
    guard let found = firstRange(of: text) else { return "" }
    let rest = self[found.upperBound...]
    return String(rest[..<(rest.firstRange(of: "\n### ")?.lowerBound ?? rest.endIndex)])
  }
}
