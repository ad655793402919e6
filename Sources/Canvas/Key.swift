/// One press of a key, or one pasted text, as a terminal reported it.
package enum Key: Hashable, Sendable {
  /// A printable character.
  case character(Unicode.Scalar)
  /// A letter with the control key; the letter is lower case.
  case control(Unicode.Scalar)
  case up
  case down
  case left
  case right
  case home
  case end
  case pageUp
  case pageDown
  case tab
  case backTab
  case enter
  case escape
  case backspace
  case delete
  case insert
  /// F1 is 1.
  case function(Int)
  /// What the mouse did.
  case mouse(MouseEvent)
  /// Text that came as one bracketed paste; it is never a command.
  case pasted(String)
  /// A key that has no name here, with the terminal library's number for it.
  case unknown(Int)
}

/// A press of a mouse button or a turn of its wheel, where it happened.
package struct MouseEvent: Hashable, Sendable {
  /// What was done.
  package enum Kind: Hashable, Sendable {
    /// The left button went down and up again, or down for a drag.
    case click
    /// The second click at the same place, soon after the first, which was told too.
    case doubleClick
    /// The right button.
    case secondaryClick
    case wheelUp
    case wheelDown
  }

  package var kind: Kind
  package var at: Point

  package init(_ kind: Kind, at point: Point) {
    self.kind = kind
    at = point
  }
}
