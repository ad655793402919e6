/// A colour as a terminal is told it.
package enum Color: Hashable, Sendable {
  /// Whatever the terminal draws with when nothing is said.
  case terminalDefault
  /// One of the terminal's own 16 colours, 0 to 15.
  case ansi16(UInt8)
  /// One of the 256 indexed colours.
  case ansi256(UInt8)
  case rgb(UInt8, UInt8, UInt8)
}

/// How many colours a terminal can show.
package enum ColorDepth: Hashable, Sendable, CaseIterable {
  case monochrome
  case ansi16
  case ansi256
  case trueColor
}

/// A colour as a theme file writes it, good for every depth.
package struct PaletteColor: Hashable, Sendable {
  /// What the theme said.
  package enum Source: Hashable, Sendable {
    case terminalDefault
    /// One of the terminal's own 16 colours at every depth, so that it follows the user's scheme.
    case ansi16(UInt8)
    case rgb(UInt8, UInt8, UInt8)
  }

  package var source: Source
  /// Used with 256 colours in place of the nearest one.
  package var ansi256: UInt8?
  /// Used with 16 colours in place of the nearest one, 0 to 15.
  package var ansi16: UInt8?

  package init(_ source: Source, ansi256: UInt8? = nil, ansi16: UInt8? = nil) {
    self.source = source
    self.ansi256 = ansi256
    self.ansi16 = ansi16
  }

  package static let terminalDefault = PaletteColor(.terminalDefault)

  /// Returns one of the terminal's own 16 colours, 0 to 15.
  package static func ansi(_ index: UInt8) -> PaletteColor {
    PaletteColor(.ansi16(index & 15))
  }

  /// Returns a colour by its three parts.
  package static func rgb(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> PaletteColor {
    PaletteColor(.rgb(red, green, blue))
  }

  /// Returns what to tell a terminal of this depth.
  ///
  /// - Complexity: the nearest indexed colour takes some microseconds; a painter keeps the answer.
  package func color(at depth: ColorDepth) -> Color {
    switch depth {
    case .monochrome:
      return .terminalDefault
    case .ansi16:
      if let ansi16 { return .ansi16(ansi16) }
      switch source {
      case .terminalDefault: return .terminalDefault
      case .ansi16(let index): return .ansi16(index)
      case .rgb(let red, let green, let blue):
        return .ansi16(NearestColor.ansi16(red: red, green: green, blue: blue))
      }
    case .ansi256:
      if let ansi256 { return .ansi256(ansi256) }
      switch source {
      case .terminalDefault: return .terminalDefault
      case .ansi16(let index): return .ansi16(index)
      case .rgb(let red, let green, let blue):
        return .ansi256(NearestColor.ansi256(red: red, green: green, blue: blue))
      }
    case .trueColor:
      switch source {
      case .terminalDefault: return .terminalDefault
      case .ansi16(let index): return .ansi16(index)
      case .rgb(let red, let green, let blue): return .rgb(red, green, blue)
      }
    }
  }
}
