/// One column of one row: a character and what it means.
package struct Cell: Hashable, Sendable {
  /// The character; ``continuation`` in the right half of a character that is two columns wide.
  package var scalar: Unicode.Scalar
  /// Marks that are drawn over the character.
  package var marks: CombiningMarks
  package var style: Style

  package init(_ scalar: Unicode.Scalar, style: Style = .base, marks: CombiningMarks = .none) {
    self.scalar = scalar
    self.marks = marks
    self.style = style
  }

  /// Stands in the right half of a wide character; nothing is drawn for it.
  package static let continuation: Unicode.Scalar = "\0"
  package static let blank = Cell(" ")

  /// Whether this is the right half of a wide character.
  package var isContinuation: Bool { scalar == Self.continuation }
}

/// At most two combining marks; more are dropped, so that a pile of accents stays in its row.
package struct CombiningMarks: Hashable, Sendable {
  /// U+0000 when there is none.
  package var first: Unicode.Scalar
  /// U+0000 when there is none.
  package var second: Unicode.Scalar

  package init(first: Unicode.Scalar = "\0", second: Unicode.Scalar = "\0") {
    self.first = first
    self.second = second
  }

  package static let none = CombiningMarks()
  package static let limit = 2

  package var isEmpty: Bool { first == "\0" }

  /// Adds a mark when there is room, and drops it otherwise.
  mutating func append(_ mark: Unicode.Scalar) {
    if first == "\0" {
      first = mark
    } else if second == "\0" {
      second = mark
    }
  }
}
