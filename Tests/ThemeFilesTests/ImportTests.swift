import Canvas
import Testing
import ThemeFiles

@Suite struct ImportTests {
  private func load(_ imported: ThemeImport) throws -> Theme {
    let loaded = try LoadedTheme(text: imported.text, file: "imported.toml", searchPaths: [])
    #expect(loaded.warnings == [])
    return loaded.theme
  }

  private func foreground(_ role: Role, _ theme: Theme) -> Color {
    theme.appearance(of: Style(role), at: .trueColor).foreground
  }

  private func refusal(of source: String, file: String) -> ThemeError? {
    do {
      _ = try ThemeImport(source: source, file: file, name: nil)
      return nil
    } catch {
      return error
    }
  }

  @Test func aBase16SchemeOfTheOldLayoutBecomesAThemeThatPasses() throws {
    let imported = try ThemeImport(
      source: ImportSamples.tomorrowNight,
      file: "base16-tomorrow-night.yaml",
      name: nil
    )
    #expect(imported.complaints == [])
    let theme = try load(imported)
    #expect(theme.name == "Tomorrow Night")
    #expect(theme.author == "Chris Kempson (http://chriskempson.com)")
    #expect(theme.appears == .dark)
    #expect(theme.roles[.base]?.background?.source == .rgb(0x1D, 0x1F, 0x21))
    #expect(foreground(.base, theme) == .rgb(0xC5, 0xC8, 0xC6))
    #expect(foreground(.stateOK, theme) == .rgb(0xB5, 0xBD, 0x68))
    // Its red has a contrast of 4.4 and is a little lighter here, which is said.
    #expect(foreground(.stateStuck, theme) != .rgb(0xCC, 0x66, 0x66))
    #expect(imported.adjustments.count == 1)
    #expect(imported.adjustments.first?.contains("#cc6666 (base08)") == true)
    #expect(imported.text.contains("# Changed for a contrast of 4.5:1"))
    #expect(imported.text.contains("#   \(imported.adjustments[0])\n"))
  }

  @Test func anImportedThemeDefinesEveryRole() throws {
    let imported = try ThemeImport(
      source: ImportSamples.tomorrowNight,
      file: "a.yaml",
      name: "Mine \"and\" \\ yours\u{1B}"
    )
    let theme = try load(imported)
    #expect(theme.name == "Mine \"and\" \\ yours␛")
    let groups: Set<Role> = [
      .state, .alert, .metric, .graph, .kind, .lab, .target, .log, .json,
    ]
    for role in Role.allCases where !groups.contains(role) {
      #expect(theme.roles[role] != nil, "\(role.name)")
    }
  }

  @Test func aBase16SchemeOfTheNewLayoutSaysWhatDoesNotPass() throws {
    let imported = try ThemeImport(
      source: ImportSamples.github,
      file: "github.yml",
      name: nil
    )
    let theme = try load(imported)
    #expect(theme.name == "Github")
    #expect(theme.author == "Defman21")
    #expect(theme.appears == .light)
    // White titles on white would be lost.
    #expect(foreground(.title, theme) == .rgb(0x33, 0x33, 0x33))
    // The scheme has one colour for what we call busy and slow.
    #expect(imported.complaints.count == 2)
    for complaint in imported.complaints {
      #expect(complaint.hasPrefix("state.busy and state.slow are 0 apart"))
    }
  }

  @Test func aBtopThemeGivesItsColoursByTheirHue() throws {
    let imported = try ThemeImport(
      source: ImportSamples.btopDracula,
      file: "/usr/share/btop/themes/dracula.theme",
      name: nil
    )
    #expect(imported.complaints == [])
    let theme = try load(imported)
    #expect(theme.name == "dracula")
    #expect(theme.roles[.base]?.background?.source == .rgb(0x28, 0x2A, 0x36))
    #expect(foreground(.stateOK, theme) == .rgb(0x50, 0xFA, 0x7B))
    #expect(foreground(.stateStuck, theme) == .rgb(0xFF, 0x55, 0x55))
    #expect(foreground(.kindExchange, theme) == .rgb(0xBD, 0x93, 0xF9))
    #expect(foreground(.metricAck, theme) == .rgb(0x8B, 0xE9, 0xFD))
  }

  @Test func btopsShortFormsAreUnderstoodAndAnEmptyBackgroundIsTheTerminals() throws {
    let imported = try ThemeImport(
      source: ImportSamples.btopForms,
      file: "forms.theme",
      name: "Forms"
    )
    #expect(imported.complaints == [])
    let theme = try load(imported)
    #expect(theme.name == "Forms")
    #expect(theme.appears == .dark)
    #expect(theme.roles[.base]?.background == .terminalDefault)
    #expect(foreground(.base, theme) == .rgb(0xCC, 0xCC, 0xCC))
    #expect(foreground(.title, theme) == .rgb(0xEE, 0xEE, 0xEE))
    #expect(foreground(.metricAck, theme) == .rgb(80, 208, 149))
    #expect(foreground(.stateSlow, theme) == .rgb(242, 226, 102))
  }

