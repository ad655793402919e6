/// A piece of a line that has one style.
package struct Span: Hashable, Sendable {
  package var text: String
  package var style: Style

  package init(_ text: String, _ role: Role = .base, _ modifiers: Modifiers = []) {
    self.text = text
    style = Style(role, modifiers)
  }

  package init(_ text: String, style: Style) {
    self.text = text
    self.style = style
  }

  /// The columns that it takes.
  package var columns: Int { CharacterWidth.columns(of: text) }
}

extension Array where Element == Span {
  /// The columns that the whole line takes.
  package var columns: Int {
    var sum = 0
    for span in self { sum += span.columns }
    return sum
  }
}

extension Grid {
  /// Writes a line, at most `limit` columns of it, the cut marked with `ellipsis`.
  ///
  /// - Parameters:
  ///   - spans: The pieces from left to right.
  ///   - point: Where the first goes.
  ///   - limit: Columns that may be used.
  ///   - ellipsis: Written in the last column when something did not fit; nil writes nothing.
  /// - Returns: The columns used.
  @discardableResult
  package mutating func put(
    _ spans: [Span],
    at point: Point,
    limit: Int,
    ellipsis: Unicode.Scalar? = nil
  ) -> Int {
    var used = 0
    for (index, span) in spans.enumerated() {
      let room = limit - used
      let width = span.columns
      let place = Point(column: point.column + used, row: point.row)
      let isCut =
        width > room || (width == room && spans[(index + 1)...].contains { $0.columns > 0 })
      if isCut, let ellipsis {
        let text = TextCut.end(span.text, columns: max(0, room - 1), ellipsis: nil)
        used += put(text, at: place, style: span.style, limit: room)
        if used < limit {
          put(ellipsis, at: Point(column: point.column + used, row: point.row), style: span.style)
          used += 1
        }
        return used
      }
      used += put(span.text, at: place, style: span.style, limit: room)
    }
    return used
  }
}
