import Foundation
import TestSupport
import Testing

extension EndToEndTests {
  /// `sluice themes`: themes are listed, checked and imported.
  @Suite struct ThemesCommandTests {
    /// Lends a folder of the test's own, with a person's themes in `sluice/themes`.
    private func withFolder(_ body: (URL) async throws -> Void) async throws {
      let folder = URL(filePath: "/tmp/sluice-\(UUID().uuidString)")
      try FileManager.default.createDirectory(
        at: folder.appending(path: "sluice/themes"),
        withIntermediateDirectories: true
      )
      // The folder may be gone already, which is all that is wanted.
      defer { try? FileManager.default.removeItem(at: folder) }
      try await body(folder)
    }

    private func write(_ text: String, to file: URL) throws {
      try text.write(to: file, atomically: true, encoding: .utf8)
    }

    private func run(_ arguments: String..., config: URL? = nil) async throws -> Program.Result {
      try await Program.run(
        try BuiltExecutable.path(),
        ["themes"] + arguments,
        environment: config.map { ["XDG_CONFIG_HOME": $0.path] } ?? [:]
      )
    }

    private func lines(_ text: String) -> [Substring] { text.split(separator: "\n") }

    private func expectRefusal(
      _ result: Program.Result,
      _ code: Int32,
      _ part: String,
      location: SourceLocation = #_sourceLocation
    ) {
      #expect(result.termination == .exited(code), "\(result)", sourceLocation: location)
      #expect(result.output == "", sourceLocation: location)
      #expect(lines(result.error).count == 1, "\(result)", sourceLocation: location)
      #expect(result.error.contains(part), "\(result.error)", sourceLocation: location)
    }

    private static let shippedNames = [
      "catppuccin-latte", "catppuccin-mocha", "default", "default-light", "dracula",
      "gruvbox-dark", "gruvbox-light", "high-contrast", "mono", "nord", "okabe-ito", "one-dark",
      "solarized-dark", "solarized-light", "tokyo-night",
    ]

    @Test func theListSaysWhichThemesThereAreAndWhatAUsersFileHides() async throws {
      try await withFolder { folder in
        let mine = folder.appending(path: "sluice/themes")
        try write(
          "[meta]\nname=\"x\"\nauthor=\"Me \\u001b[31m\"\nappears=\"light\"\n",
          to: mine.appending(path: "nord.toml")
        )
        try write("[roles]\nbase = 3\n", to: mine.appending(path: "bad.toml"))
        let result = try await run("list", config: folder)
        #expect(result.isSuccess, "\(result)")
        let rows = lines(result.output)
        #expect(rows.first?.split(separator: " ") == ["name", "for", "author", "from"])
        let names = rows.dropFirst().compactMap { $0.split(separator: " ").first.map(String.init) }
        #expect(names.prefix(4) == ["default", "default-light", "bad", "nord"])
        #expect(Set(names) == Set(Self.shippedNames + ["bad"]))
        #expect(rows[1].hasSuffix("shipped"))
        let nord = try #require(rows.first { $0.hasPrefix("nord ") })
        #expect(nord.contains(" light "))
        #expect(nord.contains("\(mine.path)/nord.toml, hides "))
        #expect(nord.contains("/themes/nord.toml"))
        #expect(!result.output.contains("\u{1B}"))
        #expect(rows.contains { $0.hasPrefix("bad ") && $0.contains(" broken ") })
        #expect(lines(result.error).count == 1)
        #expect(result.error.contains("\(mine.path)/bad.toml:2:"), "\(result.error)")
      }
    }

    @Test func everyShippedThemePassesTheCheck() async throws {
      let arguments = ["themes", "check"] + Self.shippedNames
      let result = try await Program.run(try BuiltExecutable.path(), arguments)
      #expect(result.isSuccess, "\(result)")
      #expect(lines(result.output) == Self.shippedNames.map { "\($0): passes" })
      #expect(result.error == "")
    }

    @Test func whatDoesNotPassIsNamedWithFileLineAndFigures() async throws {
      try await withFolder { folder in
        let file = folder.appending(path: "mine.toml")
        try write(
          "[meta]\ninherits = \"nord\"\nshine = 1\n[roles]\nmuted = \"#4c566a\"\n",
          to: file
        )
        let result = try await run("check", file.path)
        #expect(result.termination == .exited(1), "\(result)")
        #expect(result.error == "")
        let rows = lines(result.output)
        #expect(rows.first?.hasPrefix("\(file.path):3: unknown key 'shine'") == true)
        let contrast = "\(file.path):5: muted has contrast 1.69 with true colour; text needs 4.50"
        #expect(rows.contains { $0 == contrast }, "\(result.output)")
      }
    }

