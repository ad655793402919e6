import Canvas
import Testing
import ThemeFiles

@Suite struct ShippedThemeTests {
  static let names = [
    "catppuccin-latte", "catppuccin-mocha", "default", "default-light", "dracula", "gruvbox-dark",
    "gruvbox-light", "high-contrast", "mono", "nord", "okabe-ito", "one-dark", "solarized-dark",
    "solarized-light", "tokyo-night",
  ]

  /// Groups that no piece of a screen is drawn in; a theme may leave them to the base.
  private static let groups: Set<Role> = [
    .state, .alert, .metric, .graph, .kind, .lab, .target, .log, .json,
  ]

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

  @Test(arguments: names)
  func aShippedThemeLoadsWithoutWarningsAndDefinesEveryRole(name: String) throws {
    let (theme, warnings) = try load(name)
    #expect(warnings == [])
    #expect(theme.author != "")
    for role in Role.allCases where !Self.groups.contains(role) {
      let style = try #require(theme.roles[role], "\(role.name) is not in \(name)")
      #expect(style.modifiers != nil, "\(role.name) of \(name) takes another's modifiers")
    }
    for role in Theme.builtIn.mono.keys {
      #expect(theme.mono[role] != nil, "\(role.name) is not in [mono] of \(name)")
    }
  }

  @Test(arguments: names)
  func aShippedThemeCanBeReadAndToldApartByEveryEyeAtEveryDepth(name: String) throws {
    let findings = ThemeCheck.findings(in: try load(name).0)
    #expect(findings.map(\.description) == [])
  }

  @Test func highContrastHasSevenToOneForAllText() throws {
    let findings = ThemeCheck.findings(in: try load("high-contrast").0, textContrast: 7)
    // The 16 colours of a terminal leave no choice.
    #expect(findings.filter { $0.depth != .ansi16 }.map(\.description) == [])
  }

  @Test func theFormatsPageNamesEveryRole() throws {
    let package = Self.folder.dropLast("/themes".count)
    let page = try TextFile.read("\(package)/Sources/sluice/Documentation.docc/Themes.md")
    for role in Role.allCases { #expect(page.contains("`\(role.name)`"), "\(role.name)") }
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

  @Test(arguments: names.filter { !["default", "default-light", "mono"].contains($0) })
  func aThemeThatPaintsItsBackgroundLeavesNoColourToTheTerminal(name: String) throws {
    let (theme, _) = try load(name)
    for role in Role.allCases {
      let look = theme.appearance(of: Style(role), at: .trueColor)
      for color in [look.foreground, look.background] {
        guard case .rgb = color else {
          Issue.record("\(role.name) of \(name) depends on the terminal")
          continue
        }
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
}
