import Canvas
import Telemetry

/// Two quantities in one box: the first grows from the middle upward, the second downward.
struct ChartPair {
  var upper: ChartSeries
  var lower: ChartSeries
  /// Whether the two can be compared, so that they must be drawn to one scale.
  var isComparable: Bool
}

struct ChartSeries {
  var title: [Span]
  /// Nil where nothing is remembered.
  var series: TimeSeries?
  var role: Role
}

extension Painter {
  mutating func drawCharts() {
    for (index, area) in layout.charts.enumerated() {
      guard let pair = chartPair(index) else { continue }
      draw(pair, in: area)
    }
  }

  /// The charts' most important numbers in one line.
  mutating func drawSparklines(in line: Rectangle) {
    let parts = min(3, max(1, line.columns / 26))
    let history = picture.history
    let totals = picture.broker?.totals
    var entries: [(label: [Span], series: TimeSeries, role: Role)] = [
      (
        [Span("in "), Span(perSecond(rate(\.published)), .metricPublish)],
        history.publishRate, .metricPublish
      ),
      (
        [
          Span("ready "),
          Span(totals.map { Format.count($0.ready) } ?? Format.none, .metricReady),
        ],
        history.ready, .metricReady
      ),
    ]
    entries.append(
      model.options.hasLab
        ? customersEntry
        : (
          [Span("ack "), Span(perSecond(rate(\.acknowledged)), .metricAck)],
          history.ackRate, .metricAck
        )
    )
    for (index, entry) in entries.prefix(parts).enumerated() {
      let start = line.columns * index / parts
      let end = line.columns * (index + 1) / parts
      let room = end - start - 2
      let used = grid.put(entry.label, at: line.shifted(start + 1), limit: room)
      let bars = Rectangle(
        column: line.column + start + used + 2,
        row: line.row,
        columns: room - used - 2,
        rows: 1
      )
      drawSparkline(entry.series, in: bars, role: entry.role)
      drawOnsets(on: entry.series, in: bars)
    }
  }

  /// Draws a series over the width of an area, scaled to its own peak.
  mutating func drawSparkline(_ series: TimeSeries, in area: Rectangle, role: Role) {
    guard area.columns > 0 else { return }
    let slots = series.slots(in: .minute)
    let values = series.resampled(to: area.columns, over: slots)
    // Some messages more or less are no mountain.
    let ceiling = max(6, Self.peak(of: values))
    grid.draw(
      sparkline: Graph(values: values, ceiling: ceiling, style: Style(role)),
      in: area,
      glyphs: glyphs
    )
  }

  func perSecond(_ rate: Double?) -> String {
    rate == nil ? Format.none : Format.rate(rate) + "/s"
  }

  private var customersEntry: (label: [Span], series: TimeSeries, role: Role) {
    let isSynchronous = picture.lab?.mode == .synchronous
    let way: CallWay = isSynchronous ? .synchronous : .asynchronous
    let p95 = picture.lab?.ways.first { $0.way == way }?.latency?.p95
    let role: Role = isSynchronous ? .labSynchronous : .labAsynchronous
    return (
      [
        Span(isSynchronous ? "sync p95 " : "async p95 "),
        Span(Format.milliseconds(p95) + (p95 == nil ? "" : "ms"), role),
      ],
      isSynchronous ? picture.history.synchronousP95 : picture.history.asynchronousP95,
      role
    )
  }

  private func chartPair(_ index: Int) -> ChartPair? {
    let history = picture.history
    let totals = picture.broker?.totals
    func rated(_ name: String, _ rate: Double?, _ series: TimeSeries, _ role: Role) -> ChartSeries {
      ChartSeries(
        title: [Span(name + " "), Span(perSecond(rate), role)],
        series: series,
        role: role
      )
    }
    func level(_ name: String, _ value: UInt64?, _ series: TimeSeries, _ role: Role) -> ChartSeries
    {
      ChartSeries(
        title: [Span(name + " "), Span(value.map { Format.count($0) } ?? Format.none, role)],
        series: series,
        role: role
      )
    }
    switch index {
    case 0:
      return ChartPair(
        upper: rated("publish", rate(\.published), history.publishRate, .metricPublish),
        lower: rated("ack", rate(\.acknowledged), history.ackRate, .metricAck),
        isComparable: true
      )
    case 1:
      return ChartPair(
        upper: level("ready", totals?.ready, history.ready, .metricReady),
        lower: level("unacked", totals?.unacked, history.unacked, .metricUnacked),
        isComparable: false
      )
    case 2 where model.options.hasLab:
      return ChartPair(
        upper: customers(.synchronous, history.synchronousP95),
        lower: customers(.asynchronous, history.asynchronousP95),
        isComparable: true
      )
    case 2:
      return ChartPair(
        upper: rated("deliver", rate(\.delivered), history.deliverRate, .metricDeliver),
        lower: rated("redeliver", rate(\.redelivered), history.redeliverRate, .metricRedeliver),
        isComparable: true
      )
    case 3:
      return ChartPair(
        upper: rated("redeliver", rate(\.redelivered), history.redeliverRate, .metricRedeliver),
        lower: rated("dropped", rate(\.unroutable), history.dropRate, .metricDrop),
        isComparable: true
      )
    default:
      return nil
    }
  }

  func customers(_ way: CallWay, _ series: TimeSeries) -> ChartSeries {
    let isSynchronous = way == .synchronous
    let role: Role = isSynchronous ? .labSynchronous : .labAsynchronous
    let name = isSynchronous ? "sync" : "async"
    var title = [Span(name + " ")]
    if let latency = picture.lab?.ways.first(where: { $0.way == way })?.latency {
      let p50 = Format.milliseconds(latency.p50)
      let p95 = Format.milliseconds(latency.p95)
      title += [
        Span("p50 "), Span(p50, role), Span(" p95 "), Span(p95 + " ms", role),
        Span(" n " + Format.count(latency.sampleCount), .muted),
      ]
    } else {
      title.append(Span(Format.none, role))
    }
    return ChartSeries(title: title, series: series, role: role)
  }

  func scale(_ ceiling: Float) -> Span {
    Span("max " + Format.count(Int(min(ceiling, 1e15))), .muted)
  }

  static func peak(of values: [Float]) -> Float {
    var peak: Float = 0
    for value in values where value > peak { peak = value }
    return peak
  }

  /// Returns the next of 10, 20, 30, 50, 100 and so on, so that a scale stays while its peak trembles.
  static func roundCeiling(_ peak: Float) -> Float {
    var unit: Float = 10
    while unit < 1e9 {
      for step in [unit, 2 * unit, 3 * unit, 5 * unit] where peak <= step { return step }
      unit *= 10
    }
    return max(peak, unit)
  }
}
