import Canvas
import Testing
import ThemeFiles

@Suite struct ShippedThemeTests {
  /// The package's own folder, found from this file.
  private static let folder: String = {
    let parts = #filePath.split(separator: "/").dropLast(3)
    return "/" + parts.joined(separator: "/") + "/themes"
  }()

  private func load(_ name: String) throws -> (Theme, [String]) {
    var warnings: [String] = []
    let file = "\(Self.folder)/\(name).toml"
    let theme = try loadTheme(file, searchPaths: [Self.folder]) { warnings.append($0) }
    return (theme, warnings)
  }

  @Test(arguments: ["default", "nord", "mono"])
  func aShippedThemeLoadsWithoutWarningsAndDefinesEveryRole(name: String) throws {
    let (theme, warnings) = try load(name)
    #expect(warnings == [])
    for role in Theme.builtIn.roles.keys {
      #expect(theme.roles[role] != nil, "\(role.name) is not in \(name)")
    }
    for role in Theme.builtIn.mono.keys {
      #expect(theme.mono[role] != nil, "\(role.name) is not in [mono] of \(name)")
    }
  }

  @Test func theDefaultFileSaysWhatIsBuiltIn() throws {
    let (theme, _) = try load("default")
    for role in Role.allCases {
      #expect(theme.roles[role] == Theme.builtIn.roles[role], "\(role.name)")
      #expect(theme.mono[role] == Theme.builtIn.mono[role], "\(role.name) in [mono]")
    }
    #expect(theme == Theme.builtIn)
  }

  @Test(arguments: ["default", "mono"])
  func aThemeOfTheTerminalsOwnColoursNamesNoOthers(name: String) throws {
    let (theme, _) = try load(name)
    for role in Role.allCases {
      let appearance = theme.appearance(of: Style(role), at: .trueColor)
      for color in [appearance.foreground, appearance.background] {
        if case .rgb = color { Issue.record("\(role.name) of \(name) has a colour of its own") }
      }
    }
  }

  @Test func monoHasNoColourAtAnyDepth() throws {
    let (theme, _) = try load("mono")
    for role in Role.allCases {
      for depth in ColorDepth.allCases {
        let appearance = theme.appearance(of: Style(role), at: depth)
        #expect(appearance.foreground == .terminalDefault, "\(role.name)")
        #expect(appearance.background == .terminalDefault, "\(role.name)")
      }
    }
  }

  /// Lines are not read, so they may be fainter than text.
  private static let lines: Set<Role> = [.border, .borderFocus, .graph, .graphAxis, .graphGap]

  @Test(arguments: Role.allCases.filter { !lines.contains($0) })
  func textOfNordIsReadableOnItsBackground(role: Role) throws {
    let (theme, _) = try load("nord")
    let appearance = theme.appearance(of: Style(role), at: .trueColor)
    let foreground = try #require(luminance(appearance.foreground), "\(role.name) has no colour")
    let background = try #require(luminance(appearance.background), "\(role.name) has no ground")
    let lighter = max(foreground, background)
    let darker = min(foreground, background)
    let contrast = (lighter + 0.05) / (darker + 0.05)
    #expect(contrast >= 4.5, "\(role.name) has \(contrast):1")
    #expect(!appearance.modifiers.contains(.dim), "\(role.name) is dimmed below what was measured")
  }

  @Test func statesOfNordDifferAtEveryDepth() throws {
    let (theme, _) = try load("nord")
    for depth in ColorDepth.allCases {
      let ok = theme.appearance(of: Style(.stateOK), at: depth)
      let stuck = theme.appearance(of: Style(.stateStuck), at: depth)
      let slow = theme.appearance(of: Style(.stateSlow), at: depth)
      #expect(Set([ok, stuck, slow]).count == 3)
    }
  }

  /// WCAG 2's relative luminance.
  private func luminance(_ color: Color) -> Double? {
    guard case .rgb(let red, let green, let blue) = color else { return nil }
    func linear(_ part: UInt8) -> Double {
      let value = Double(part) / 255
      return value <= 0.04045 ? value / 12.92 : power((value + 0.055) / 1.055, 2.4)
    }
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
  }
}
