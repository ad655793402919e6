import CNcurses
import Canvas

/// How a cell of one style is told to ncurses.
struct Ink: Hashable {
  /// A colour pair that was made, 0 for the terminal's own colours.
  var pair: Int32
  /// `CURSES_BOLD` and its like.
  var attributes: UInt32
}

/// Turns styles into ncurses' colour pairs and attributes, and remembers them.
///
/// - Isolation: the main actor, because pairs are made in ncurses.
@MainActor
struct Palette {
  /// More pairs than any theme has; terminals with fewer are asked how many they have.
  static let pairsLimit = 1024
  /// More styles than any theme and all modifiers make on a screen.
  static let stylesLimit = 4096

  private let theme: Theme
  private let depth: ColorDepth
  private let hasDirectColor: Bool
  private let colorCount: Int
  private let pairLimit: Int
  private let hasDefaultColor: Bool
  private var inks: [Style: Ink] = [:]
  private var pairs: [Colors: Int32] = [:]

  private struct Colors: Hashable {
    var foreground: Int32
    var background: Int32
  }

  /// Prepares colours in ncurses; a terminal has been opened.
  init(theme: Theme, kind: TerminalKind) {
    self.theme = theme
    hasDirectColor = kind.hasDirectColor
    if kind.depth == .monochrome {
      depth = .monochrome
      colorCount = 0
      pairLimit = 1
      hasDefaultColor = false
      return
    }
    var limit: Int32 = 1
    var hasDefault = false
    colorCount = Int(curses_start_colours(&limit, &hasDefault))
    depth = colorCount == 0 ? .monochrome : kind.depth
    pairLimit = min(Int(limit), Self.pairsLimit)
    hasDefaultColor = hasDefault
  }

  /// Returns how to draw a style; cheap after the first time.
  mutating func ink(for style: Style) -> Ink {
    if let known = inks[style] { return known }
    if inks.count >= Self.stylesLimit { inks.removeAll(keepingCapacity: true) }
    let appearance = theme.appearance(of: style, at: depth)
    var modifiers = appearance.modifiers
    var pair: Int32 = 0
    if depth != .monochrome {
      let foreground = number(appearance.foreground, isForeground: true, modifiers: &modifiers)
      let background = number(appearance.background, isForeground: false, modifiers: &modifiers)
      pair = self.pair(Colors(foreground: foreground, background: background))
    }
    let ink = Ink(pair: pair, attributes: attributes(modifiers))
    inks[style] = ink
    return ink
  }

  /// Returns ncurses' number of a colour; -1 is the terminal's own.
  ///
  /// Terminals with 8 colours show the bright ones as bold.
  private func number(
    _ color: Color,
    isForeground: Bool,
    modifiers: inout Modifiers
  ) -> Int32 {
    switch color {
    case .terminalDefault:
      if hasDefaultColor { return -1 }
      return isForeground ? 7 : 0
    case .ansi16(let index):
      if index < 8 { return Int32(index) }
      if hasDirectColor {
        let (red, green, blue) = NearestColor.ansi16Palette[Int(index & 15)]
        return direct(red, green, blue)
      }
      if colorCount >= 16 { return Int32(index) }
      if isForeground { modifiers.insert(.bold) }
      return Int32(index - 8)
    case .ansi256(let index):
      return Int32(index)
    case .rgb(let red, let green, let blue):
      return direct(red, green, blue)
    }
  }

  /// Numbers below 8 mean the terminal's own colours also where numbers are 0xRRGGBB.
  private func direct(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> Int32 {
    max(8, Int32(red) << 16 | Int32(green) << 8 | Int32(blue))
  }

  private mutating func pair(_ colors: Colors) -> Int32 {
    if colors.foreground == -1, colors.background == -1 { return 0 }
    if let known = pairs[colors] { return known }
    let next = Int32(pairs.count + 1)
    guard next < pairLimit, curses_make_pair(next, colors.foreground, colors.background) else {
      // No pair is left: the same letters on the usual background, else the terminal's own.
      return pairs.first { $0.key.foreground == colors.foreground }?.value ?? 0
    }
    pairs[colors] = next
    return next
  }

  private func attributes(_ modifiers: Modifiers) -> UInt32 {
    var bits: UInt32 = 0
    if modifiers.contains(.bold) { bits |= UInt32(CURSES_BOLD) }
    if modifiers.contains(.dim) { bits |= UInt32(CURSES_DIM) }
    if modifiers.contains(.italic) { bits |= UInt32(CURSES_ITALIC) }
    if modifiers.contains(.underline) { bits |= UInt32(CURSES_UNDERLINE) }
    if modifiers.contains(.reverse) { bits |= UInt32(CURSES_REVERSE) }
    if modifiers.contains(.blink) { bits |= UInt32(CURSES_BLINK) }
    return bits
  }
}