    @Test func aFileThatIsNoThemeIsNamedAndTheOthersAreChecked() async throws {
      try await withFolder { folder in
        let file = folder.appending(path: "mine.toml")
        try write("[roles]\n\nbase = \"sea\"\n", to: file)
        let result = try await run("check", file.path, "nord")
        #expect(result.termination == .exited(78), "\(result)")
        #expect(result.output == "nord: passes\n")
        #expect(lines(result.error).count == 1)
        #expect(result.error.contains("\(file.path):3: "), "\(result.error)")
      }
    }

    @Test(arguments: [
      ("tomorrow-night.yaml", "cc6666"), ("dracula.theme", "282a36"), ("onedark.toml", "abb2bf"),
    ])
    func aThemeOfAnotherProgramIsImportedAndPasses(file: String, color: String) async throws {
      try await withFolder { folder in
        let source = folder.appending(path: file)
        try write(try #require(Self.samples[file]), to: source)
        let new = folder.appending(path: "sluice/themes/mine.toml")
        let result = try await run("import", source.path, "--output", new.path, "--name", "Mine")
        #expect(result.isSuccess, "\(result)")
        #expect(result.output == "" && result.error == "")
        let text = try String(contentsOf: new, encoding: .utf8)
        #expect(text.contains("name    = \"Mine\""))
        #expect(text.lowercased().contains("#\(color)"))
        let checked = try await run("check", "mine", config: folder)
        #expect(checked.isSuccess, "\(checked)")
        // The same to standard output; and what is there is not overwritten.
        let printed = try await run("import", source.path, "--name", "Mine")
        #expect(printed.output == text)
        let again = try await run("import", source.path, "--output", new.path)
        expectRefusal(again, 64, "\(new.path): is there already")
        #expect(try String(contentsOf: new, encoding: .utf8) == text)
      }
    }

    @Test func aFileThatCannotBeImportedCostsOneLine() async throws {
      try await withFolder { folder in
        let source = folder.appending(path: "a.yaml")
        try write("scheme: \"x\"\nbase00: \"12345\"\n", to: source)
        expectRefusal(try await run("import", source.path), 78, "\(source.path):2: ")
        let none = folder.appending(path: "none.yaml").path
        expectRefusal(try await run("import", none), 64, none)
        try write(try #require(Self.samples["tomorrow-night.yaml"]), to: source)
        let nowhere = folder.appending(path: "none/mine.toml").path
        expectRefusal(try await run("import", source.path, "--output", nowhere), 1, nowhere)
      }
    }

    @Test(arguments: [
      ([], "check"), (["paint"], "paint"), (["check"], "file"), (["import"], "file"),
      (["list", "surplus"], "surplus"), (["check", "nonesuch"], "nonesuch"),
      (["check", "/nowhere/at-all.toml"], "/nowhere/at-all.toml"),
    ])
    func aMistakeInTheCommandLineCostsOneLine(arguments: [String], named: String) async throws {
      let result = try await Program.run(try BuiltExecutable.path(), ["themes"] + arguments)
      expectRefusal(result, 64, named)
    }

    private static let samples = [
      "tomorrow-night.yaml": """
      scheme: "Tomorrow Night"
      author: "Chris Kempson (http://chriskempson.com)"
      base00: "1d1f21"
      base01: "282a2e"
      base02: "373b41"
      base03: "969896"
      base04: "b4b7b4"
      base05: "c5c8c6"
      base06: "e0e0e0"
      base07: "ffffff"
      base08: "cc6666"
      base09: "de935f"
      base0A: "f0c674"
      base0B: "b5bd68"
      base0C: "8abeb7"
      base0D: "81a2be"
      base0E: "b294bb"
      base0F: "a3685a"
      """,
      "dracula.theme": """
      # Main background, empty for terminal default
      theme[main_bg]="#282a36"
      theme[main_fg]="#f8f8f2"
      theme[hi_fg]="#6272a4"
      theme[cpu_start]="#bd93f9"
      theme[cpu_end]="#50fa7b"
      """,
      "onedark.toml": """
      "ui.background" = { bg = "black" }
      "ui.text" = { fg = "white" }
      "error" = { fg = "red", modifiers = ["bold"] }
      [palette]
      red = "#E06C75"
      white = "#ABB2BF"
      black = "#282C34"
      """,
    ]
  }
}
