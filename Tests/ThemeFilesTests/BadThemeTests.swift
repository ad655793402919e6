import Canvas
import Testing
import ThemeFiles

/// A wrong text, the line that must be blamed, and a word of the message.
struct WrongTheme: Sendable, CustomTestStringConvertible {
  var text: String
  var line: Int
  var word: String

  init(_ text: String, line: Int, says word: String) {
    self.text = text
    self.line = line
    self.word = word
  }

  var testDescription: String { "line \(line): \(word)" }

  static let all = [
    WrongTheme("[meta]\nname = \"x\"\nname = \"y\"\n", line: 3, says: "name"),
    WrongTheme("[roles\nbase = 1\n", line: 1, says: ""),
    WrongTheme("\n[.roles]\nbase = \"red\"\n", line: 2, says: "without a name"),
    WrongTheme("[roles]\nbase = { modifiers = [}] }\n", line: 2, says: "value is missing"),
    WrongTheme("[roles]\n\nbase = \"green\n", line: 3, says: ""),
    WrongTheme("meta = 3\n", line: 1, says: "[meta]"),
    WrongTheme("[meta]\n\n\nappears = \"shiny\"\n", line: 4, says: "dark, light, any"),
    WrongTheme("[meta]\nname = 3\n", line: 2, says: "not a text"),
    WrongTheme("[palette]\na = \"#12345\"\n", line: 2, says: "#88c0d0"),
    WrongTheme("[palette]\na = \"#1234567\"\n", line: 2, says: "#88c0d0"),
    WrongTheme("[palette]\na = \"#+12345\"\n", line: 2, says: "#88c0d0"),
    WrongTheme("[palette]\na = \"123456\"\n", line: 2, says: "#88c0d0"),
    WrongTheme("[palette]\n# one\na = 4\n", line: 3, says: "'a'"),
    WrongTheme("[palette]\na = { ansi16 = \"red\" }\n", line: 2, says: "without hex"),
    WrongTheme("[palette]\na = { hex = \"#000000\", ansi256 = 256 }\n", line: 2, says: "0 to 255"),
    WrongTheme("[palette]\na = { hex = \"#000000\", ansi16 = 16 }\n", line: 2, says: "0 to 15"),
    WrongTheme(
      "[palette]\na = { hex = \"#000000\", ansi16 = \"rot\" }\n",
      line: 2,
      says: "bright-red"
    ),
    WrongTheme("[roles]\nbase = \"sea\"\n", line: 2, says: "'sea'"),
    WrongTheme("[roles]\r\n\r\nbase = \"sea\"\r\n", line: 3, says: "'sea'"),
    WrongTheme("[roles]\nbase = 4\n", line: 2, says: "'base'"),
    WrongTheme("[roles]\nmuted = \"red\"\nbase = { fg = 4 }\n", line: 3, says: "not a text"),
    WrongTheme("[roles]\nbase = { modifiers = \"bold\" }\n", line: 2, says: "[\"bold\"]"),
    WrongTheme("[roles]\nbase = { modifiers = [\"bald\"] }\n", line: 2, says: "'bald'"),
    WrongTheme("[glyphs]\nborders = \"soft\"\n", line: 2, says: "rounded, square"),
    WrongTheme("[glyphs]\ngraphs = \"dots\"\n", line: 2, says: "braille, block"),
    WrongTheme("[glyphs]\nalert = \"!\"\n", line: 2, says: "ASCII twin"),
    WrongTheme("[glyphs]\nalert = [\"🚀\", \"!\"]\n", line: 2, says: "one column"),
    WrongTheme("[glyphs]\nalert = [\"\\u001b\", \"!\"]\n", line: 2, says: "one column"),
    WrongTheme("[glyphs]\nalert = [\"▲\", \"é\"]\n", line: 2, says: "ASCII twin"),
    WrongTheme("[mono]\nbase = \"bold\"\n", line: 2, says: "not a list"),
    WrongTheme("[meta]\ninherits = \"nothing\"\n", line: 2, says: "'nothing'"),
    WrongTheme("[meta]\n\ninherits = \"mine\"\n", line: 3, says: "mine"),
    WrongTheme(
      "[roles]\nbase = { modifiers = [\n  \"bold\",\n] }\nmuted = \"sea\"\n",
      line: 5,
      says: "'sea'"
    ),
  ]
}

@Suite struct BadThemeTests {
  private func refusal(of name: String, in folder: ThemeFolder) -> ThemeError? {
    do {
      _ = try loadTheme(name, searchPaths: [folder.path])
      return nil
    } catch {
      return error
    }
  }

