import Canvas
import Dashboard
import Telemetry
import TestSupport
import Testing

/// Golden frames of charts with onsets and events, of the evidence, and of the past.
@Suite(.serialized, .computing) struct MarkGoldenTests {
  private static let sizes = [Size(columns: 80, rows: 24), Size(columns: 120, rows: 36)]

  private static let happenings: [(at: Double, severity: BrokerEvent.Severity, text: String)] = [
    (-24, .information, "queue 'points.payments' paused (you)"),
    (-21, .information, "queue 'points.payments' resumed (you)"),
    (-8, .warning, "consumer 'points-1' left points.payments holding 3"),
    (-5, .information, "consumer 'points-2' joined points.payments"),
    (8, .warning, "queue 'trade.payments' purged of 12 messages"),
  ]

  /// A queue has no consumers for a while, twice, and other things happen.
  private static func model(_ glyphs: Glyphs = Glyphs()) -> Model {
    var model = Model(
      size: Size(columns: 120, rows: 36),
      options: ViewOptions(glyphs: glyphs, hasLab: false)
    )
    var trouble = SampleWorld.trouble
    trouble.queues.removeAll { $0.name == "audit" }
    for step in 0...240 {
      let seconds = Double(step) / 4 - 40
      let isWrong = (-30 ..< -15).contains(seconds) || seconds >= 0
      var snapshot = (isWrong ? trouble : SampleWorld.payment).broker(at: seconds)
      snapshot.events = happenings.filter { $0.at <= seconds }.enumerated().map { index, event in
        BrokerEvent(
          sequence: UInt64(index + 1),
          wallTime: SampleWorld.wall(event.at),
          severity: event.severity,
          text: event.text
        )
      }
      _ = update(&model, .snapshot(snapshot))
      _ = update(&model, .tick(snapshot.at, snapshot.wallTime))
    }
    return model
  }

  private static let troubled = model()

  private func expect(_ model: Model, _ name: String, _ size: Size) {
    var resized = model
    _ = update(&resized, .resized(size))
    Golden.expect(render(resized), named: "\(name)-\(size.columns)x\(size.rows)")
  }

  private func pressed(_ keys: String) -> Model {
    var model = Self.troubled
    press(keys, in: &model)
    return model
  }

  @Test(arguments: sizes)
  func theOverviewWithAnOnsetAndEvents(size: Size) {
    expect(Self.troubled, "marks-overview", size)
  }

  @Test(arguments: sizes)
  func aQueueWithAnOnset(size: Size) { expect(pressed("2 g Enter"), "marks-queue", size) }

  /// Its own events, and those of no other.
  @Test(arguments: sizes)
  func aQueueWithEvents(size: Size) {
    expect(pressed("2 g j j Enter"), "marks-events", size)
  }

  @Test(arguments: sizes)
  func aLongerTime(size: Size) { expect(pressed(")"), "marks-longer", size) }

  @Test(arguments: sizes)
  func theEvidence(size: Size) { expect(pressed("d"), "why", size) }

  @Test(arguments: sizes)
  func whatIsWrongUnderTheKeys(size: Size) { expect(pressed("S-Tab"), "verdict-focus", size) }

  @Test(arguments: sizes)
  func thePast(size: Size) {
    expect(pressed("2 \u{7B} \u{7B} \u{7B} \u{7B} 1"), "scrubbed-overview", size)
    expect(pressed("7 \u{7B} \u{7B} \u{7B} \u{7B} \u{7B} \u{7B}"), "scrubbed-events", size)
  }

  @Test(arguments: sizes)
  func allOfItInASCII(size: Size) {
    expect(Self.model(Glyphs().ascii()), "marks-ascii", size)
  }
}
