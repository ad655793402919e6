import Canvas

/// A part of the screen that a mouse can act on.
struct Hotspot: Sendable, Hashable {
  /// What is there.
  enum Thing: Sendable, Hashable {
    case row(Panel, index: Int)
    /// Somewhere in a panel: the wheel moves its rows.
    case panel(Panel)
    case header(Panel, field: String)
    case action(Action)
    case screen(Screen)
    case dialogItem(Int)
    /// The button of a dialog, or the one that leaves it.
    case dialogButton(isYes: Bool)
  }

  var area: Rectangle
  var thing: Thing
}

extension Rectangle {
  /// Whether a point is in it.
  func contains(_ point: Point) -> Bool {
    point.column >= column && point.column < endColumn && point.row >= row && point.row < endRow
  }
}
