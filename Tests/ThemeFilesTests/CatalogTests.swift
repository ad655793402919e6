import Canvas
import Testing
import ThemeFiles

@Suite struct CatalogTests {
  private func theme(_ name: String, appears: String = "dark") -> String {
    "[meta]\nname = \"\(name)\"\nauthor = \"me\"\nappears = \"\(appears)\"\n"
  }

  @Test func theMenuBeginsWithTheDefaultsThenTheUsersThenTheShipped() throws {
    let mine = try ThemeFolder(["zebra.toml": theme("Zebra"), "notes.txt": "not a theme"])
    let shipped = try ThemeFolder([
      "default.toml": theme("default"), "default-light.toml": theme("light", appears: "light"),
      "apple.toml": theme("Apple", appears: "any"),
    ])
    let entries = ThemeCatalog.entries(
      searchPaths: [mine.path, shipped.path],
      userFolders: [mine.path]
    )
    #expect(entries.map(\.name) == ["default", "default-light", "zebra", "apple"])
    #expect(entries.map(\.title) == ["default", "light", "Zebra", "Apple"])
    #expect(entries.map(\.origin) == [.shipped, .shipped, .user, .shipped])
    #expect(entries.map(\.appears) == [.dark, .light, .dark, .any])
    #expect(entries.allSatisfy { $0.author == "me" && $0.problem == nil })
    #expect(entries[2].file == "\(mine.path)/zebra.toml")
    #expect(try entries[2].load(searchPaths: []).theme.name == "Zebra")
  }

  @Test func withoutFilesThereIsTheBuiltInTheme() throws {
    let entries = ThemeCatalog.entries(searchPaths: [], userFolders: [])
    #expect(entries.map(\.name) == ["default"])
    #expect(entries[0].origin == .builtIn)
    #expect(entries[0].file == nil)
    #expect(try entries[0].load(searchPaths: []).theme == Theme.builtIn)
  }

  @Test func aUsersFileHidesTheShippedOne() throws {
    let mine = try ThemeFolder(["nord.toml": theme("My Nord")])
    let shipped = try ThemeFolder(["nord.toml": theme("Nord")])
    let entries = ThemeCatalog.entries(
      searchPaths: [mine.path, shipped.path],
      userFolders: [mine.path]
    )
    let nord = try #require(entries.first { $0.name == "nord" })
    #expect(nord.title == "My Nord")
    #expect(nord.origin == .user)
    #expect(nord.hiddenFiles == ["\(shipped.path)/nord.toml"])
  }

  @Test func oneFolderThatIsFoundTwiceHidesNothing() throws {
    let shipped = try ThemeFolder(["nord.toml": theme("Nord")])
    let entries = ThemeCatalog.entries(
      searchPaths: [shipped.path, "\(shipped.path)/."],
      userFolders: []
    )
    #expect(entries.first { $0.name == "nord" }?.hiddenFiles == [])
  }

  @Test func aFileThatCannotBeReadIsListedWithItsProblem() throws {
    let mine = try ThemeFolder(["bad.toml": "[roles]\nbase = 3\n"])
    let entries = ThemeCatalog.entries(searchPaths: [mine.path], userFolders: [mine.path])
    let bad = try #require(entries.first { $0.name == "bad" })
    #expect(bad.problem?.line == 2)
    #expect(throws: ThemeError.self) { try bad.load(searchPaths: []) }
  }

  @Test func theUsersFoldersComeFromTheEnvironment() {
    func folders(_ variables: [String: String]) -> [String] {
      ThemeSearch.userFolders { variables[$0] }
    }
    #expect(folders(["HOME": "/home/me"]) == ["/home/me/.config/sluice/themes"])
    #expect(
      folders(["HOME": "/home/me", "XDG_CONFIG_HOME": "/etc/me"]) == ["/etc/me/sluice/themes"]
    )
    #expect(
      folders(["HOME": "/home/me", "SLUICE_THEMES": "/t"])
        == ["/t", "/home/me/.config/sluice/themes"]
    )
    #expect(folders([:]) == [])
  }

  // MARK: - Changes of files

  @Test func aStampChangesWithEveryFileOfATheme() throws {
    let folder = try ThemeFolder([
      "old.toml": "[roles]\nbase = \"green\"\n", "young.toml": "[meta]\ninherits = \"old\"\n",
    ])
    let loaded = try LoadedTheme("young", searchPaths: [folder.path])
    #expect(loaded.files == ["\(folder.path)/old.toml", "\(folder.path)/young.toml"])
    let first = FileStamp(loaded.files)
    #expect(FileStamp(loaded.files) == first)
    try folder.write("[roles]\nbase = \"red\"\n", to: "old.toml")
    let second = FileStamp(loaded.files)
    #expect(second != first)
    try folder.write("[meta]\ninherits = \"old\"\nname = \"y\"\n", to: "young.toml")
    #expect(FileStamp(loaded.files) != second)
    #expect(FileStamp(["\(folder.path)/gone.toml"]) != FileStamp(["\(folder.path)/old.toml"]))
  }

  // MARK: - The automatic choice

  @Test(
    arguments: [
      ((0, 0, 0), "default"), ((0x2E, 0x34, 0x40), "default"), ((0x00, 0x2B, 0x36), "default"),
      ((255, 255, 255), "default-light"), ((0xFD, 0xF6, 0xE3), "default-light"),
      ((0, 255, 0), "default-light"), ((0, 0, 255), "default"),
    ] as [((UInt8, UInt8, UInt8), String)]
  )
  func theBackgroundDecides(background: (UInt8, UInt8, UInt8), name: String) {
    // The variable may be of another terminal, and the answer is of this one.
    for variable in [nil, "15;0", "0;15"] {
      #expect(AutomaticTheme.name(background: background, colorFGBG: variable) == name)
    }
  }

  @Test(
    arguments: [
      (nil, "default"), ("15;0", "default"), ("0;15", "default-light"), ("0;7", "default-light"),
      ("12;8", "default"), ("0;default;15", "default-light"), ("7;default", "default"),
      ("", "default"), ("0;16", "default"), ("0;-1", "default"), ("0;11", "default-light"),
    ] as [(String?, String)]
  )
  func withoutABackgroundTheVariableDecides(variable: String?, name: String) {
    #expect(AutomaticTheme.name(background: nil, colorFGBG: variable) == name)
  }

  // MARK: - Reports

  @Test func aReportNamesTheLineOfTheRoleOrOfWhatItTakesItsColourFrom() throws {
    let folder = try ThemeFolder([
      "old.toml": "[roles]\nbase = { fg = \"#ffffff\", bg = \"#000000\" }\n",
      "mine.toml": """
      [meta]
      inherits = "old"
      appears = "dark"
      paint = "yes"
      [roles]
      muted = "#303030"
      """,
    ])
    let complaints = ThemeReport(try LoadedTheme("mine", searchPaths: [folder.path])).complaints
    let file = "\(folder.path)/mine.toml"
    #expect(complaints.first?.hasPrefix("\(file):4: unknown key 'paint'") == true)
    #expect(complaints.contains { $0.hasPrefix("\(file):6: muted has contrast 1.5") })
    // States that are all the base's are alike, and that is said in the parent.
    #expect(
      complaints.contains { $0.hasPrefix("\(folder.path)/old.toml:2: state.ok and state.busy ") }
    )
  }
}
