import Canvas
import Telemetry

/// One request of a way, step after step, as bars.
extension Painter {
  /// A step, or several that share a line.
  private struct Bar {
    var step: RequestStep
    var count: Int
    var isPublish: Bool
  }

  /// The end of the slowest request of all ways, so that bars can be compared.
  private var waterfallScale: Double {
    let ends = (picture.lab?.ways ?? []).map { Self.end(of: $0.waterfall) }
    return max(1, ends.max() ?? 1)
  }

  static func end(of steps: [RequestStep]) -> Double {
    var end = 0.0
    for step in steps {
      let last = step.startMilliseconds + step.milliseconds
      if last.isFinite, last > end { end = last }
    }
    return end
  }

  mutating func drawWaterfall(_ way: CallWaySnapshot, in area: Rectangle, rows: Int) {
    guard !way.waterfall.isEmpty else {
      drawNothing("no request was answered yet", in: area.line(0))
      return
    }
    let end = Self.end(of: way.waterfall)
    let hasBroker = way.way != .synchronous
    let hasFailed = way.waterfall.contains { $0.outcome == .failed }
    let what = hasFailed ? "an error" : "the answer"
    let count = way.waterfall.count
    let answer: [Span] =
      hasBroker
      ? [
        Span(
          "the customer has \(what): \(Format.milliseconds(end)) ms",
          hasFailed ? .labFault : .labAnswer
        )
      ]
      : [
        Span(count == 1 ? "1 step" : "\(count) steps in a row", .muted),
        Span(hasFailed ? ", then an error" : "", .labFault),
        Span(" = \(Format.milliseconds(end)) ms", hasFailed ? .labFault : .labAnswer),
      ]
    let hasHeading = rows >= way.waterfall.count + 2
    let stepRows = max(1, rows - (rows >= 2 ? 1 : 0) - (hasHeading ? 1 : 0))
    var row = 0
    if hasHeading {
      let scale = "0 \(glyphs.ellipsis) \(Format.milliseconds(waterfallScale)) ms"
      grid.put([Span("one request", .muted)], at: area.origin, limit: area.columns)
      let start = area.columns - scale.unicodeScalars.count
      if start > 14 {
        grid.put([Span(scale, .muted)], at: area.shifted(start), limit: area.columns - start)
      }
      row = 1
    }
    let bars = Self.summed(way.waterfall, rows: stepRows)
    let names = min(
      14,
      max(6, bars.map { CharacterWidth.columns(of: SafeText.clean($0.step.name)) }.max() ?? 6)
    )
    for bar in bars {
      draw(bar, way.way.role, names: names, in: area.line(row))
      row += 1
    }
    if rows >= 2 {
      let room = area.columns - answer.columns - 1
      let dashes = hasBroker && room > 2 ? String(repeating: dash, count: room) + " " : ""
      grid.put(
        [Span(dashes, .muted)] + answer,
        at: area.line(row).origin,
        limit: area.columns,
        ellipsis: glyphs.ellipsis
      )
    }
  }

  private var dash: String { glyphs.isASCII ? "-" : "╌" }

  /// The steps that have room: publishes in a row become one, then those between the first and the
  /// last ones.
  private static func summed(_ steps: [RequestStep], rows: Int) -> [Bar] {
    let bars = steps.map { step in
      Bar(step: step, count: 1, isPublish: step.name == RequestStep.publish)
    }
    if bars.count <= rows { return bars }
    var runs: [Bar] = []
    for bar in bars {
      if let last = runs.last, last.isPublish, bar.isPublish {
        runs[runs.count - 1] = sum([last, bar][...])
      } else {
        runs.append(bar)
      }
    }
    guard runs.count > rows else { return runs }
    let head = max(0, rows - 2)
    let middle = runs[head..<(rows >= 2 ? runs.count - 1 : runs.count)]
    return Array(runs.prefix(head)) + [sum(middle)] + (rows >= 2 ? [runs[runs.count - 1]] : [])
  }

  /// Several bars as one.
  private static func sum(_ bars: ArraySlice<Bar>) -> Bar {
    let start = bars.first?.step.startMilliseconds ?? 0
    let count = bars.reduce(0) { $0 + $1.count }
    let isPublish = bars.allSatisfy(\.isPublish)
    return Bar(
      step: RequestStep(
        name: "\(count) \(isPublish ? "publishes" : "steps")",
        startMilliseconds: start,
        milliseconds: end(of: bars.map(\.step)) - start,
        outcome: bars.contains { $0.step.outcome == .failed } ? .failed : .done
      ),
      count: count,
      isPublish: isPublish
    )
  }

  private mutating func draw(_ bar: Bar, _ role: Role, names: Int, in line: Rectangle) {
    let step = bar.step
    let figure = Format.milliseconds(step.milliseconds)
    let figureColumns = figure.utf8.count + 4
    let room = max(0, line.columns - names - 1 - figureColumns)
    let scale = waterfallScale
    func place(_ milliseconds: Double) -> Int {
      let part = milliseconds.isFinite ? min(max(0, milliseconds), scale) / scale : 0
      return Int(part * Double(room) + 0.5)
    }
    let start = min(place(step.startMilliseconds), max(0, room - 1))
    let end = min(room, max(start + 1, place(step.startMilliseconds + step.milliseconds)))
    grid.put(
      [Span(TextCut.end(SafeText.clean(step.name), columns: names, ellipsis: glyphs.ellipsis))],
      at: line.origin,
      limit: names
    )
    let isFailed = step.outcome == .failed
    let barRole: Role = isFailed ? .labFault : bar.isPublish ? .labAnswer : role
    let blocks = String(repeating: glyphs.isASCII ? "#" : "█", count: max(0, end - start))
    grid.put(
      [Span(blocks, barRole)],
      at: line.shifted(names + 1 + start),
      limit: max(0, room - start)
    )
    let mark: String
    switch step.outcome {
    case .done: mark = ""
    case .declined: mark = " no"
    case .failed: mark = " \(glyphs.gone)"
    }
    grid.put(
      [
        Span(" " + figure, isFailed ? .labFault : .base), Span(mark, isFailed ? .labFault : .muted),
      ],
      at: line.shifted(names + 1 + end),
      limit: max(0, line.columns - names - 1 - end)
    )
  }
}
