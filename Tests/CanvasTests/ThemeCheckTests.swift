import Canvas
import Testing

@Suite struct ThemeCheckTests {
  private typealias Rule = ThemeFinding.Rule

  /// A theme that passes, with changes.
  private func theme(
    _ changes: [Role: RoleStyle] = [:],
    mono: [Role: Modifiers] = [:],
    appears: Theme.Appears = .dark
  ) -> Theme {
    var theme = Theme.builtIn
    theme.appears = appears
    theme.roles.merge(changes) { $1 }
    theme.mono.merge(mono) { $1 }
    return theme
  }

  private func color(_ color: PaletteColor, _ modifiers: Modifiers = []) -> RoleStyle {
    RoleStyle(foreground: color, background: .rgb(0, 0, 0), modifiers: modifiers)
  }

  /// The rules that a role breaks, or a pair of which it is the first.
  private func rules(_ role: Role, in theme: Theme, at depth: ColorDepth = .trueColor) -> Set<Rule>
  {
    Set(
      ThemeCheck.findings(in: theme).filter { $0.role == role && $0.depth == depth }.map(\.rule)
    )
  }

  @Test func theBuiltInThemePasses() {
    #expect(ThemeCheck.findings(in: .builtIn).map(\.description) == [])
  }

  // MARK: - Contrast

  @Test func contrastIsThatOfTheStandard() {
    let black = LinearColor(0, 0, 0)
    let white = LinearColor(255, 255, 255)
    #expect((black.contrast(with: white) - 21).magnitude < 1e-9)
    #expect(black.contrast(with: black) == 1)
    // #767676 is known as the lightest grey that passes on white.
    #expect(LinearColor(0x76, 0x76, 0x76).contrast(with: white) >= 4.5)
    #expect(LinearColor(0x77, 0x77, 0x77).contrast(with: white) < 4.5)
  }

