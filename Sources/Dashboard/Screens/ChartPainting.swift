import Canvas
import Telemetry

extension Painter {
  /// Draws two quantities in a box, with what happened on their time axis.
  mutating func draw(_ pair: ChartPair, in area: Rectangle) {
    let columns = max(0, area.columns - 2)
    let count = Graph.valueCount(columns: columns, graphs: glyphs.graphs)
    let upperValues = values(of: pair.upper, count)
    let lowerValues = values(of: pair.lower, count)
    let upperPeak = Self.peak(of: upperValues)
    let lowerPeak = Self.peak(of: lowerValues)
    let common = max(upperPeak, lowerPeak)
    let upperCeiling = Self.roundCeiling(pair.isComparable ? common : upperPeak)
    let lowerCeiling = Self.roundCeiling(pair.isComparable ? common : lowerPeak)
    let marks = marks(
      on: pair.upper.series ?? pair.lower.series,
      columns: columns,
      perColumn: columns == 0 ? 1 : count / columns
    )
    let corner = corner(of: pair, ceiling: upperCeiling)
    let room = area.columns - 8 - pair.upper.title.columns - corner.columns - 1
    let box = Box(
      title: pair.upper.title + onsetTitle(marks, room: room),
      corner: corner,
      footer: pair.lower.title,
      footerCorner: [scale(lowerCeiling)]
    )
    let inside = grid.draw(box, in: area, glyphs: glyphs)
    let half = inside.rows / 2
    let upper = Rectangle(
      column: inside.column,
      row: inside.row,
      columns: inside.columns,
      rows: inside.rows - half
    )
    let lower = Rectangle(
      column: inside.column,
      row: inside.row + inside.rows - half,
      columns: inside.columns,
      rows: half
    )
    draw(pair.upper, upperValues, ceiling: upperCeiling, .upward, in: upper)
    let isMirrored = glyphs.graphs == .braille
    draw(
      pair.lower,
      lowerValues,
      ceiling: lowerCeiling,
      isMirrored ? .downward : .upward,
      in: lower
    )
    if let marks { draw(marks, in: inside, axis: upper.endRow - 1) }
  }

  private mutating func draw(
    _ series: ChartSeries,
    _ values: [Float],
    ceiling: Float,
    _ direction: Graph.Direction,
    in area: Rectangle
  ) {
    let graph = Graph(
      values: values,
      ceiling: ceiling,
      style: Style(series.role),
      direction: direction
    )
    grid.draw(graph, in: area, glyphs: glyphs)
  }

  private func values(of chart: ChartSeries, _ count: Int) -> [Float] {
    guard let series = chart.series else { return [] }
    return series.resampled(to: count, over: series.slots(in: model.chartSpan))
  }

  /// The span, where one scale is for both; else the scale, and a span that was chosen.
  private func corner(of pair: ChartPair, ceiling: Float) -> [Span] {
    let span = Span(model.chartSpan.word, .muted)
    if pair.isComparable { return [span] }
    return model.chartSpan == .minute
      ? [scale(ceiling)] : [scale(ceiling), Span("  "), span]
  }
}
