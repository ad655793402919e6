import Canvas
import Testing

@Suite struct ThemeTests {
  @Test func aRoleThatIsNotDefinedAsksItsGroupAndThenTheBase() {
    let theme = Theme(
      name: "test",
      roles: [
        .base: RoleStyle(foreground: .ansi(7), background: .ansi(4), modifiers: .dim),
        .state: RoleStyle(foreground: .ansi(3)),
        .stateStuck: RoleStyle(modifiers: .bold),
      ]
    )
    let stuck = theme.appearance(of: Style(.stateStuck), at: .ansi16)
    #expect(
      stuck == Appearance(foreground: .ansi16(3), background: .ansi16(4), modifiers: .bold)
    )
    let metric = theme.appearance(of: Style(.metricAck, .underline), at: .ansi16)
    #expect(
      metric
        == Appearance(
          foreground: .ansi16(7),
          background: .ansi16(4),
          modifiers: [.dim, .underline]
        )
    )
  }

  @Test func withoutColourTheMonoModifiersCount() {
    let theme = Theme(
      name: "test",
      roles: [.stateStuck: RoleStyle(foreground: .ansi(1), modifiers: .italic)],
      mono: [.stateStuck: [.bold, .reverse]]
    )
    #expect(
      theme.appearance(of: Style(.stateStuck), at: .monochrome)
        == Appearance(
          foreground: .terminalDefault,
          background: .terminalDefault,
          modifiers: [.bold, .reverse]
        )
    )
  }

  @Test func aColourFollowsTheDepthAndTheOverridesWin() {
    let red = PaletteColor(.rgb(255, 0, 0))
    #expect(red.color(at: .trueColor) == .rgb(255, 0, 0))
    #expect(red.color(at: .ansi256) == .ansi256(196))
    #expect(red.color(at: .ansi16) == .ansi16(9))
    #expect(red.color(at: .monochrome) == .terminalDefault)
    let named = PaletteColor(.rgb(255, 0, 0), ansi256: 160, ansi16: 1)
    #expect(named.color(at: .ansi256) == .ansi256(160))
    #expect(named.color(at: .ansi16) == .ansi16(1))
    #expect(PaletteColor.ansi(6).color(at: .trueColor) == .ansi16(6))
  }

  @Test func everyIndexedColourIsNearestToItself() {
    for index in UInt8(16)...255 {
      guard let parts = NearestColor.components(ofIndexed: index) else { continue }
      let found = NearestColor.ansi256(red: parts.0, green: parts.1, blue: parts.2)
      let again = NearestColor.components(ofIndexed: found)
      #expect(again.map { [$0.0, $0.1, $0.2] } == [parts.0, parts.1, parts.2])
    }
    for (index, parts) in NearestColor.ansi16Palette.enumerated() {
      let found = NearestColor.ansi16(red: parts.0, green: parts.1, blue: parts.2)
      #expect(Int(found) == index)
    }
  }

  @Test func nearestIsByTheEyeAndNotByTheNumbers() {
    // By squared distance of red, green and blue these would be 110 and 237.
    #expect(NearestColor.ansi256(red: 0x88, green: 0xC0, blue: 0xD0) == 109)
    #expect(NearestColor.ansi256(red: 0x2E, green: 0x34, blue: 0x40) == 236)
  }

  @Test func everyRoleHasANameOfItsOwn() {
    #expect(Set(Role.allCases.map(\.name)).count == Role.allCases.count)
    for role in Role.allCases {
      #expect(Role(name: role.name) == role)
      var steps = 0
      var next: Role? = role
      while let current = next, steps < 5 {
        next = current.parent
        steps += 1
      }
      #expect(next == nil, "\(role) leads to the base")
    }
    #expect(Role(name: "state.unheard-of") == nil)
    #expect(Role.stateStuck.parent == .state)
    #expect(Role.state.parent == .base)
  }

  @Test func theBuiltInThemeUsesTheTerminalsOwnColours() {
    for role in Role.allCases {
      for depth in ColorDepth.allCases {
        let look = Theme.builtIn.appearance(of: Style(role), at: depth)
        for color in [look.foreground, look.background] {
          switch color {
          case .terminalDefault: break
          case .ansi16: #expect(depth != .monochrome)
          case .ansi256, .rgb: Issue.record("\(role) leaves the 16 colours")
          }
        }
      }
    }
  }

  @Test func theBuiltInThemeShowsTheCursorWithoutColour() {
    let look = Theme.builtIn.appearance(of: Style(.cursor), at: .monochrome)
    #expect(look.modifiers.contains(.reverse))
  }

  @Test func asciiGlyphsAreASCII() {
    let glyphs = Glyphs().ascii()
    for scalar in [
      glyphs.alert, glyphs.ok, glyphs.paused, glyphs.gone, glyphs.starting, glyphs.cursor,
      glyphs.ellipsis, glyphs.separator,
    ] {
      #expect(scalar.isASCII)
    }
    #expect(glyphs.borders == .ascii)
    #expect(glyphs.graphs == .ascii)
    #expect(glyphs.arrow.utf8.allSatisfy { $0 < 0x80 })
  }
}
