/// What a theme of another program says, by what we use it for.
struct ImportedColors {
  /// What a colour is for; its name in the palette that is written.
  enum Slot: String, CaseIterable {
    case background
    /// Behind fields and messages that stand out.
    case raised
    case line
    case text
    /// Titles.
    case bright
    case muted
    /// Keys, the focus, the cursor.
    case accent
    case blue
    case teal
    case green
    case amber
    case orange
    case red
    case purple

    /// Degrees on the colour circle; nil when it is no matter of hue.
    fileprivate var hue: Double? {
      switch self {
      case .red: 0
      case .orange: 28
      case .amber: 48
      case .green: 110
      case .teal: 175
      case .blue: 215
      case .purple: 290
      case .background, .raised, .line, .text, .bright, .muted, .accent: nil
      }
    }
  }

  /// A colour with what the other program calls it.
  struct Named: Hashable {
    var color: RGB
    var origin: String
  }

  var title: String
  var author: String
  /// Without a background the terminal's own stays.
  var slots: [Slot: Named] = [:]

  /// How far a hue may be from the wanted one, in degrees.
  private static let hueReach = 32.0
  /// Less than this is nearly grey.
  private static let leastChroma = 0.2

  var isLight: Bool {
    if let background = slots[.background] { return background.color.isLight }
    // Dark text is made for a light background.
    return slots[.text].map { !$0.color.isLight } ?? false
  }

  /// The background, or what the terminal's own is taken for.
  var ground: RGB {
    slots[.background]?.color ?? (isLight ? RGB(255, 255, 255) : RGB(0, 0, 0))
  }

  subscript(slot: Slot) -> RGB { slots[slot]?.color ?? ground }

  /// Fills what is still empty: colours by their hue out of those that the theme has, else usual
  /// ones, and the rest from what is there.
  mutating func complete(from candidates: [Named]) {
    for slot in Slot.allCases where slots[slot] == nil {
      slots[slot] =
        Self.nearest(to: slot, in: candidates)
        ?? Self.usual[slot].map { Named(color: isLight ? $0.light : $0.dark, origin: "ours") }
    }
    let text = slots[.text]
    slots[.bright] = slots[.bright] ?? text
    slots[.muted] = slots[.muted] ?? text
    slots[.accent] = slots[.accent] ?? slots[.blue]
    slots[.line] = slots[.line] ?? slots[.muted]
    slots[.raised] = slots[.raised] ?? slots[.background]
  }

  private static func nearest(to slot: Slot, in candidates: [Named]) -> Named? {
    candidates
      .filter { $0.color.chroma >= leastChroma && self.slot(of: $0.color) == slot }
      .min { distance($0.color, slot) < distance($1.color, slot) }
  }

  /// The slot to which a colour is nearest in hue; nil when it is near to none.
  private static func slot(of color: RGB) -> Slot? {
    Slot.allCases
      .filter { distance(color, $0) <= hueReach }
      .min { distance(color, $0) < distance(color, $1) }
  }

  private static func distance(_ color: RGB, _ slot: Slot) -> Double {
    guard let hue = slot.hue else { return .infinity }
    let difference = (color.hue - hue).magnitude
    return min(difference, 360 - difference)
  }

  private static let usual: [Slot: (dark: RGB, light: RGB)] = [
    .red: (RGB(0xE0, 0x6C, 0x75), RGB(0xC0, 0x14, 0x1C)),
    .orange: (RGB(0xD1, 0x9A, 0x66), RGB(0xA3, 0x44, 0x00)),
    .amber: (RGB(0xE5, 0xC0, 0x7B), RGB(0x8A, 0x5A, 0x00)),
    .green: (RGB(0x98, 0xC3, 0x79), RGB(0x1F, 0x6E, 0x1F)),
    .teal: (RGB(0x56, 0xB6, 0xC2), RGB(0x00, 0x69, 0x6B)),
    .blue: (RGB(0x61, 0xAF, 0xEF), RGB(0x0B, 0x57, 0xA8)),
    .purple: (RGB(0xC6, 0x78, 0xDD), RGB(0x7A, 0x3B, 0x9A)),
  ]
}
