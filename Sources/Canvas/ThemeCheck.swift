/// Finds what some people could not read or tell apart in a theme.
///
/// It looks at every depth, with the colours that the theme asks for, and where it leaves the choice
/// to the terminal, with those of well-known ones.
package enum ThemeCheck {
  /// WCAG 2's level AA for text.
  package static let textContrast = 4.5
  /// Enough to see that a line is there; nobody has to read it.
  package static let lineContrast = 1.25
  /// Distance in CIELAB.
  ///
  /// 2.3 is just noticeable on large patches side by side; from 11 on, two
  /// colours count as different and no longer as shades of one, which is what a word of thin letters
  /// needs that is seen for itself.
  package static let stateDistance = 11.0

  /// Lines, and not read; what a scroll bar says is its place.
  package static let lines: Set<Role> = [
    .border, .borderFocus, .graph, .graphAxis, .graphGap, .scrollbar,
  ]

  /// Groups of which each two must be told apart.
  package static let groups: [[Role]] = [
    [
      .stateOK, .stateBusy, .stateDraining, .statePaused, .stateSlow, .stateStuck, .statePoison,
      .stateGone, .stateNone,
    ],
    [.alertInformation, .alertWarning, .alertCritical],
    [.targetEmbedded, .targetAttached, .targetProduction],
    // Where the keys act must be seen.
    [.base, .cursor],
    [.button, .buttonFocus],
    [.base, .match],
  ]

  /// Of these each two must be told apart without colour too; the rest have words and glyphs.
  package static let plainGroups: [[Role]] = [
    [.stateOK, .stateSlow, .stateStuck, .stateGone, .statePaused],
    [.alertInformation, .alertWarning, .alertCritical],
    [.base, .cursor],
    [.button, .buttonFocus],
    [.base, .match],
  ]

  /// What every terminal can show; slant, dimness and blinking many cannot.
  static let firmModifiers: Modifiers = [.bold, .underline, .reverse]

  /// Looks at a theme in every way that it can be shown.
  ///
  /// - Parameters:
  ///   - theme: Any theme.
  ///   - textContrast: The least contrast of text, 1 to 21.
  /// - Returns: Everything that does not pass; nothing when the theme is good for all.
  /// - Complexity: some thousand colour distances; for commands and tests, not for drawing.
  package static func findings(
    in theme: Theme,
    textContrast: Double = ThemeCheck.textContrast
  ) -> [ThemeFinding] {
    var findings: [ThemeFinding] = []
    for depth in ColorDepth.allCases.reversed() where depth != .monochrome {
      let schemes = schemes(for: theme, at: depth)
      for scheme in schemes {
        // A theme that paints everything looks the same everywhere.
        let name = usesOwnColors(theme) ? scheme.name : nil
        let view = View(theme: theme, depth: depth, scheme: scheme, name: name)
        findings += view.contrasts(of: textContrast) + view.distances()
      }
    }
    return findings + plainModifiers(of: theme) + glyphs(of: theme)
  }

  /// The terminals that a theme must look right on.
  static func schemes(for theme: Theme, at depth: ColorDepth) -> [TerminalScheme] {
    guard usesOwnColors(theme) else { return [.xterm] }
    switch theme.appears {
    case .dark: return [.xterm, .vga]
    case .light: return [.xtermLight, .tangoLight]
    case .any: return [.xterm, .vga, .xtermLight, .tangoLight]
    }
  }

  /// Whether a theme leaves a colour to the terminal where it could have asked for one.
  private static func usesOwnColors(_ theme: Theme) -> Bool {
    Role.allCases.contains { role in
      let look = theme.appearance(of: Style(role), at: .trueColor)
      return [look.foreground, look.background].contains { color in
        switch color {
        case .terminalDefault, .ansi16: true
        case .ansi256, .rgb: false
        }
      }
    }
  }

  private static func plainModifiers(of theme: Theme) -> [ThemeFinding] {
    plainGroups.flatMap { group in
      pairs(of: group).compactMap { (first, second) -> ThemeFinding? in
        let looks = [first, second].map { role in
          theme.appearance(of: Style(role), at: .monochrome).modifiers.intersection(firmModifiers)
        }
        guard looks[0] == looks[1] else { return nil }
        return ThemeFinding(
          role: first,
          depth: .monochrome,
          rule: .modifiers(second),
          measured: 0,
          bar: 1
        )
      }
    }
  }

  /// A state is told by its glyph as well, so no two may be the same.
  private static func glyphs(of theme: Theme) -> [ThemeFinding] {
    [theme.glyphs, theme.glyphs.ascii()].flatMap { glyphs in
      let fixed = [glyphs.paused, glyphs.gone, glyphs.starting]
      let signs: [(Role, Unicode.Scalar, [Unicode.Scalar])] = [
        (.alert, glyphs.alert, fixed + [glyphs.ok]), (.stateOK, glyphs.ok, fixed),
      ]
      return signs.compactMap { (role, glyph, others) -> ThemeFinding? in
        guard others.contains(glyph) else { return nil }
        return ThemeFinding(
          role: role,
          depth: .monochrome,
          rule: .glyph(glyph),
          measured: 0,
          bar: 1
        )
      }
    }
  }

  fileprivate static func pairs(of group: [Role]) -> [(Role, Role)] {
    group.indices.flatMap { first in
      group[(first + 1)...].map { (group[first], $0) }
    }
  }
}

