import Canvas
import Diagnosis
import Telemetry
import TestSupport
import Testing

@testable import Dashboard

/// Onsets and events stand on the charts where their time is.
@Suite(.serialized, .computing) struct ChartMarkTests {
  /// A minute of a queue that loses its consumers at the origin, a snapshot every so many seconds.
  private func model(
    _ size: Size,
    until end: Double = 30,
    every step: Double = 0.25,
    glyphs: Glyphs = Glyphs()
  ) -> Model {
    var model = Model(
      size: size,
      options: ViewOptions(glyphs: glyphs, hasLab: false, refreshSeconds: step)
    )
    var seconds = -40.0
    while seconds <= end {
      let world: SampleWorld = seconds <= 0 ? .payment : .killed
      _ = update(&model, .snapshot(world.broker(at: seconds)))
      seconds += step
    }
    return model
  }

  /// The columns of the first chart in which an onset is drawn, and its width.
  private func onsets(in model: Model) -> (columns: [Int], width: Int)? {
    let layout = Layout(for: model)
    guard let area = layout.charts.first?.inset(columns: 1, rows: 1) else { return nil }
    let grid = render(model)
    let columns = (0..<area.columns).filter { column in
      (area.row..<area.endRow).contains { row in
        grid[area.column + column, row].scalar == model.glyphs.onset
          && grid[area.column + column, row].style.role == .graphOnset
      }
    }
    return (columns, area.columns)
  }

