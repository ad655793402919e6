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
  /// Text that came as one bracketed paste; it is never a command.
  case pasted(String)
  /// A key that has no name here, with the terminal library's number for it.
  case unknown(Int)
}
