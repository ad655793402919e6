/// Values over time as a filled curve or as one row of bars.
///
/// A value that is not a number is a gap: nothing is drawn for it. 0 is drawn as a thin line, so
/// that it cannot be taken for a gap.
package struct Graph: Hashable, Sendable {
  /// Where a filled curve stands.
  package enum Direction: Hashable, Sendable {
    case upward
    /// Hangs from the upper edge; only braille can do it, the others stand upward.
    case downward
  }

  /// Oldest first; the newest is drawn at the right edge.
  package var values: [Float]
  /// The value that fills the whole height; not positive means that nothing rises.
  package var ceiling: Float
  package var style: Style
  package var direction: Direction

  package init(
    values: [Float],
    ceiling: Float,
    style: Style,
    direction: Direction = .upward
  ) {
    self.values = values
    self.ceiling = ceiling
    self.style = style
    self.direction = direction
  }

  /// How many values fill a width.
  package static func valueCount(columns: Int, graphs: Glyphs.Graphs) -> Int {
    graphs == .braille ? 2 * columns : columns
  }

  /// Returns the height of a value in steps, at least `least` for every value that is above 0.
  fileprivate func steps(_ value: Float, of whole: Int, least: Int) -> Int {
    guard value > 0, ceiling > 0 else { return 0 }
    let part = min(value, ceiling) / ceiling
    // Two infinities have no quotient.
    guard part.isFinite else { return whole }
    return min(whole, max(least, Int(part * Float(whole) + 0.5)))
  }
}

extension Grid {
  /// Draws a filled curve over the whole of an area.
  package mutating func draw(_ graph: Graph, in area: Rectangle, glyphs: Glyphs) {
    guard !area.isEmpty else { return }
    switch glyphs.graphs {
    case .braille: drawBraille(graph, in: area)
    case .block: drawBars(graph, in: area, full: "█", partial: Self.blocks)
    case .ascii: drawBars(graph, in: area, full: "#", partial: Self.asciiParts)
    }
  }

  /// Draws bars in one row; they stop below the full height, so that rows do not merge.
  package mutating func draw(sparkline graph: Graph, in area: Rectangle, glyphs: Glyphs) {
    guard area.columns > 0 else { return }
    let levels = glyphs.isASCII || glyphs.graphs == .ascii ? Self.asciiLevels : Self.sparkLevels
    let values = graph.values.suffix(area.columns)
    var column = area.endColumn - values.count
    let axis = Style(.graphAxis, graph.style.modifiers)
    for value in values {
      if !value.isNaN {
        let step = graph.steps(value, of: levels.count - 1, least: 1)
        put(
          levels[step],
          at: Point(column: column, row: area.row),
          style: step == 0 ? axis : graph.style
        )
      }
      column += 1
    }
  }

  private static let sparkLevels: [Unicode.Scalar] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇"]
  private static let asciiLevels: [Unicode.Scalar] = ["_", ".", ":", "-", "=", "+", "*", "#"]
  private static let blocks: [Unicode.Scalar] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇"]
  private static let asciiParts: [Unicode.Scalar] = [".", ":", "+"]

  private mutating func drawBars(
    _ graph: Graph,
    in area: Rectangle,
    full: Unicode.Scalar,
    partial: [Unicode.Scalar]
  ) {
    let perRow = partial.count + 1
    let values = graph.values.suffix(area.columns)
    var column = area.endColumn - values.count
    for value in values {
      defer { column += 1 }
      if value.isNaN { continue }
      let height = graph.steps(value, of: area.rows * perRow, least: 1)
      if height == 0 {
        let foot = Point(column: column, row: area.endRow - 1)
        put(glyphBaseline(full), at: foot, style: Style(.graphAxis))
      }
      for row in 0..<area.rows {
        let inRow = min(perRow, height - row * perRow)
        if inRow <= 0 { break }
        put(
          inRow == perRow ? full : partial[inRow - 1],
          at: Point(column: column, row: area.endRow - 1 - row),
          style: graph.style
        )
      }
    }
  }

  private func glyphBaseline(_ full: Unicode.Scalar) -> Unicode.Scalar {
    full == "#" ? "_" : "▁"
  }

  private mutating func drawBraille(_ graph: Graph, in area: Rectangle) {
    let wholeHeight = area.rows * 4
    let values = graph.values.suffix(area.columns * 2)
    var heights = [Int](repeating: -1, count: area.columns * 2 - values.count)
    for value in values {
      heights.append(value.isNaN ? -1 : graph.steps(value, of: wholeHeight, least: 1))
    }
    for column in 0..<area.columns {
      let left = heights[2 * column]
      let right = heights[2 * column + 1]
      for row in 0..<area.rows {
        let isFoot = row == 0
        let leftDots = Self.dots(left, row, isFoot: isFoot)
        let rightDots = Self.dots(right, row, isFoot: isFoot)
        if leftDots == 0, rightDots == 0 { break }
        let isUpward = graph.direction == .upward
        let pattern =
          Self.leftPattern(leftDots, isUpward: isUpward)
          | Self.rightPattern(rightDots, isUpward: isUpward)
        let isAxis = isFoot && left <= 0 && right <= 0
        put(
          Unicode.Scalar(0x2800 + pattern) ?? " ",
          at: Point(
            column: area.column + column,
            row: isUpward ? area.endRow - 1 - row : area.row + row
          ),
          style: isAxis ? Style(.graphAxis) : graph.style
        )
      }
    }
  }

  /// How many of a cell's four dots are set; 0 is drawn as one dot in the foot row.
  private static func dots(_ height: Int, _ row: Int, isFoot: Bool) -> Int {
    if height < 0 { return 0 }
    if height == 0 { return isFoot ? 1 : 0 }
    return max(0, min(4, height - row * 4))
  }

  private static func leftPattern(_ dots: Int, isUpward: Bool) -> UInt32 {
    isUpward ? [0, 0x40, 0x44, 0x46, 0x47][dots] : [0, 0x01, 0x03, 0x07, 0x47][dots]
  }

  private static func rightPattern(_ dots: Int, isUpward: Bool) -> UInt32 {
    isUpward ? [0, 0x80, 0xA0, 0xB0, 0xB8][dots] : [0, 0x08, 0x18, 0x38, 0xB8][dots]
  }
}