  private func expectOnset(
    _ model: Model,
    ago seconds: Double,
    of span: Double = 60,
    slack: Double = 1,
    _ location: SourceLocation = #_sourceLocation
  ) throws {
    let found = try #require(onsets(in: model), sourceLocation: location)
    let expected = Double(found.width) * (1 - seconds / span)
    #expect(found.columns.count == 1, "\(found)", sourceLocation: location)
    let column = Double(try #require(found.columns.first, sourceLocation: location)) + 0.5
    #expect(abs(column - expected) <= slack, "\(column), not \(expected)", sourceLocation: location)
  }

  private static let queue = "2 g Enter"

  @Test(
    arguments: [
      Size(columns: 104, rows: 40), Size(columns: 120, rows: 36), Size(columns: 200, rows: 60),
    ],
    [0.25, 0.5, 1.0, 2.0]
  )
  func anOnsetStandsInTheColumnOfItsTime(size: Size, step: Double) throws {
    for ago in [5.0, 12, 30] {
      var model = model(size, until: ago, every: step)
      let since = try #require(model.live.problems.listed.first?.finding?.since)
      let seconds = try #require(model.live.broker?.at).seconds(since: since)
      // As exactly as a column and a snapshot are wide.
      try expectOnset(model, ago: seconds, slack: 1.5 + step * Double(size.columns) / 3 / 60)
      press(Self.queue, in: &model)
      try expectOnset(
        model,
        ago: seconds,
        slack: 1.5 + max(1, step) * Double(size.columns) / 2 / 60
      )
    }
  }

  @Test func inASCIIItIsNoPartOfACurve() throws {
    let model = model(Size(columns: 120, rows: 36), glyphs: Glyphs().ascii())
    #expect(try #require(onsets(in: model)).columns.count == 1)
    #expect(!"#+:._".unicodeScalars.contains(model.glyphs.onset))
  }

  @Test func theTitleSaysWhen() {
    var model = model(Size(columns: 120, rows: 36))
    #expect(textFrame(model).contains("┊ 06:00:0"))
    press(Self.queue, in: &model)
    #expect(textFrame(model).contains("  onset 06:00:0"))
  }

  @Test func itGoesWithTheTimeThatIsShown() throws {
    var model = model(Size(columns: 120, rows: 36), until: 30)
    press("[", in: &model)
    for _ in 0..<3 { press("2 \u{7B} 1", in: &model) }
    let shown = try #require(model.frozen?.picture)
    let since = try #require(shown.problems.listed.first?.finding?.since)
    let ago = try #require(shown.broker?.at).seconds(since: since)
    #expect(ago < 25)
    try expectOnset(model, ago: ago, slack: 1.5)
    // Before it began, nothing is marked.
    for _ in 0..<12 { press("2 \u{7B} 1", in: &model) }
    #expect(try #require(onsets(in: model)).columns.isEmpty)
  }

  @Test func aLongerSpanMovesItToTheRight() throws {
    var model = model(Size(columns: 120, rows: 36), until: 50)
    try expectOnset(model, ago: 50, slack: 1.5)
    press(")", in: &model)
    try expectOnset(model, ago: 50, of: 300, slack: 1.5)
    press(")", in: &model)
    try expectOnset(model, ago: 50, of: 600, slack: 1.5)
    press(Self.queue, in: &model)
    try expectOnset(model, ago: 50, of: 600, slack: 2)
    #expect(textFrame(model).contains("10m"))
    press(")", in: &model)
    #expect(textFrame(model).contains("10m is the longest"))
    press("( ( (", in: &model)
    #expect(textFrame(model).contains("60s is the shortest"))
    try expectOnset(model, ago: 50, slack: 2.5)
  }

  @Test func whatIsOlderThanTheChartIsNotOnIt() throws {
    var model = model(Size(columns: 120, rows: 36), until: 70, every: 0.5)
    #expect(try #require(onsets(in: model)).columns.isEmpty)
    press(")", in: &model)
    try expectOnset(model, ago: 70, of: 300, slack: 1.5)
  }

  @Test func aLongerSpanShowsWhatWasBefore() throws {
    var series = LongTrack(count: 1, refreshSeconds: 0.5)
    var short = History.secondsSeries(refreshSeconds: 0.5)
    for second in 0..<700 {
      let now = Instant.zero.advanced(bySeconds: Double(second))
      if series.isDue(at: now) { series.keep([short], at: now) }
      short.add(Float(second), at: now, combining: .largest)
    }
    // The largest of each five seconds, the newest over just now.
    let values = series.series[0].resampled(to: 120)
    #expect(values.last == 694)
    #expect(values.first == 99)
    #expect(zip(values, values.dropFirst()).allSatisfy { $1 - $0 == 5 })
  }

  @Test(arguments: [1, 2, 7, 38, 57, 60, 76, 114, 240, 400])
  func aPlaceIsWhereTheValueOfThatTimeIs(count: Int) throws {
    for (slots, newest) in [(240, 1_000), (60, 77), (60, 30), (37, 500)] {
      for shown in [nil, slots / 2, 5] as [Int?] {
        let visible = min(newest, shown ?? slots)
        for age in stride(from: 0, to: visible, by: 3) {
          var series = TimeSeries(capacity: slots, slotNanoseconds: 1_000, gapSlots: 2)
          for slot in 0...newest {
            series.add(
              slot == newest - age ? 1 : 0,
              at: Instant(nanoseconds: Int64(slot) * 1_000)
            )
          }
          let instant = Instant(nanoseconds: Int64(newest - age) * 1_000 + 400)
          guard let place = series.place(of: instant, in: count, over: shown) else { continue }
          #expect(series.resampled(to: count, over: shown)[place] == 1)
        }
        let series = TimeSeries(capacity: slots, slotNanoseconds: 1_000, gapSlots: 2)
        #expect(series.place(of: .zero, in: count, over: shown) == nil)
      }
    }
  }

  @Test func aQueuesChartHasItsEventsAndThoseOfTheWholeBroker() {
    var world = SampleWorld.payment
    world.events = []
    var model = Model(size: Size(columns: 120, rows: 36), options: ViewOptions(hasLab: false))
    watch(&model, world, from: -30, to: 0)
    var snapshot = world.broker(at: 0.25)
    let texts = [
      "queue 'points.payments' purged of 3 messages", "queue 'other' purged of 3 messages",
      "memory alarm: too much; publishers wait",
    ]
    snapshot.events = texts.enumerated().map { index, text in
      BrokerEvent(
        sequence: UInt64(index + 1),
        wallTime: SampleWorld.wall(-20 + 5 * Double(index)),
        severity: .warning,
        text: text
      )
    }
    _ = update(&model, .snapshot(snapshot))
    func marks(_ subject: Dashboard.Subject) -> Set<String> {
      let marks = ChartMarks(in: model.live, about: subject) { instant in
        let age = snapshot.at.seconds(since: instant)
        return age < 60 ? Int(60 - age) : nil
      }
      return Set(marks.events.values.map(\.text))
    }
    #expect(marks(.everything) == Set(texts))
    let queue = QueueIdentity(virtualHost: "/", name: "points.payments")
    #expect(marks(.queue(queue)) == [texts[0], texts[2]])
  }

  @Test func theWorstEventOfAColumnIsDrawn() throws {
    var world = SampleWorld.payment
    world.events = [
      (.information, "consumer a joined q"), (.critical, "the worst"), (.warning, "not so bad"),
    ]
    var model = Model(size: Size(columns: 120, rows: 36), options: ViewOptions(hasLab: false))
    watch(&model, world, from: -10, to: 0)
    let marks = ChartMarks(in: model.live, about: .everything) { _ in 3 }
    #expect(marks.events.count == 1)
    #expect(marks.events[3]?.text == "the worst")
  }

  @Test func everyKindOfEventHasASignOfItsOwnInASCIIToo() {
    for glyphs in [Glyphs(), Glyphs().ascii()] {
      let signs: Set<Unicode.Scalar> = [
        glyphs.alert, glyphs.ok, glyphs.tick, glyphs.byYou, glyphs.rising, glyphs.falling,
        glyphs.onset,
      ]
      #expect(signs.count == 7)
      if glyphs.isASCII { #expect(signs.allSatisfy { $0.isASCII }) }
    }
  }
}
