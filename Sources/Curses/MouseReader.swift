import Canvas

/// Turns mouse reports into events.
struct MouseReader {
  /// Two clicks at one place count as a double click up to this distance.
  static let doubleClickNanoseconds: UInt64 = 400_000_000

  private var lastClick: (at: Point, now: UInt64)?

  /// A button went down, or the wheel turned.
  ///
  /// - Parameters:
  ///   - code: As xterm numbers buttons, with bits for modifier keys (4, 8, 16) and movement (32).
  ///   - column: From 1 on.
  ///   - row: From 1 on.
  ///   - now: Nanoseconds of a clock that never jumps.
  /// - Returns: nil for buttons that have no meaning here.
  mutating func pressed(_ code: Int, column: Int, row: Int, now: UInt64) -> Key? {
    guard column >= 1, row >= 1, code >= 0 else { return nil }
    let point = Point(column: column - 1, row: row - 1)
    guard let kind = kind(of: code & ~0b1_1100, at: point, now: now) else { return nil }
    return .mouse(MouseEvent(kind, at: point))
  }

  private mutating func kind(of button: Int, at point: Point, now: UInt64) -> MouseEvent.Kind? {
    switch button {
    case 0:
      if let lastClick, lastClick.at == point,
        now &- lastClick.now <= Self.doubleClickNanoseconds
      {
        self.lastClick = nil
        return .doubleClick
      }
      lastClick = (point, now)
      return .click
    case 2:
      return .secondaryClick
    case 64:
      return .wheelUp
    case 65:
      return .wheelDown
    default:
      return nil
    }
  }
}
