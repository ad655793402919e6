import Canvas
import Dashboard
import Telemetry
import Testing

@Suite struct SlidingWindowTests {
  private func snapshot(at seconds: Double, published: UInt64) -> BrokerSnapshot {
    var totals = BrokerTotals()
    totals.published = published
    return BrokerSnapshot(
      at: Instant.zero.advanced(bySeconds: seconds),
      wallTime: WallTime(milliseconds: 0),
      identity: BrokerIdentity(label: "b", endpoint: "e", startedAt: .zero),
      totals: totals
    )
  }

  private func rate(_ window: SlidingWindow<BrokerSnapshot>) -> Double? {
    guard let base = window.base, let newest = window.newest else { return nil }
    return Rates.perSecond(
      newest.totals.published,
      since: base.totals.published,
      seconds: window.baseSeconds
    )
  }

  @Test func aRateIsTheIncreaseOfTheSumOverTheSpan() {
    var window = SlidingWindow<BrokerSnapshot>(seconds: 2)
    var sum: UInt64 = 0
    // 40 a second, then 200 a second: two seconds later the rate is exactly the new one.
    for step in 0..<40 {
      sum += step <= 20 ? 10 : 50
      _ = window.add(snapshot(at: Double(step) * 0.25, published: sum))
      if step >= 1, step <= 20 { #expect(rate(window) == 40) }
      if step >= 28 { #expect(rate(window) == 200) }
    }
  }

  @Test func oneSnapshotAloneGivesNoRate() {
    var window = SlidingWindow<BrokerSnapshot>(seconds: 2)
    _ = window.add(snapshot(at: 1, published: 900))
    #expect(rate(window) == nil)
  }

  @Test func aRateOverAMomentIsNotShown() {
    var window = SlidingWindow<BrokerSnapshot>(seconds: 2)
    _ = window.add(snapshot(at: 1, published: 0))
    _ = window.add(snapshot(at: 1.05, published: 100))
    #expect(rate(window) == nil)
  }

  @Test func aSumThatWentDownGivesNoRate() {
    var window = SlidingWindow<BrokerSnapshot>(seconds: 2)
    _ = window.add(snapshot(at: 1, published: 500))
    _ = window.add(snapshot(at: 2, published: 3))
    #expect(rate(window) == nil)
  }

  @Test func aSnapshotThatIsNotNewerIsLeftOut() {
    var window = SlidingWindow<BrokerSnapshot>(seconds: 2)
    let first = window.add(snapshot(at: 1, published: 10))
    let same = window.add(snapshot(at: 1, published: 99))
    let older = window.add(snapshot(at: 0.5, published: 99))
    #expect([first, same, older] == [true, false, false])
    #expect(window.newest?.totals.published == 10)
  }

  @Test func afterASilenceTheOldBaseDoesNotThinTheRate() {
    var window = SlidingWindow<BrokerSnapshot>(seconds: 2)
    _ = window.add(snapshot(at: 0, published: 0))
    _ = window.add(snapshot(at: 60, published: 0))
    _ = window.add(snapshot(at: 60.25, published: 25))
    #expect(rate(window) == 100)
  }

  @Test func snapshotsThatKeysAskForDoNotShortenTheSpan() {
    var window = SlidingWindow<BrokerSnapshot>(seconds: 2)
    for step in 0..<2_000 {
      let seconds = Double(step) * 0.01
      _ = window.add(snapshot(at: seconds, published: UInt64(step)))
    }
    #expect(window.baseSeconds >= 2)
    #expect(window.baseSeconds < 2.2)
    #expect((99...101).contains(rate(window) ?? 0))
  }

  @Test func theBaseOfAChartIsAsOldAsAskedFor() {
    var window = SlidingWindow<BrokerSnapshot>(seconds: 2)
    for step in 0..<12 { _ = window.add(snapshot(at: Double(step) * 0.25, published: 0)) }
    let base = window.sample(agedSeconds: 1)
    #expect(base?.at == Instant.zero.advanced(bySeconds: 1.75))
  }
}

@Suite struct TimeSeriesTests {
  private func series(_ capacity: Int = 8) -> TimeSeries {
    TimeSeries(capacity: capacity, slotNanoseconds: 1_000_000_000, gapSlots: 2)
  }

  private func text(_ values: [Float]) -> [String] {
    values.map { $0.isNaN ? "-" : String(Int($0)) }
  }

  @Test func theNewestSampleStandsLast() {
    var series = series(4)
    for second in 0..<6 {
      series.add(Float(second), at: Instant(nanoseconds: Int64(second) * 1_000_000_000))
    }
    #expect(text(series.resampled(to: 4)) == ["2", "3", "4", "5"])
    #expect(series.newest == 5)
  }

  @Test func aMissedSampleIsJitterAndSeveralAreAGap() {
    var series = series()
    for second in [0, 1, 3, 7] as [Int64] {
      series.add(Float(second), at: Instant(nanoseconds: second * 1_000_000_000))
    }
    #expect(text(series.resampled(to: 8)) == ["0", "1", "3", "3", "-", "-", "-", "7"])
  }

  @Test func aPeakKeepsItsHeightWhileItMoves() {
    var series = series(60)
    for second in 0..<100 {
      let value: Float = second == 50 ? 99 : 1
      series.add(value, at: Instant(nanoseconds: Int64(second) * 1_000_000_000))
      let shown = series.resampled(to: 16)
      let peaks = shown.filter { $0 == 99 }.count
      #expect(peaks == (second >= 50 ? 1 : 0), "second \(second)")
    }
  }

  @Test func theLargestOfASpanIsKeptWhereAskedFor() {
    var series = series()
    let instant = Instant(nanoseconds: 5_000_000_000)
    series.add(3, at: instant, combining: .largest)
    series.add(9, at: instant, combining: .largest)
    series.add(4, at: instant, combining: .largest)
    #expect(series.newest == 9)
    series.add(4, at: instant)
    #expect(series.newest == 4)
  }

  @Test func anOlderSampleIsLeftOut() {
    var series = series()
    series.add(1, at: Instant(nanoseconds: 9_000_000_000))
    series.add(2, at: Instant(nanoseconds: 4_000_000_000))
    #expect(text(series.resampled(to: 2)) == ["-", "1"])
  }

  @Test(arguments: [1, 2, 3, 7, 8, 9, 16, 100])
  func anyNumberOfValuesCanBeAskedFor(count: Int) {
    var series = series()
    for second in 0..<30 {
      series.add(5, at: Instant(nanoseconds: Int64(second) * 1_000_000_000))
      #expect(series.resampled(to: count).count == count)
    }
    #expect(series.resampled(to: count).allSatisfy { $0 == 5 })
  }

  @Test func aLongSilenceCostsNoMoreThanTheCapacity() {
    var series = series()
    series.add(1, at: .zero)
    series.add(2, at: Instant(nanoseconds: .max))
    #expect(text(series.resampled(to: 8)) == ["-", "-", "-", "-", "-", "-", "-", "2"])
  }
}

@Suite struct ShownRatesTests {
  /// The figures of a row of a frame, without its frame and its sparkline.
  private func row(_ name: String, of model: Model) -> [String] {
    let lines = textFrame(model).split(separator: "\n")
    guard let line = lines.first(where: { $0.contains(name) }) else { return [] }
    return line.split(separator: " ").map(String.init)
  }

  @Test func theTableShowsTheIncreaseOfTheBrokersSums() {
    var model = Model(size: Size(columns: 120, rows: 36), options: ViewOptions(hasLab: false))
    var enqueued: UInt64 = 7_000_000
    var acknowledged: UInt64 = 6_000_000
    for step in 0..<20 {
      enqueued += 30
      acknowledged += 10
      let queue = QueueSnapshot(
        virtualHost: "/",
        name: "work",
        ready: 5,
        consumerCount: 1,
        enqueued: enqueued,
        delivered: acknowledged,
        acknowledged: acknowledged
      )
      let snapshot = BrokerSnapshot(
        at: Instant.zero.advanced(bySeconds: Double(step) * 0.25),
        wallTime: WallTime(milliseconds: 0),
        identity: BrokerIdentity(label: "b", endpoint: "e", startedAt: .zero),
        queues: [queue]
      )
      _ = update(&model, .snapshot(snapshot))
    }
    // 30 and 10 each quarter of a second.
    let shown = row("›work", of: model)
    #expect(Array(shown.dropFirst(1).prefix(4)) == ["5", "0", "120.0", "40.0"])
  }

  @Test func aTotalIsNeverShownAsARate() {
    var model = Model(size: Size(columns: 120, rows: 36), options: ViewOptions(hasLab: false))
    let queue = QueueSnapshot(
      virtualHost: "/",
      name: "work",
      consumerCount: 1,
      enqueued: 812,
      acknowledged: 812
    )
    for step in 0..<2 {
      let snapshot = BrokerSnapshot(
        at: Instant.zero.advanced(bySeconds: Double(step)),
        wallTime: WallTime(milliseconds: 0),
        identity: BrokerIdentity(label: "b", endpoint: "e", startedAt: .zero),
        queues: [queue]
      )
      _ = update(&model, .snapshot(snapshot))
      let rates = Array(row("›work", of: model).dropFirst(3).prefix(2))
      #expect(rates == (step == 0 ? ["-", "-"] : ["0.0", "0.0"]))
    }
  }
}
