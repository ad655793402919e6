/// Ways to draw a character that need no colour.
package struct Modifiers: OptionSet, Hashable, Sendable {
  package let rawValue: UInt8

  package init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  package static let bold = Modifiers(rawValue: 1)
  package static let dim = Modifiers(rawValue: 2)
  package static let italic = Modifiers(rawValue: 4)
  package static let underline = Modifiers(rawValue: 8)
  package static let reverse = Modifiers(rawValue: 16)
  package static let blink = Modifiers(rawValue: 32)

  /// Every modifier with the word that a theme file uses for it.
  package static let named: [(name: String, value: Modifiers)] = [
    ("bold", .bold), ("dim", .dim), ("italic", .italic),
    ("underline", .underline), ("reverse", .reverse), ("blink", .blink),
  ]
}

/// What a cell means, and how it differs from what the theme gives that meaning.
///
/// Screens name roles, never colours; a ``Theme`` turns a style into an ``Appearance``.
package struct Style: Hashable, Sendable {
  package var role: Role
  /// Added to the modifiers that the theme gives the role.
  package var modifiers: Modifiers

  package init(_ role: Role, _ modifiers: Modifiers = []) {
    self.role = role
    self.modifiers = modifiers
  }

  package static let base = Style(.base)
}
