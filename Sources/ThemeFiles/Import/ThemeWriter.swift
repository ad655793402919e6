import Canvas

/// Writes a theme file from the colours of another program's theme.
///
/// Which role has which colour and modifiers is the same in all that it writes, and as in the
/// shipped themes: each state has modifiers of its own or shares them with one that is far away in
/// hue, so that states can be told apart whatever the colours are.
struct ThemeWriter {
  private typealias Slot = ImportedColors.Slot

  /// One line for each colour that had to change.
  private(set) var adjustments: [String] = []
  private(set) var text = ""

  private let colors: ImportedColors
  /// What is written for a slot.
  private var shown: [Slot: RGB] = [:]
  private let hasRaised: Bool

  init(_ colors: ImportedColors) {
    self.colors = colors
    let raised = colors.slots[.raised]?.color ?? colors.ground
    // Text must be readable on both.
    hasRaised =
      colors.slots[.background] != nil && raised != colors.ground
      && raised.isLight == colors.ground.isLight
      && colors[.bright].readable(on: [colors.ground, raised], contrast: Self.contrast) != nil
    for slot in Slot.allCases { adjust(slot) }
    text = written()
  }

  /// A little above the bar, because parts of colours are whole numbers.
  private static let contrast = ThemeCheck.textContrast + 0.02

  private func grounds(of slot: Slot) -> [RGB] {
    slot == .bright && hasRaised ? [colors.ground, colors[.raised]] : [colors.ground]
  }

  private mutating func adjust(_ slot: Slot) {
    guard let own = colors.slots[slot] else { return }
    switch slot {
    case .background, .raised:
      shown[slot] = own.color
      return
    case .line:
      let bar = ThemeCheck.lineContrast + 0.02
      shown[slot] = own.color.readable(on: [colors.ground], contrast: bar) ?? colors[.text]
      return
    case .text, .bright, .muted, .accent, .blue, .teal, .green, .amber, .orange, .red, .purple:
      break
    }
    let grounds = grounds(of: slot)
    // Some schemes have the background's colour for what ought to be brightest.
    let isLost = slot == .bright && !passes(own.color, on: grounds)
    let named = isLost ? colors.slots[.text] ?? own : own
    let color = named.color.readable(on: grounds, contrast: Self.contrast) ?? named.color
    shown[slot] = color
    guard color != own.color else { return }
    let found = own.color.light.contrast(with: colors.ground.light)
    adjustments.append(
      "\(slot.rawValue) is \(color.text) and not \(own.color.text) (\(own.origin)), "
        + "whose contrast is \(Self.figure(found))"
    )
  }

  private func passes(_ color: RGB, on grounds: [RGB]) -> Bool {
    grounds.allSatisfy { color.light.contrast(with: $0.light) >= Self.contrast }
  }

  /// One digit behind the point, rounded down.
  private static func figure(_ value: Double) -> String {
    let tenths = Int(value * 10)
    return "\(tenths / 10).\(tenths % 10)"
  }

  // MARK: - TOML

  private func written() -> String {
    var lines = ["# Imported by sluice themes import."]
    if !adjustments.isEmpty {
      lines.append("# Changed for a contrast of 4.5:1 on the background:")
      lines += adjustments.map { "#   " + $0 }
    }
    lines += [
      "", "[meta]", "name    = \(Self.quoted(colors.title))",
      "author  = \(Self.quoted(colors.author))",
      "appears = \"\(colors.isLight ? "light" : "dark")\"", "", "[palette]",
    ]
    for slot in Slot.allCases where shown[slot] != nil && (hasRaised || slot != .raised) {
      lines.append(paletteLine(slot))
    }
    lines += ["", "[roles]"] + Self.roles.map(roleLine)
    lines +=
      ["", "[mono]"]
      + Self.mono.map { role, modifiers in
        "\"\(role.name)\" = \(Self.list(modifiers))"
      }
    return lines.joined(separator: "\n") + "\n"
  }