  @Test func aHelixThemeGivesItsScopesColours() throws {
    let imported = try ThemeImport(
      source: ImportSamples.helixOneDark,
      file: "onedark.toml",
      name: nil
    )
    #expect(imported.complaints == [])
    let theme = try load(imported)
    #expect(theme.name == "onedark")
    #expect(theme.roles[.base]?.background?.source == .rgb(0x28, 0x2C, 0x34))
    #expect(theme.roles[.toast]?.background?.source == .rgb(0x2C, 0x32, 0x3C))
    #expect(foreground(.base, theme) == .rgb(0xAB, 0xB2, 0xBF))
    #expect(foreground(.stateSlow, theme) == .rgb(0xE5, 0xC0, 0x7B))
    #expect(foreground(.stateOK, theme) == .rgb(0x98, 0xC3, 0x79))
    #expect(foreground(.stateBusy, theme) == .rgb(0x61, 0xAF, 0xEF))
    #expect(foreground(.metricRedeliver, theme) == .rgb(0xD1, 0x9A, 0x66))
  }

  @Test(arguments: [
    ("a.yaml", "base00: \"1d1f2\"\n", 1, "not a colour"),
    ("a.yaml", "scheme: x\nbase00: \"1d1f21\"\nbase00: \"1d1f21\"\n", 3, "twice"),
    ("a.yaml", "scheme: \"x\n", 1, "quotes"),
    ("a.yaml", "scheme: x\n\tbase00: \"1d1f21\"\n", 2, "tab"),
    ("a.yaml", "scheme: x\n  base00: \"1d1f21\"\n", 2, "palette:"),
    ("a.yaml", "scheme: [x]\n", 1, "'['"),
    ("a.yaml", "scheme: \"x\" y\n", 1, "behind"),
    ("a.yaml", "# fine\nhello\n", 2, "'hello'"),
    ("a.theme", "theme[main_fg]=\"#cc\"\nmain_bg=\"#000000\"\n", 2, "theme[key]"),
    ("a.theme", "theme[main_fg]=\"#c\"\n", 1, "not a colour"),
    ("a.theme", "\n\ntheme[main_fg]=\"1 2 256\"\n", 3, "not a colour"),
    ("a.theme", "theme[main_fg]=\"#cc\n", 1, "quotes"),
    ("a.toml", "\"ui.text\" = \"sea\"\n", 1, "'sea'"),
    ("a.toml", "\"ui.text\" = \"white\"\ninherits = \"onedark\"\n", 2, "inherit"),
    ("a.toml", "[palette]\n\nred = 3\n", 3, "'red'"),
    ("a.toml", "\"ui.text\" = \n", 1, ""),
  ])
  func aWrongLineIsRefusedWithItsNumber(
    file: String,
    source: String,
    line: Int,
    says: String
  )
    throws
  {
    let error = try #require(refusal(of: source, file: file))
    #expect(error.kind == .malformedFile)
    #expect(error.line == line)
    #expect(error.description.hasPrefix("\(file):\(line): "))
    #expect(error.description.contains(says), "\(error)")
  }

  @Test(arguments: [
    ("a.yaml", "base00: \"1d1f21\"\n", "base01, base02"), ("a.theme", "", "theme[main_fg]"),
    ("a.toml", "comment = \"red\"\n", "ui.text"), ("a.txt", "hello\n", "base16 .yaml"),
  ])
  func aFileThatLacksColoursIsRefused(file: String, source: String, says: String) throws {
    let error = try #require(refusal(of: source, file: file))
    #expect(error.line == nil)
    #expect(error.description.hasPrefix("\(file): "))
    #expect(error.description.contains(says), "\(error)")
  }

  @Test(arguments: [
    ("a.yaml", ImportSamples.github), ("a.theme", ImportSamples.btopDracula),
    ("a.toml", ImportSamples.helixOneDark),
  ])
  func linesMayEndAsOnWindows(file: String, source: String) throws {
    let windows = source.split(separator: "\n", omittingEmptySubsequences: false)
      .joined(separator: "\r\n")
    let imported = try ThemeImport(source: windows, file: file, name: nil)
    #expect(imported.text == (try ThemeImport(source: source, file: file, name: nil).text))
    let broken = windows + "theme[x]=\"#1\"\r\nbase00: x\r\n"
    let lineCount = source.filter { $0 == "\n" }.count
    #expect(refusal(of: broken, file: file)?.line ?? 0 > lineCount)
  }

  @Test func hostileTextIsShownSafely() throws {
    for file in ["a.yaml", "a.theme", "a.toml"] {
      let error = try #require(refusal(of: "\u{1B}[2J\u{202E} = 4", file: file))
      #expect(!error.description.unicodeScalars.contains { $0.value < 32 || $0 == "\u{202E}" })
    }
  }
}