  @Test func faintTextIsFoundWithItsFigures() throws {
    let faint = theme([.toast: color(.rgb(0x60, 0x60, 0x60))])
    let findings = ThemeCheck.findings(in: faint).filter { $0.role == .toast }
    let found = try #require(findings.first { $0.depth == .trueColor })
    #expect(found.rule == .contrast)
    #expect((found.measured - 3.33).magnitude < 0.01)
    #expect(found.bar == 4.5)
    #expect(found.scheme == "xterm, dark")
    #expect(
      found.description
        == "toast has contrast 3.33 with true colour (xterm, dark); text needs 4.50"
    )
  }

  @Test func aDimTextIsMeasuredAsItIsDrawn() {
    let grey = PaletteColor.rgb(0x90, 0x90, 0x90)
    #expect(rules(.toast, in: theme([.toast: color(grey)])) == [])
    #expect(rules(.toast, in: theme([.toast: color(grey, .dim)])) == [.contrast])
  }

  @Test func aReversedTextStandsOnItsOwnColour() {
    // Dark blue and black are near either way round.
    let blue = PaletteColor.rgb(0, 0, 120)
    #expect(rules(.toast, in: theme([.toast: color(blue, .reverse)])) == [.contrast])
    #expect(rules(.toast, in: theme([.toast: color(.rgb(200, 200, 255), .reverse)])) == [])
  }

  @Test func aDepthThatIsWorseIsFoundAlone() {
    let indexed = PaletteColor(.rgb(255, 255, 255), ansi256: 236, ansi16: 15)
    let basic = PaletteColor(.rgb(255, 255, 255), ansi256: 231, ansi16: 4)
    for (colour, bad) in [(indexed, ColorDepth.ansi256), (basic, .ansi16)] {
      for depth in [ColorDepth.ansi16, .ansi256, .trueColor] {
        let found = rules(.toast, in: theme([.toast: color(colour)]), at: depth)
        #expect(found == (depth == bad ? [.contrast] : []))
      }
    }
  }

  @Test func aLineMayBeFaintButNotInvisible() {
    #expect(rules(.border, in: theme([.border: color(.rgb(50, 50, 50))])) == [])
    #expect(rules(.border, in: theme([.border: color(.rgb(5, 5, 5))])) == [.line])
  }

  @Test func aRoleThatTakesTheGroupsColourIsNotBlamedForIt() {
    let bad = theme([
      .json: RoleStyle(foreground: .rgb(60, 60, 60)), .jsonKey: RoleStyle(),
      .jsonString: RoleStyle(),
      .jsonNumber: RoleStyle(foreground: .rgb(61, 60, 60)),
    ])
    #expect(rules(.json, in: bad) == [.contrast])
    #expect(rules(.jsonKey, in: bad) == [])
    #expect(rules(.jsonNumber, in: bad) == [.contrast])
  }

  // MARK: - The terminal's own colours

  @Test func blueIsTooDarkForTextOnBlack() {
    let blue = theme([.toast: RoleStyle(foreground: .ansi(4))])
    let schemes = ThemeCheck.findings(in: blue).filter { $0.role == .toast }.map(\.scheme)
    #expect(Set(schemes) == ["xterm, dark", "VGA"])
    #expect(rules(.toast, in: theme([.toast: RoleStyle(foreground: .ansi(4))])) == [.contrast])
  }

  @Test func yellowIsBrownOnTheConsoleUnlessItIsBold() {
    func schemes(_ modifiers: Modifiers) -> Set<String?> {
      let yellow = theme([.toast: RoleStyle(foreground: .ansi(3), modifiers: modifiers)])
      return Set(ThemeCheck.findings(in: yellow).filter { $0.role == .toast }.map(\.scheme))
    }
    #expect(schemes([]) == ["VGA"])
    #expect(schemes(.bold) == [])
  }

  @Test func whatATextStandsOnIsTakenFromTheKindOfTheme() {
    // Green can be read on black and not on white.
    func schemes(_ appears: Theme.Appears) -> Set<String?> {
      let findings = ThemeCheck.findings(in: theme(appears: appears))
      return Set(findings.filter { $0.role == .stateOK && $0.rule == .contrast }.map(\.scheme))
    }
    #expect(schemes(.dark) == [])
    #expect(schemes(.light) == ["xterm, light", "Tango, light"])
    #expect(schemes(.any) == ["xterm, light", "Tango, light"])
  }

  // MARK: - Telling apart

  @Test func simulatedEyesKeepGreysAndConfuseTheirColours() {
    let grey = LinearColor(120, 120, 120)
    for eye in Eye.allCases { #expect(grey.distance(to: grey.seen(by: eye)) < 0.1) }
    func distances(_ first: LinearColor, _ second: LinearColor) -> [Eye: Double] {
      Dictionary(
        uniqueKeysWithValues: Eye.allCases.map { eye in
          (eye, first.seen(by: eye).distance(to: second.seen(by: eye)))
        }
      )
    }
    // An orange and a green, then a blue and a green, of the same lightness.
    let warm = distances(LinearColor(200, 130, 60), LinearColor(120, 150, 50))
    #expect(warm[.normal] ?? 0 > 35 && warm[.deuteranopia] ?? 99 < 11, "\(warm)")
    let cool = distances(LinearColor(80, 160, 160), LinearColor(100, 158, 120))
    #expect(cool[.tritanopia] ?? 99 < cool[.deuteranopia] ?? 0, "\(cool)")
    #expect((LinearColor(0, 0, 0).distance(to: LinearColor(255, 255, 255)) - 100).magnitude < 0.01)
  }

  @Test(arguments: [
    (PaletteColor.rgb(214, 150, 70), PaletteColor.rgb(150, 170, 60), Eye.deuteranopia),
    (.rgb(255, 128, 128), .rgb(150, 150, 128), .protanopia),
    (.rgb(90, 190, 190), .rgb(110, 185, 165), .tritanopia),
  ])
  func statesThatAnEyeConfusesAreFound(ok: PaletteColor, gone: PaletteColor, eye: Eye) throws {
    let like = theme([.stateOK: color(ok), .stateGone: color(gone)])
    let found = try #require(
      ThemeCheck.findings(in: like).first {
        $0.role == .stateOK && $0.other == .stateGone && $0.depth == .trueColor
      }
    )
    #expect(found.rule == .distance(.stateGone, eye))
    #expect(found.measured < 11 && found.bar == 11)
    #expect(found.description.contains(eye.rawValue))
    // Boldness tells everybody, slant only some.
    let bold = theme([.stateOK: color(ok), .stateGone: color(gone, .bold)])
    #expect(!rules(.stateOK, in: bold).contains(.distance(.stateGone, eye)))
    let slanted = theme([.stateOK: color(ok), .stateGone: color(gone, .italic)])
    #expect(rules(.stateOK, in: slanted).contains(.distance(.stateGone, eye)))
  }

  @Test func alertsAndTargetsAreComparedToo() {
    let same = color(.rgb(200, 200, 200))
    let bad = theme([
      .alertInformation: same, .alertWarning: same, .targetAttached: same, .targetProduction: same,
    ])
    #expect(rules(.alertInformation, in: bad) == [.distance(.alertWarning, .normal)])
    #expect(rules(.targetAttached, in: bad) == [.distance(.targetProduction, .normal)])
  }

  @Test func aCursorAndAButtonMustBeSeen() {
    let text = RoleStyle(
      foreground: .terminalDefault,
      background: .terminalDefault,
      modifiers: []
    )
    let bad = theme([.cursor: text, .button: text, .buttonFocus: text])
    #expect(rules(.base, in: bad) == [.distance(.cursor, .normal)])
    #expect(rules(.button, in: bad) == [.distance(.buttonFocus, .normal)])
  }

  // MARK: - Without colour

  @Test(arguments: [
    (Role.stateOK, Role.stateSlow), (.stateSlow, .stateStuck), (.stateGone, .statePaused),
    (.alertInformation, .alertCritical),
  ])
  func statesWithTheSameModifiersInMonoAreFound(first: Role, second: Role) {
    let bad = theme(mono: [first: [.bold, .italic], second: [.bold, .dim]])
    #expect(rules(first, in: bad, at: .monochrome).contains(.modifiers(second)))
    let good = theme(mono: [first: .bold, second: [.bold, .underline]])
    #expect(!rules(first, in: good, at: .monochrome).contains(.modifiers(second)))
  }

  @Test func aThemeWithoutColoursIsComparedByModifiersAtEveryDepth() {
    var plain = Theme(name: "plain", roles: [:])
    for (role, modifiers) in Theme.builtIn.mono {
      plain.roles[role] = RoleStyle(modifiers: modifiers)
    }
    plain.roles[.match] = RoleStyle(modifiers: .underline)
    #expect(ThemeCheck.findings(in: plain).map(\.description) == [])
    plain.roles[.stateStuck] = RoleStyle(modifiers: [])
    #expect(rules(.stateOK, in: plain) == [.distance(.stateStuck, .normal)])
  }

  @Test func aSignMayNotStandForTwoThings() {
    var bad = Theme.builtIn
    bad.glyphs.ok = bad.glyphs.alert
    #expect(rules(.alert, in: bad, at: .monochrome) == [.glyph(bad.glyphs.alert)])
    bad = Theme.builtIn
    bad.glyphs.okASCII = "x"
    #expect(rules(.stateOK, in: bad, at: .monochrome) == [.glyph("x")])
  }
}
