/// What a terminal shows for the colours that it is not told: its own.
package struct TerminalScheme: Hashable, Sendable {
  package var name: String
  /// Text for which nothing was said.
  package var foreground: LinearColor
  package var background: LinearColor
  /// The 16 colours in their order.
  package var colors: [LinearColor]
  /// Whether bold text in one of the first 8 colours is drawn in the bright one.
  package var isBoldBright: Bool

  package init(
    name: String,
    foreground: LinearColor,
    background: LinearColor,
    colors: [LinearColor],
    isBoldBright: Bool = false
  ) {
    self.name = name
    self.foreground = foreground
    self.background = background
    self.colors = colors
    self.isBoldBright = isBoldBright
  }

  /// xterm's default colours with light text on black, as its reverse video and most terminals do.
  package static let xterm = TerminalScheme(
    name: "xterm, dark",
    foreground: LinearColor(229, 229, 229),
    background: LinearColor(0, 0, 0),
    colors: xtermColors
  )

  /// xterm as it starts: black on white.
  package static let xtermLight = TerminalScheme(
    name: "xterm, light",
    foreground: LinearColor(0, 0, 0),
    background: LinearColor(255, 255, 255),
    colors: xtermColors
  )

  /// The text mode of a VGA card, which the Linux console keeps to.
  package static let vga = TerminalScheme(
    name: "VGA",
    foreground: LinearColor(0xAA, 0xAA, 0xAA),
    background: LinearColor(0, 0, 0),
    colors: [
      LinearColor(0x00, 0x00, 0x00), LinearColor(0xAA, 0x00, 0x00),
      LinearColor(0x00, 0xAA, 0x00), LinearColor(0xAA, 0x55, 0x00),
      LinearColor(0x00, 0x00, 0xAA), LinearColor(0xAA, 0x00, 0xAA),
      LinearColor(0x00, 0xAA, 0xAA), LinearColor(0xAA, 0xAA, 0xAA),
      LinearColor(0x55, 0x55, 0x55), LinearColor(0xFF, 0x55, 0x55),
      LinearColor(0x55, 0xFF, 0x55), LinearColor(0xFF, 0xFF, 0x55),
      LinearColor(0x55, 0x55, 0xFF), LinearColor(0xFF, 0x55, 0xFF),
      LinearColor(0x55, 0xFF, 0xFF), LinearColor(0xFF, 0xFF, 0xFF),
    ],
    isBoldBright: true
  )

  /// The Tango colours on white, GNOME Terminal's light scheme for many years.
  package static let tangoLight = TerminalScheme(
    name: "Tango, light",
    foreground: LinearColor(0x2E, 0x34, 0x36),
    background: LinearColor(255, 255, 255),
    colors: [
      LinearColor(0x2E, 0x34, 0x36), LinearColor(0xCC, 0x00, 0x00),
      LinearColor(0x4E, 0x9A, 0x06), LinearColor(0xC4, 0xA0, 0x00),
      LinearColor(0x34, 0x65, 0xA4), LinearColor(0x75, 0x50, 0x7B),
      LinearColor(0x06, 0x98, 0x9A), LinearColor(0xD3, 0xD7, 0xCF),
      LinearColor(0x55, 0x57, 0x53), LinearColor(0xEF, 0x29, 0x29),
      LinearColor(0x8A, 0xE2, 0x34), LinearColor(0xFC, 0xE9, 0x4F),
      LinearColor(0x72, 0x9F, 0xCF), LinearColor(0xAD, 0x7F, 0xA8),
      LinearColor(0x34, 0xE2, 0xE2), LinearColor(0xEE, 0xEE, 0xEC),
    ]
  )

  private static let xtermColors = NearestColor.ansi16Palette.map { LinearColor($0.0, $0.1, $0.2) }

  /// Returns the light that a colour of an appearance is.
  func light(of color: Color, isForeground: Bool, isBold: Bool) -> LinearColor {
    switch color {
    case .terminalDefault:
      return isForeground ? foreground : background
    case .ansi16(let index):
      let bright = isBoldBright && isBold && isForeground && index < 8 ? index + 8 : index
      return colors[Int(bright & 15)]
    case .ansi256(let index):
      guard let parts = NearestColor.components(ofIndexed: index) else {
        return colors[Int(index & 15)]
      }
      return LinearColor(parts.0, parts.1, parts.2)
    case .rgb(let red, let green, let blue):
      return LinearColor(red, green, blue)
    }
  }

  /// Returns the light of the letters and of what they stand on, dimming and reversal done.
  func lights(of look: Appearance) -> (text: LinearColor, ground: LinearColor) {
    let isBold = look.modifiers.contains(.bold)
    var text = light(of: look.foreground, isForeground: true, isBold: isBold)
    var ground = light(of: look.background, isForeground: false, isBold: isBold)
    if look.modifiers.contains(.reverse) { swap(&text, &ground) }
    if look.modifiers.contains(.dim) { text = text.dimmed(on: ground) }
    return (text, ground)
  }
}

extension LinearColor {
  /// Two thirds of the way from the background, which is what VTE does; xterm darkens alike.
  fileprivate func dimmed(on ground: LinearColor) -> LinearColor {
    func part(_ text: Double, _ ground: Double) -> Double {
      // The terminals mix the stored values, which are about the square roots of the light.
      let mixed = (2 * max(0, text).squareRoot() + max(0, ground).squareRoot()) / 3
      return mixed * mixed
    }
    return LinearColor(
      red: part(red, ground.red),
      green: part(green, ground.green),
      blue: part(blue, ground.blue)
    )
  }
}
