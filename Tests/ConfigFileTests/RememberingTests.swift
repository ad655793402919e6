import ConfigFile
import Dashboard
import TestSupport
import Testing

/// What was chosen in the dashboard is put into the file, and nothing else of it is touched.
@Suite(.computing) struct RememberingTests {
  private static let sorted = Settings(tables: [.queues: TableSettings(sortedBy: "ready")])

  private func remember(
    _ new: Settings,
    insteadOf old: Settings = Settings(),
    in text: String
  ) throws(ConfigError) -> String {
    try Configuration.remembering(new, insteadOf: old, in: text, file: "config.toml")
  }

  @Test func aNewFileHasWhatWasChosenAlone() throws {
    let settings = Settings(
      theme: "nord",
      tables: [.queues: TableSettings(sortedBy: "ready", columns: ["name", "ready"])],
      refreshSeconds: 0.25
    )
    #expect(
      try remember(settings, in: "")
        == """
        theme = "nord"
        refresh = "250ms"

        [tables.queues]
        sort = "ready"
        columns = ["name", "ready"]

        """
    )
  }

  @Test(arguments: [
    // A value in its place, with all that is around it.
    (
      "# mine\n[tables.queues]  # q\n  sort   = 'name' # by name\nwide = true\n",
      "# mine\n[tables.queues]  # q\n  sort   = \"ready\" # by name\nwide = true\n"
    ),
    // A new one beside its neighbours, indented as they are.
    (
      "[tables.queues]\n  wide = true # all\n\n# keys\n[keys]\npause = \"o\"\n",
      "[tables.queues]\n  wide = true # all\n  sort = \"ready\"\n\n# keys\n[keys]\npause = \"o\"\n"
    ),
    ("[tables.queues]\n\n[keys]\n", "[tables.queues]\nsort = \"ready\"\n\n[keys]\n"),
    ("[tables.queues]", "[tables.queues]\nsort = \"ready\"\n"),
    // A new section at the end.
    ("# nothing", "# nothing\n\n[tables.queues]\nsort = \"ready\"\n"),
    (
      "[keys]\npause = \"o\"\n[tables]\n",
      "[keys]\npause = \"o\"\n[tables]\n\n[tables.queues]\nsort = \"ready\"\n"
    ),
    // Dotted keys and tables in a line.
    (
      "tables.queues.wide = true\n[keys]\n",
      "tables.queues.wide = true\ntables.queues.sort = \"ready\"\n[keys]\n"
    ),
    (
      "[tables]\nqueues.wide = true\nevents.wide = true\n",
      "[tables]\nqueues.wide = true\nqueues.sort = \"ready\"\nevents.wide = true\n"
    ),
    (
      "[tables]\nqueues = { wide = true } # q\n",
      "[tables]\nqueues = { wide = true, sort = \"ready\" } # q\n"
    ),
    ("[tables]\nqueues = {}\n", "[tables]\nqueues = { sort = \"ready\" }\n"),
    ("tables = { queues = { sort = \"name\" } }\n", "tables = { queues = { sort = \"ready\" } }\n"),
    (
      "tables = { events = { wide = true } }\n",
      "tables = { events = { wide = true }, queues.sort = \"ready\" }\n"
    ),
    // Lines that end as on another system, and a mark at the start.
    (
      "theme = 'a'\r\n[tables.queues]\r\nwide = true\r\n",
      "theme = 'a'\r\n[tables.queues]\r\nwide = true\r\nsort = \"ready\"\r\n"
    ),
    ("\u{FEFF}theme = 'a'\n", "\u{FEFF}theme = 'a'\n\n[tables.queues]\nsort = \"ready\"\n"),
    // What looks like the key and is not.
    (
      "# sort = 'x'\ntheme = '''\n[tables.queues]\nsort = \"x\"\n'''\n[tables.queues]\nsort = \"\"\n",
      "# sort = 'x'\ntheme = '''\n[tables.queues]\nsort = \"x\"\n'''\n[tables.queues]\nsort = \"ready\"\n"
    ),
  ])
  func oneValueChangesAndTheRestStaysByteForByte(before: String, after: String) throws {
    #expect(try remember(Self.sorted, in: before) == after)
  }

  @Test(arguments: [
    ("", "theme = \"nord\"\n"),
    (
      "# mine\n\nrefresh = \"2s\" # slow\n\n[keys]\n",
      "# mine\n\nrefresh = \"2s\" # slow\ntheme = \"nord\"\n\n[keys]\n"
    ),
    ("# mine\n\n# the keys\n[keys]\n", "# mine\n\ntheme = \"nord\"\n\n# the keys\n[keys]\n"),
    ("[keys]\n", "theme = \"nord\"\n\n[keys]\n"),
    ("\u{FEFF}[keys]\n", "\u{FEFF}theme = \"nord\"\n\n[keys]\n"),
    ("\"theme\" = 'mono'\n", "\"theme\" = \"nord\"\n"),
  ])
  func aThemeComesBeforeTheSections(before: String, after: String) throws {
    #expect(try remember(Settings(theme: "nord"), in: before) == after)
  }

  @Test func aCommentInsideOfAValueStandsAboveTheNewOne() throws {
    let text =
      "[tables.queues]\n  columns = [\n    \"name\", # first\n    \"ready\", # then\n  ] # end\n"
    let old = try Configuration(text: text, file: "").settings
    var new = old
    new.tables[.queues]?.columns = ["ready"]
    #expect(
      try remember(new, insteadOf: old, in: text)
        == "[tables.queues]\n  # first\n  # then\n  columns = [\"ready\"] # end\n"
    )
  }

  @Test func whatIsNoLongerWantedKeepsItsLine() throws {
    let text = "theme = \"nord\"\n[tables.queues]\nsort = \"ready\" # why\nreversed = true\n"
    let old = try Configuration(text: text, file: "").settings
    #expect(
      try remember(Settings(theme: "nord"), insteadOf: old, in: text)
        == "theme = \"nord\"\n[tables.queues]\nsort = \"\" # why\nreversed = false\n"
    )
  }

  @Test func whatThePersonChangedInTheMeantimeStays() throws {
    let old = Settings(theme: "nord", refreshSeconds: 2)
    var new = old
    new.tables = Self.sorted.tables
    let text = "theme = \"mono\"\n[tables.events]\nwide = true\n"
    #expect(
      try remember(new, insteadOf: old, in: text) == text + "\n[tables.queues]\nsort = \"ready\"\n"
    )
  }

  @Test func aFileThatSaysItAlreadyIsLeftAlone() throws {
    let text = "tables = {queues={sort='ready'}}"
    #expect(try remember(Self.sorted, in: text) == text)
  }

  @Test func aBrokenFileIsRefused() {
    #expect(throws: ConfigError.self) { try remember(Self.sorted, in: "[keys]\npauze = \"p\"\n") }
    #expect(throws: ConfigError.self) { try remember(Self.sorted, in: "[keys\n") }
  }

  @Test func anOddThemeNameIsWrittenSoThatItIsReadAgain() throws {
    let name = "/a \"b\"\\c\u{1}\n'ü'.toml"
    let text = try remember(Settings(theme: name), in: "")
    #expect(try Configuration(text: text, file: "").settings.theme == name)
    #expect(text.split(separator: "\n").count == 1)
  }

  // MARK: - Any settings in any file

  private static let shapes = [
    "", "# c\n", "[keys]\npause = \"o\" # o\n", "theme = 'x'\n\n[tables.queues]\n",
    "tables.queues.sort = \"name\"\ntables.events.wide = true\n[keys]\n",
    "tables = { queues = { wide = true }, consumers = {} }\n",
    "[tables]\nqueues = { columns = [\"name\", # n\n \"ready\"] }\nevents.wide = true # e\n",
    "refresh = \"1s\" # r\r\n\r\n[tables.consumers] # t\r\nwide = true\r\n\r\n# k\r\n[keys]\r\n",
    "[tables.queues]\nsort = \"ready\"\n[tables.exchanges]\n[tables]\n[keys]\nundo = 'O'",
  ]

  private static func settings(_ random: inout SplitMix) -> Settings {
    var settings = Settings()
    if Bool.random(using: &random) {
      settings.theme = ["nord", "mono", "a\"b"].randomElement(using: &random)
    }
    if Bool.random(using: &random) {
      settings.refreshSeconds = [0.1, 0.5, 1.5, 10].randomElement(using: &random)
    }
    for panel in [Panel.queues, .consumers, .events, .exchanges] where Bool.random(using: &random) {
      let names = panel.columnNames ?? []
      let columns = names.shuffled(using: &random).prefix(3)
      let table = TableSettings(
        sortedBy: Bool.random(using: &random) ? names.randomElement(using: &random) : nil,
        isReversed: Bool.random(using: &random),
        columns: Bool.random(using: &random) ? Array(columns) : nil,
        isWide: Bool.random(using: &random)
      )
      if table != TableSettings() { settings.tables[panel] = table }
    }
    return settings
  }

  @Test(arguments: shapes)
  func readingWhatWasWrittenGivesTheSettingsAndCommentsSurvive(shape: String) throws {
    var random = SplitMix(seed: 7)
    for _ in 0..<12 {
      var text = shape
      var known = try Configuration(text: text, file: "").settings
      let keymap = try Configuration(text: text, file: "").keymap
      for _ in 0..<4 {
        let wanted = Self.settings(&random)
        text = try remember(wanted, insteadOf: known, in: text)
        let read = try Configuration(text: text, file: "")
        #expect(read.settings == wanted, "\(text)")
        #expect(read.keymap == keymap && read.warnings == [])
        known = wanted
      }
      let comments = shape.split(whereSeparator: \.isNewline).compactMap { line in
        line.firstIndex(of: "#").map { line[$0...] }
      }
      for comment in comments { #expect(text.contains(comment), "\(text)") }
      if shape.contains("\r\n") {
        #expect(!text.replacing("\r\n", with: "").contains("\n"), "\(text.debugDescription)")
      }
    }
  }

  @Test(arguments: shapes)
  func aDamagedFileIsRefusedOrHandledAsAnyOther(shape: String) throws {
    var random = SplitMix(seed: 11)
    let marks = Array("[]{}=.,#\"'\\\n\r \0aü".unicodeScalars)
    for _ in 0..<300 {
      var scalars = Array(shape.unicodeScalars)
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let mark = marks[Int.random(in: 0..<marks.count, using: &random)]
        scalars.insert(mark, at: Int.random(in: 0...scalars.count, using: &random))
        if Bool.random(using: &random) {
          scalars.remove(at: Int.random(in: 0..<scalars.count, using: &random))
        }
      }
      var text = ""
      text.unicodeScalars.append(contentsOf: scalars)
      do throws(ConfigError) {
        let old = try Configuration(text: text, file: "").settings
        var new = old
        new.tables[.queues] = TableSettings(sortedBy: "state", isWide: true)
        let result = try remember(new, insteadOf: old, in: text)
        #expect(try Configuration(text: result, file: "").settings == new, "\(text)")
      } catch {
        #expect(!error.mistakes.isEmpty)
      }
    }
  }
}
