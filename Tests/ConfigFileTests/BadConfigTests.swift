import ConfigFile
import Testing

/// A wrong text and the one line that it costs, behind the file's name.
struct WrongConfig: Sendable, CustomTestStringConvertible {
  var text: String
  var line: String

  init(_ text: String, _ line: String) {
    self.text = text
    self.line = line
  }

  var testDescription: String { line }

  static let all = [
    WrongConfig("theme = 3\n", "1: the value of 'theme' is no text; write theme = \"nord\""),
    WrongConfig(
      "\nrefresh = 500\n",
      "2: the value of 'refresh' is no text; write refresh = \"500ms\""
    ),
    WrongConfig("refresh = \"5\"\n", "1: refresh = '5' is no time; 5 of what? write 5ms or 5s"),
    WrongConfig(
      "refresh = \"soon\"\n",
      "1: refresh = 'soon' is no time; give a time as 500ms or 2s"
    ),
    WrongConfig(
      "refresh = \"11s\"\n",
      "1: refresh = '11s' is no time; it is out of range; give 100ms to 10s"
    ),
    WrongConfig(
      "[diagnosis.stuck]\nseconds = 0\n",
      "2: the value of 'seconds' is out of range; write a whole number from 1 to 86400"
    ),
    WrongConfig("diagnosis = 1\n", "1: 'diagnosis' is no section; write [diagnosis]"),
    WrongConfig(
      "[diagnosis]\nstuck = 1\n",
      "2: 'diagnosis.stuck' is no section; write [diagnosis.stuck]"
    ),
    WrongConfig(
      "[diagnosis]\noff = \"surge\"\n",
      "2: the rules are no list; write off = [\"surge\"]"
    ),
    WrongConfig("keys = \"p\"\n", "1: 'keys' is no section; write [keys]"),
    WrongConfig("tables = []\n", "1: 'tables' is no section; write [tables]"),
    WrongConfig(
      "[tables]\nqueues = true\n",
      "2: 'tables.queues' is no section; write [tables.queues]"
    ),
    WrongConfig("[keys]\n# a\n\npauze = \"p\"\n", "4: no action 'pauze'; did you mean pause?"),
    WrongConfig(
      "[keys]\nlevitate = \"p\"\n",
      "2: no action 'levitate'; the palette (:) says what there is"
    ),
    WrongConfig("[keys]\npause = 5\n", "2: a key of pause is no text; write pause = \"p\""),
    WrongConfig(
      "[keys]\npause = [\"o\", 5]\n",
      "2: a key of pause is no text; write pause = \"p\""
    ),
    WrongConfig(
      "[keys]\npause = \"pp\"\n",
      "2: 'pp' is no key that can be bound; write it as p, K, F9, ctrl-b, PgUp, Space"
    ),
    WrongConfig(
      "[keys]\npause = \"\"\n",
      "2: '' is no key that can be bound; write it as p, K, F9, ctrl-b, PgUp, Space"
    ),
    WrongConfig(
      "[keys]\npause = \"F21\"\n",
      "2: 'F21' is no key that can be bound; write it as p, K, F9, ctrl-b, PgUp, Space"
    ),
    WrongConfig(
      "[keys]\npause = \"ctrl-i\"\n",
      "2: 'ctrl-i' is no key that can be bound; terminals use or cannot tell that one; take another letter"
    ),
    WrongConfig(
      "[keys]\npurge = \"o\"\n",
      "2: o cannot be purge: capitals change something for good; write a capital, ctrl- with a letter, "
        + "or F1 to F20"
    ),
    WrongConfig(
      "[keys]\ndelete = \"Space\"\n",
      "2: Space cannot be delete: capitals change something for good; write a capital, ctrl- with a "
        + "letter, or F1 to F20"
    ),
    WrongConfig(
      "[keys]\npause = \"Enter\"\n",
      "2: Enter is kept for open, as in every dialog; give pause another key"
    ),
    WrongConfig(
      "[keys]\nquit = \"Esc\"\n",
      "2: Esc is kept for close, as in every dialog; give quit another key"
    ),
    WrongConfig(
      "[keys]\npause = \"Up\"\n",
      "2: Up is kept for move-up, as in every dialog; give pause another key"
    ),
    WrongConfig(
      "theme = \"nord\"\n\n[keys]\npause = \"o\"\n\n\n\n\nburst = \"o\"\n",
      "9: o is pause (line 4) and burst here; give one of them another key"
    ),
    WrongConfig(
      "[keys]\npause = \"i\"\n",
      "2: i is publish already, and pause here; give pause another key, or publish one too"
    ),
    WrongConfig(
      "[keys]\nredrive = \"P\"\n",
      "2: P is purge already, and redrive here; give redrive another key, or purge one too"
    ),
    WrongConfig(
      "[keys]\nquit-now = []\nquit = []\n",
      "3: neither quit nor quit-now has a key; give one of them a key"
    ),
    WrongConfig(
      "[tables.queues]\nwide = \"yes\"\n",
      "2: the value of 'wide' is neither true nor false; write wide = true"
    ),
    WrongConfig(
      "[tables.queues]\nsort = 3\n",
      "2: the value of 'sort' is no text; write sort = \"name\""
    ),
    WrongConfig(
      "[tables.queues]\ncolumns = \"name\"\n",
      "2: the columns are no list; write columns = [\"name\"]"
    ),
    WrongConfig(
      "[tables.queues]\ncolumns = [\n  \"name\",\n  4,\n]\n",
      "2: the value of 'columns' is no text; write columns = [\"name\"]"
    ),
    WrongConfig("theme = \"a\u{0}\"\n", "1: a null character; correct the TOML there"),
    WrongConfig("\r\n[keys]\r\npauze = \"p\"\r\n", "3: no action 'pauze'; did you mean pause?"),
    WrongConfig("keys.pauze = \"p\"\n", "1: no action 'pauze'; did you mean pause?"),
    WrongConfig("\nkeys = { pauze = \"p\" }\n", "2: no action 'pauze'; did you mean pause?"),
    WrongConfig("\n[\"keys\"]\n\"pauze\" = 'p'\n", "3: no action 'pauze'; did you mean pause?"),
  ]
}