/// A theme on one terminal.
private struct View {
  let theme: Theme
  let depth: ColorDepth
  let scheme: TerminalScheme
  /// How findings call the terminal.
  let name: String?

  func contrasts(of textContrast: Double) -> [ThemeFinding] {
    Role.allCases.compactMap { role in
      let (text, ground) = scheme.lights(of: look(role))
      // What a group or the base says is blamed once, and not on each role that asks there.
      if let parent = blamed(instead: role) {
        let parents = scheme.lights(of: look(parent))
        if parents.text == text, parents.ground == ground { return nil }
      }
      let isLine = ThemeCheck.lines.contains(role)
      let bar = isLine ? ThemeCheck.lineContrast : textContrast
      let contrast = text.contrast(with: ground)
      guard contrast < bar else { return nil }
      return finding(role, isLine ? .line : .contrast, contrast, bar)
    }
  }

  /// The nearest of a role's group and the base that is text.
  private func blamed(instead role: Role) -> Role? {
    var parent = role.parent
    while let line = parent, ThemeCheck.lines.contains(line) { parent = line.parent }
    return parent
  }

  /// Of each pair only the eye to which it is nearest.
  func distances() -> [ThemeFinding] {
    // A theme without colours tells by modifiers, of which there are too few for every pair.
    let groups = hasColors ? ThemeCheck.groups : ThemeCheck.plainGroups
    return groups.flatMap { group in
      ThemeCheck.pairs(of: group).compactMap { (first, second) -> ThemeFinding? in
        let looks = [look(first), look(second)]
        let firm = looks.map { $0.modifiers.intersection(ThemeCheck.firmModifiers) }
        guard firm[0] == firm[1] else { return nil }
        let lights = looks.map(scheme.lights)
        let nearest = Eye.allCases
          .map { eye in
            // Text and ground: it is enough when one of them is far.
            let text = lights[0].text.seen(by: eye).distance(to: lights[1].text.seen(by: eye))
            let ground = lights[0].ground.seen(by: eye).distance(to: lights[1].ground.seen(by: eye))
            return (eye: eye, distance: max(text, ground))
          }
          .min { $0.distance < $1.distance }
        guard let nearest, nearest.distance < ThemeCheck.stateDistance else { return nil }
        return finding(
          first,
          .distance(second, nearest.eye),
          nearest.distance,
          ThemeCheck.stateDistance
        )
      }
    }
  }

  private var hasColors: Bool {
    Role.allCases.contains { role in
      let look = look(role)
      return look.foreground != .terminalDefault || look.background != .terminalDefault
    }
  }

  private func look(_ role: Role) -> Appearance { theme.appearance(of: Style(role), at: depth) }

  private func finding(
    _ role: Role,
    _ rule: ThemeFinding.Rule,
    _ measured: Double,
    _ bar: Double
  ) -> ThemeFinding {
    ThemeFinding(
      role: role,
      depth: depth,
      rule: rule,
      measured: measured,
      bar: bar,
      scheme: name
    )
  }
}
