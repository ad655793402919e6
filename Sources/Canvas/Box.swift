/// A frame around a panel, with labels in its lines.
package struct Box: Hashable, Sendable {
  /// In the upper line, on the left.
  package var title: [Span]
  /// In the upper line, on the right; left out when there is no room.
  package var corner: [Span]
  /// In the lower line, on the left; left out when there is no room.
  package var footer: [Span]
  /// In the lower line, on the right; left out when there is no room.
  package var footerCorner: [Span]
  package var isFocused: Bool

  package init(
    title: [Span],
    corner: [Span] = [],
    footer: [Span] = [],
    footerCorner: [Span] = [],
    isFocused: Bool = false
  ) {
    self.title = title
    self.corner = corner
    self.footer = footer
    self.footerCorner = footerCorner
    self.isFocused = isFocused
  }
}

extension Box {
  /// Finds the corner's text in a box that is drawn in an area, for those who point at it.
  ///
  /// - Parameters:
  ///   - area: As it is drawn in.
  ///   - isRule: Whether it is only a line above a panel.
  /// - Returns: The column in which it begins; nil when there was no room for it.
  package func cornerStart(in area: Rectangle, isRule: Bool) -> Int? {
    let width = corner.columns
    guard width > 0 else { return nil }
    if isRule {
      return title.columns + width + 8 <= area.columns ? area.endColumn - width - 2 : nil
    }
    let start = area.endColumn - 4 - width
    return start > area.column + 4 + min(title.columns, area.columns - 6) ? start + 1 : nil
  }
}

/// The eight characters of a frame.
struct BorderCharacters {
  let topLeft: Unicode.Scalar
  let topRight: Unicode.Scalar
  let bottomLeft: Unicode.Scalar
  let bottomRight: Unicode.Scalar
  let horizontal: Unicode.Scalar
  let vertical: Unicode.Scalar
  /// To the left of a label.
  let labelOpens: Unicode.Scalar
  /// To the right of a label.
  let labelCloses: Unicode.Scalar
}

extension Glyphs.Borders {
  var characters: BorderCharacters {
    switch self {
    case .rounded: Self.characters("╭╮╰╯─│┤├")
    case .square: Self.characters("┌┐└┘─│┤├")
    case .heavy: Self.characters("┏┓┗┛━┃┫┣")
    case .ascii: Self.characters("++++-|[]")
    case .none: Self.characters("        ")
    }
  }

  private static func characters(_ text: String) -> BorderCharacters {
    let scalars = Array(text.unicodeScalars)
    return BorderCharacters(
      topLeft: scalars[0],
      topRight: scalars[1],
      bottomLeft: scalars[2],
      bottomRight: scalars[3],
      horizontal: scalars[4],
      vertical: scalars[5],
      labelOpens: scalars[6],
      labelCloses: scalars[7]
    )
  }
}

extension Grid {
  /// Draws a frame along the edge of an area.
  ///
  /// - Returns: What is inside of the frame.
  @discardableResult
  package mutating func draw(
    _ box: Box,
    in area: Rectangle,
    glyphs: Glyphs
  ) -> Rectangle {
    guard area.columns >= 2, area.rows >= 2 else { return area.inset(columns: 1, rows: 1) }
    let characters = glyphs.borders.characters
    let style = Style(box.isFocused ? .borderFocus : .border)
    let bottom = area.endRow - 1
    let right = area.endColumn - 1
    for row in (area.row + 1)..<max(area.row + 1, bottom) {
      put(characters.vertical, at: Point(column: area.column, row: row), style: style)
      put(characters.vertical, at: Point(column: right, row: row), style: style)
    }
    fill(area.line(0), with: Cell(characters.horizontal, style: style))
    fill(area.line(area.rows - 1), with: Cell(characters.horizontal, style: style))
    put(characters.topLeft, at: area.origin, style: style)
    put(characters.topRight, at: Point(column: right, row: area.row), style: style)
    put(characters.bottomLeft, at: Point(column: area.column, row: bottom), style: style)
    put(characters.bottomRight, at: Point(column: right, row: bottom), style: style)
    label(box.title, box.corner, on: area.line(0), glyphs: glyphs, style: style)
    label(box.footer, box.footerCorner, on: area.line(area.rows - 1), glyphs: glyphs, style: style)
    return area.inset(columns: 1, rows: 1)
  }

  /// Draws a line with labels above a panel that has no frame.
  ///
  /// - Returns: What is below the line.
  @discardableResult
  package mutating func draw(rule box: Box, in area: Rectangle, glyphs: Glyphs) -> Rectangle {
    let style = Style(box.isFocused ? .borderFocus : .border)
    fill(area.line(0), with: Cell(glyphs.borders.characters.horizontal, style: style))
    let room = area.columns - 3
    let title = box.title.columns
    if room > 0 {
      put([Span(" ")] + box.title + [Span(" ")], at: area.line(0).shifted(1), limit: room)
    }
    let corner = box.corner.columns
    if corner > 0, title + corner + 8 <= area.columns {
      put(
        [Span(" ")] + box.corner + [Span(" ")],
        at: area.line(0).shifted(area.columns - corner - 3),
        limit: corner + 2
      )
    }
    return Rectangle(
      column: area.column,
      row: area.row + 1,
      columns: area.columns,
      rows: area.rows - 1
    )
  }

  private mutating func label(
    _ left: [Span],
    _ right: [Span],
    on line: Rectangle,
    glyphs: Glyphs,
    style: Style
  ) {
    let characters = glyphs.borders.characters
    let opens = Span(String(characters.labelOpens), style: style)
    let closes = Span(String(characters.labelCloses), style: style)
    var leftEnd = line.column + 1
    // A corner, a dash and the two brackets on each side.
    let room = line.columns - 6
    if !left.isEmpty, room > 0 {
      let place = line.shifted(2)
      put([opens], at: place, limit: 1)
      let used = put(
        left,
        at: Point(column: place.column + 1, row: place.row),
        limit: room,
        ellipsis: glyphs.ellipsis
      )
      put([closes], at: Point(column: place.column + 1 + used, row: place.row), limit: 1)
      leftEnd = place.column + used + 2
    }
    let width = right.columns + 2
    let start = line.endColumn - 2 - width
    if !right.isEmpty, start > leftEnd {
      put([opens] + right + [closes], at: Point(column: start, row: line.row), limit: width)
    }
  }
}

extension Rectangle {
  /// The place some columns to the right of the upper left corner.
  package func shifted(_ columns: Int) -> Point {
    Point(column: column + columns, row: row)
  }
}
