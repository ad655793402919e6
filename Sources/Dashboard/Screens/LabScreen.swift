import Canvas
import Telemetry

/// The head of the lab's screen, and its curves.
extension Painter {
  /// What runs, how far, and what can be turned.
  func labLine(columns: Int) -> [Span] {
    var line = [Span(" lab", .title)]
    guard let lab = picture.lab else { return line }
    line.append(Span(" " + SafeText.clean(lab.scenario), .title))
    line.append(Span(columns >= 60 ? "  " : " "))
    line += labState(lab, isWide: columns >= 100)
    if lab.shape.kind != .steady {
      line.append(
        Span(
          "  \(lab.shape.kind.rawValue): "
            + lab.shape.description(
              perSecond: model.frozen == nil ? model.load : lab.offeredPerSecond
            ),
          .alertInformation
        )
      )
    }
    if let knob = lab.knob {
      let value = model.frozen == nil ? model.knobValue ?? knob.value : knob.value
      line += [
        Span("  {} ", .key), Span(SafeText.clean(knob.label) + " "),
        Span(Format.count(value) + SafeText.clean(knob.unit), .title),
      ]
    }
    if lab.messageBytes > 0 {
      line.append(Span("  messages +\(Format.bytes(lab.messageBytes))", .muted))
    }
    if let current = model.currentStep {
      line.append(Span("  " + model.lessonWords.place(current.index, of: current.count), .key))
    }
    if !lab.title.isEmpty { line.append(Span("  " + SafeText.clean(lab.title), .muted)) }
    return line
  }

  /// The curves: what comes, what becomes of it, and what waits.
  mutating func drawLabCharts() {
    for (index, area) in layout.charts.enumerated() {
      guard let pair = labChart(index) else { continue }
      draw(pair, in: area)
    }
  }

  private func labChart(_ index: Int) -> ChartPair? {
    let history = picture.history
    let first = picture.lab?.ways.first?.way ?? .synchronous
    func rated(_ name: String, _ series: TimeSeries?, _ role: Role) -> ChartSeries {
      let newest = series?.newest ?? .nan
      let number = newest.isNaN ? Format.none : Format.rate(Double(newest)) + "/s"
      return ChartSeries(
        title: [Span(name + " "), Span(number, role)],
        series: series,
        role: role
      )
    }
    switch index {
    case 0:
      return ChartPair(
        upper: rated("arrivals", history.ways[first]?.offered, .metricPublish),
        lower: rated("A failed", history.ways[.synchronous]?.failed, .labFault),
        isComparable: true
      )
    case 1:
      let waiting = history.labWaiting.newest
      return ChartPair(
        upper: rated("B works", history.labWork, .metricAck),
        lower: ChartSeries(
          title: [
            Span("waiting "),
            Span(
              waiting.isNaN ? Format.none : Format.count(Int(max(0, waiting))),
              .metricReady
            ),
          ],
          series: history.labWaiting,
          role: .metricReady
        ),
        isComparable: false
      )
    case 2:
      return ChartPair(
        upper: latency(.synchronous),
        lower: latency(.asynchronous),
        isComparable: true
      )
    case 3 where history.ways[.alternative] != nil:
      return ChartPair(
        upper: latency(.alternative),
        lower: rated("C failed", history.ways[.alternative]?.failed, .labFault),
        isComparable: false
      )
    case 3:
      return ChartPair(
        upper: rated("A done", history.ways[.synchronous]?.done, .labSynchronous),
        lower: rated("B done", history.ways[.asynchronous]?.done, .labAsynchronous),
        isComparable: true
      )
    default: return nil
    }
  }

  private func latency(_ way: CallWay) -> ChartSeries {
    let p95 = picture.lab?.ways.first { $0.way == way }?.latency?.p95
    let series = picture.history.ways[way]?.p95
    return ChartSeries(
      title: [
        Span("\(way.letter) p95 "),
        Span(Format.milliseconds(p95) + (p95 == nil ? "" : " ms"), way.role),
      ],
      series: series,
      role: way.role
    )
  }
}