  @Test(arguments: WrongTheme.all)
  func aWrongFileIsRefusedWithFileLineAndMend(wrong: WrongTheme) throws {
    let folder = try ThemeFolder(["mine.toml": wrong.text])
    let error = try #require(refusal(of: "mine", in: folder))
    #expect(error.kind == .malformedFile)
    #expect(error.line == wrong.line)
    #expect(error.description.hasPrefix("\(folder.path)/mine.toml:\(wrong.line): "))
    #expect(error.description.contains(wrong.word))
    #expect(error.description.contains("; "))
    #expect(!error.description.contains { $0.isNewline })
  }

  @Test func anUnknownNameListsTheKnownOnes() throws {
    let folder = try ThemeFolder(["sea.toml": "", "sun.toml": "", "readme.md": ""])
    let error = try #require(refusal(of: "moon", in: folder))
    #expect(error.kind == .unknownTheme)
    #expect(error.description == "unknown theme 'moon'; there are default, sea, sun")
  }

  @Test func aHostileNameIsShownSafely() throws {
    let error = try #require(refusal(of: "a\u{1B}[2J\u{202E}b", in: try ThemeFolder()))
    #expect(!error.description.unicodeScalars.contains { $0.value < 32 || $0 == "\u{202E}" })
  }

  @Test func hostileTextInAFileIsShownSafelyAndCutShort() throws {
    let long = String(repeating: "x", count: 5000)
    let folder = try ThemeFolder(["mine.toml": "[roles]\nbase = \"\\u001b\(long)\"\n"])
    let error = try #require(refusal(of: "mine", in: folder))
    #expect(error.line == 2)
    #expect(error.description.count < 300)
    #expect(!error.description.unicodeScalars.contains { $0.value < 32 })
  }

  @Test func aFileThatIsNotThereIsRefused() throws {
    let folder = try ThemeFolder()
    let error = try #require(refusal(of: "\(folder.path)/none.toml", in: folder))
    #expect(error.kind == .unknownTheme)
    #expect(error.description.hasPrefix("\(folder.path)/none.toml: "))
  }

  @Test func aFolderIsNotATheme() throws {
    let folder = try ThemeFolder()
    let error = try #require(refusal(of: "\(folder.path)/", in: folder))
    #expect(error.kind == .malformedFile)
  }

  @Test func aFileOfMoreThan64KilobytesIsRefused() throws {
    let comment = String(
      repeating: "# padding padding padding padding padding padding\n",
      count: 1400
    )
    #expect(comment.utf8.count > 65_536)
    let folder = try ThemeFolder([
      "long.toml": comment,
      "fits.toml": String(comment.prefix(65_536 / 50 * 50)),
    ])
    #expect(refusal(of: "fits", in: folder) == nil)
    let error = try #require(refusal(of: "long", in: folder))
    #expect(error.description.contains("64 KB"))
  }

  @Test func parentsThatInheritFromEachOtherAreACycle() throws {
    let folder = try ThemeFolder([
      "a.toml": "[meta]\ninherits = \"b\"\n",
      "b.toml": "[meta]\nname = \"b\"\ninherits = \"a\"\n",
    ])
    let error = try #require(refusal(of: "a", in: folder))
    #expect(error.description.hasPrefix("\(folder.path)/b.toml:3: "))
    #expect(error.problem.contains("which inherits from it"))
  }

  @Test func fourFilesDeepIsTheLimitOfInheritance() throws {
    let folder = try ThemeFolder([
      "e1.toml": "[roles]\nbase = \"green\"\n",
      "e2.toml": "[meta]\ninherits = \"e1\"\n",
      "e3.toml": "[meta]\ninherits = \"e2\"\n",
      "e4.toml": "[meta]\ninherits = \"e3\"\n",
      "e5.toml": "[meta]\ninherits = \"e4\"\n",
    ])
    #expect(refusal(of: "e4", in: folder) == nil)
    let error = try #require(refusal(of: "e5", in: folder))
    #expect(error.description.hasPrefix("\(folder.path)/e2.toml:2: "))
    #expect(error.problem.contains("4 files deep"))
  }

  @Test func aMistakeInAParentNamesTheParentsFile() throws {
    let folder = try ThemeFolder([
      "old.toml": "[roles]\n\nbase = \"sea\"\n",
      "young.toml": "[meta]\ninherits = \"old\"\n",
    ])
    let error = try #require(refusal(of: "young", in: folder))
    #expect(error.description.hasPrefix("\(folder.path)/old.toml:3: "))
  }
}