  private func paletteLine(_ slot: Slot) -> String {
    guard let color = shown[slot] else { return "" }
    let origin = colors.slots[slot]?.origin ?? ""
    let (indexed, basic) = substitutes(slot, color)
    return "\(slot.rawValue) = { hex = \"\(color.text)\", ansi256 = \(indexed), "
      + "ansi16 = \"\(ThemeDocument.basicColorNames[Int(basic)])\" }  # \(SafeText.clean(origin))"
  }

  /// What is used with 256 colours, of those that can be read there the nearest, and with 16.
  private func substitutes(_ slot: Slot, _ color: RGB) -> (indexed: UInt8, basic: UInt8) {
    let nearest = NearestColor.ansi256(red: color.red, green: color.green, blue: color.blue)
    switch slot {
    case .background, .raised:
      return (nearest, Self.basic(slot, isLight: colors.isLight))
    case .line:
      let bar = ThemeCheck.lineContrast + 0.02
      return (readable256(color, [.background], bar) ?? nearest, Self.basic(slot, isLight: false))
    case .text, .bright, .muted, .accent, .blue, .teal, .green, .amber, .orange, .red, .purple:
      break
    }
    let grounds: [Slot] = slot == .bright && hasRaised ? [.raised, .background] : [.background]
    let indexed = readable256(color, grounds, Self.contrast) ?? nearest
    return (indexed, Self.basic(slot, isLight: colors.isLight))
  }

  /// By the use and not by the colour, of which there are too few: on white only black, red, blue
  /// and magenta can be read; on black some palettes have a red, a yellow and a magenta that cannot,
  /// so that those are the bright ones.
  private static func basic(_ slot: Slot, isLight: Bool) -> UInt8 {
    switch slot {
    case .background, .raised: isLight ? 15 : 0
    case .line: 8
    case .text, .muted: isLight ? 0 : 7
    case .bright: isLight ? 0 : 15
    case .accent, .teal: isLight ? 4 : 6
    case .blue: isLight ? 4 : 14
    case .green: isLight ? 0 : 2
    case .amber: isLight ? 5 : 11
    case .orange: isLight ? 1 : 11
    case .red: isLight ? 1 : 9
    case .purple: isLight ? 5 : 13
    }
  }

  private func readable256(_ color: RGB, _ slots: [Slot], _ contrast: Double) -> UInt8? {
    // The ground with the least contrast decides; the others are further away.
    let grounds = slots.map { slot in
      let ground = colors.slots[slot]?.color ?? colors.ground
      let index = NearestColor.ansi256(red: ground.red, green: ground.green, blue: ground.blue)
      let parts =
        NearestColor.components(ofIndexed: index) ?? (ground.red, ground.green, ground.blue)
      return LinearColor(parts.0, parts.1, parts.2)
    }
    let hardest = grounds.max {
      colors.isLight ? $0.luminance > $1.luminance : $0.luminance < $1.luminance
    }
    return hardest.flatMap { ground in
      NearestColor.ansi256(
        red: color.red,
        green: color.green,
        blue: color.blue,
        on: ground,
        contrast: contrast
      )
    }
  }

  private func roleLine(_ look: Look) -> String {
    var parts: [String] = []
    if let name = name(look.foreground) { parts.append("fg = \"\(name)\"") }
    if let name = name(look.background) { parts.append("bg = \"\(name)\"") }
    parts.append("modifiers = \(Self.list(look.modifiers))")
    return "\"\(look.role.name)\" = { \(parts.joined(separator: ", ")) }"
  }

  private func name(_ slot: Slot?) -> String? {
    guard let slot else { return nil }
    if slot == .raised, !hasRaised { return name(.background) }
    if shown[slot] != nil { return slot.rawValue }
    return "default"
  }

  private static func list(_ modifiers: Modifiers) -> String {
    let words = Modifiers.named.filter { modifiers.contains($0.value) }.map { "\"\($0.name)\"" }
    return "[\(words.joined(separator: ", "))]"
  }

  /// A text from another file as a TOML string.
  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in ThemeDocument.short(text).unicodeScalars {
      if scalar == "\"" || scalar == "\\" { result.append("\\") }
      result.unicodeScalars.append(scalar)
    }
    return result + "\""
  }
}