@Suite struct BadConfigTests {
  private func mistakes(in text: String) -> [String] {
    do {
      _ = try Configuration(text: text, file: "config.toml")
      return []
    } catch {
      return error.mistakes.map(\.description)
    }
  }

  @Test(arguments: WrongConfig.all)
  func aMistakeIsOneLineWithItsPlaceAndItsMend(wrong: WrongConfig) {
    #expect(mistakes(in: wrong.text) == ["config.toml:\(wrong.line)"])
  }

  @Test(arguments: [
    ("[keys\npause = \"p\"\n", 1), ("theme = \"nord\n", 1), ("\n\ntheme = nord\n", 3),
    ("\n[.keys]\n", 2), ("[]\n", 1), ("[[=]]\n", 1), ("[", 1), ("[é]\n", 1),
    ("theme = " + String(repeating: "[", count: 60_000), 1),
    ("theme = \"a\"\ntheme = \"b\"\n", 2), ("\n[keys]\n[keys]\n", 3),
  ])
  func whatIsNoTomlIsRefusedWithItsLine(text: String, line: Int) throws {
    let told = mistakes(in: text)
    try #require(told.count == 1)
    #expect(told[0].hasPrefix("config.toml:\(line): "))
    #expect(told[0].hasSuffix("; correct the TOML there"))
    #expect(!told[0].contains { $0.isNewline })
  }

  @Test func allMistakesAreToldInTheOrderOfTheirLinesUpToTen() {
    let lines = (0..<20).map { "action\($0) = \"p\"\n" }.joined()
    let told = mistakes(in: "refresh = 5\n[keys]\n" + lines)
    #expect(told.count == 10)
    #expect(told.first?.hasPrefix("config.toml:1: ") == true)
    #expect(told.last?.hasPrefix("config.toml:11: ") == true)
  }

  @Test(arguments: ["\u{1B}[2J", "\u{9B}2J", "\u{202E}evil", "a\nb"])
  func nothingInAFileReachesTheTerminalAsACommand(text: String) throws {
    let escaped = text.unicodeScalars.map { scalar in
      let digits = String(scalar.value, radix: 16)
      return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
    .joined()
    let told = mistakes(in: "[keys]\n\"\(escaped)\" = \"p\"\npause = \"\(escaped)\"\n")
    #expect(told.count == 2)
    let warned = try Configuration(text: "\"\(escaped)\" = 1\n", file: "a\u{1B}c").warnings
    #expect(warned.count == 1)
    for line in told + warned {
      #expect(
        line.unicodeScalars.allSatisfy {
          $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) && $0.value != 0x202E
        },
        "\(line)"
      )
    }
  }

  @Test func aLongWrongWordIsCut() {
    let word = String(repeating: "x", count: 5_000)
    let told = mistakes(in: "[keys]\n\(word) = \"p\"\n")
    #expect(told.count == 1 && told[0].count < 150, "\(told)")
  }

  @Test func aFileThatIsTooLongOrNoTextIsRefused() throws {
    let folder = try ConfigFolder(String(repeating: "# long\n", count: 10_000))
    #expect(throws: ConfigError.self) { try Configuration.read(folder.file) }
    #expect(throws: ConfigError.self) { try Configuration.read(folder.path) }
    #expect(throws: ConfigError.self) { try Configuration.read("/dev/zero") }
    let short = try ConfigFolder(String(repeating: "# long\n", count: 9_000))
    #expect(try Configuration.read(short.file) == Configuration())
  }
}
