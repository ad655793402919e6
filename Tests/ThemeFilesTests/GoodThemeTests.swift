import Canvas
import Testing
import ThemeFiles

@Suite struct GoodThemeTests {
  private func load(_ text: String) throws -> (Theme, [String]) {
    let folder = try ThemeFolder(["mine.toml": text])
    var warnings: [String] = []
    let theme = try loadTheme("mine", searchPaths: [folder.path]) { warnings.append($0) }
    return (theme, warnings)
  }

  @Test func anEmptyFileIsAThemeWithoutColours() throws {
    let (theme, warnings) = try load("")
    #expect(theme.name == "mine")
    #expect(theme.roles.isEmpty)
    #expect(warnings.isEmpty)
  }

  @Test func aRoleMayBeAPaletteNameAHexColourADefaultOrATable() throws {
    let (theme, warnings) = try load(
      """
      [meta]
      name = "Mine"
      appears = "dark"
      [palette]
      sea = "#102030"
      sun = { hex = "#ffee00", ansi256 = 226, ansi16 = "bright-yellow" }
      [roles]
      base = { fg = "sea", bg = "default" }
      muted = "#AbCdEf"
      title = { modifiers = ["bold", "underline"] }
      "state.ok" = "sun"
      "state.stuck" = "bright-red"
      """
    )
    #expect(warnings.isEmpty)
    #expect(theme.name == "Mine")
    #expect(theme.appears == .dark)
    #expect(
      theme.roles[.base] == RoleStyle(foreground: .rgb(16, 32, 48), background: .terminalDefault)
    )
    #expect(theme.roles[.muted] == RoleStyle(foreground: .rgb(0xAB, 0xCD, 0xEF)))
    #expect(theme.roles[.title] == RoleStyle(modifiers: [.bold, .underline]))
    let sun = PaletteColor(.rgb(0xFF, 0xEE, 0), ansi256: 226, ansi16: 11)
    #expect(theme.roles[.stateOK] == RoleStyle(foreground: sun))
    #expect(theme.roles[.stateStuck] == RoleStyle(foreground: .ansi(9)))
  }

  @Test func aRoleWithDotsNeedsNoQuotes() throws {
    let (theme, warnings) = try load(
      """
      [roles]
      state.ok = "green"
      border = { modifiers = ["dim"] }
      log.time = { fg = "blue" }
      [mono]
      state.stuck = ["reverse"]
      """
    )
    #expect(warnings.isEmpty)
    #expect(theme.roles[.stateOK] == RoleStyle(foreground: .ansi(2)))
    #expect(theme.roles[.border] == RoleStyle(modifiers: .dim))
    #expect(theme.roles[.logTime] == RoleStyle(foreground: .ansi(4)))
    #expect(theme.mono[.stateStuck] == .reverse)
    #expect(theme.roles[.state] == nil)
  }

  @Test func glyphsComeWithTheirTwins() throws {
    let (theme, _) = try load(
      """
      [glyphs]
      borders = "heavy"
      graphs = "block"
      alert = ["♦", "#"]
      """
    )
    #expect(theme.glyphs.borders == .heavy)
    #expect(theme.glyphs.graphs == .block)
    #expect(theme.glyphs.alert == "♦")
    #expect(theme.glyphs.ascii().alert == "#")
    #expect(theme.glyphs.ok == Glyphs().ok)
  }

  @Test func unknownKeysAreWarningsWithTheirLines() throws {
    let (theme, warnings) = try load(
      """
      [meta]
      name = "Mine"
      colour = "blue"

      [roles]
      "state.sideways" = "red"
      muted = { fg = "red", font = "Comic" }
      # not a role either
      "base" = "green"

      [extra]
      x = [
        "muted = 1",
      ]
      [glyphs]
      star = ["*", "*"]
      """
    )
    #expect(theme.roles[.base] == RoleStyle(foreground: .ansi(2)))
    let lines = Set(
      warnings.map { $0.split(separator: "/").last.map(String.init) ?? $0 }.map {
        String($0.prefix { $0 != " " })
      }
    )
    #expect(
      lines == ["mine.toml:3:", "mine.toml:6:", "mine.toml:7:", "mine.toml:11:", "mine.toml:16:"]
    )
    #expect(warnings.count == 5)
  }

  @Test func aChildReplacesRolesAndTheColoursOfItsParentsPalette() throws {
    let folder = try ThemeFolder([
      "old.toml": """
      [palette]
      one = "#111111"
      two = "#222222"
      [roles]
      base = "one"
      muted = { fg = "two", modifiers = ["dim"] }
      [glyphs]
      borders = "square"
      """,
      "young.toml": """
      [meta]
      inherits = "old"
      [palette]
      one = "#aaaaaa"
      [roles]
      muted = "one"
      """,
    ])
    let theme = try loadTheme("young", searchPaths: [folder.path])
    #expect(theme.name == "young")
    #expect(theme.roles[.base] == RoleStyle(foreground: .rgb(0xAA, 0xAA, 0xAA)))
    #expect(theme.roles[.muted] == RoleStyle(foreground: .rgb(0xAA, 0xAA, 0xAA)))
    #expect(theme.glyphs.borders == .square)
  }

  @Test func aFileInheritsFromItsNeighbour() throws {
    let folder = try ThemeFolder([
      "old.toml": "[roles]\nbase = \"green\"\n",
      "young.toml": "[meta]\ninherits = \"old\"\n",
    ])
    let theme = try loadTheme("\(folder.path)/young.toml", searchPaths: [])
    #expect(theme.roles[.base] == RoleStyle(foreground: .ansi(2)))
  }

  @Test func aUsersDefaultMayInheritFromTheShippedOne() throws {
    let mine = try ThemeFolder(["default.toml": "[meta]\ninherits = \"default\"\n"])
    let shipped = try ThemeFolder(["default.toml": "[roles]\nbase = \"green\"\n"])
    let theme = try loadTheme("default", searchPaths: [mine.path, shipped.path])
    #expect(theme.roles[.base] == RoleStyle(foreground: .ansi(2)))
  }

  @Test func theFirstFolderWithTheThemeWins() throws {
    let first = try ThemeFolder(["a.toml": "[roles]\nbase = \"red\"\n"])
    let second = try ThemeFolder(["a.toml": "[roles]\nbase = \"green\"\n"])
    let theme = try loadTheme("a", searchPaths: [first.path, second.path])
    #expect(theme.roles[.base] == RoleStyle(foreground: .ansi(1)))
  }

  @Test func theDefaultIsThereWithoutAnyFile() throws {
    #expect(try loadTheme("default", searchPaths: []) == Theme.builtIn)
    let folder = try ThemeFolder(["mine.toml": "[meta]\ninherits = \"default\"\n"])
    var theme = try loadTheme("mine", searchPaths: [folder.path])
    #expect(theme.author == "", "a parent's author did not make it")
    theme.name = Theme.builtIn.name
    theme.author = Theme.builtIn.author
    #expect(theme == Theme.builtIn)
  }
}
