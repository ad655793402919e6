import Canvas
import ConfigFile
import Dashboard
import Diagnosis
import Testing

@Suite struct GoodConfigTests {
  private func read(_ text: String) throws -> Configuration {
    try Configuration(text: text, file: "config.toml")
  }

  @Test func everythingThatAFileCanSayIsRead() throws {
    let configuration = try read(
      """
      theme   = "nord"   # dark
      refresh = "1.5s"
      [keys]
      pause = "o"
      quit-now = ["Q", "ctrl-c", "F10"]
      kill = ["ctrl-k", "F9"]
      burst = []
      [tables.queues]
      sort = "ready"
      reversed = true
      columns = ["state", "name"]
      wide = true
      [tables]
      consumers = { wide = true }
      """
    )
    #expect(configuration.warnings == [])
    #expect(configuration.themeLine == 1)
    #expect(
      configuration.settings
        == Settings(
          theme: "nord",
          tables: [
            .queues: TableSettings(
              sortedBy: "ready",
              isReversed: true,
              columns: ["state", "name"],
              isWide: true
            ),
            .consumers: TableSettings(isWide: true),
          ],
          refreshSeconds: 1.5
        )
    )
    let keymap = configuration.keymap
    #expect(keymap.binding(for: .character("o"), at: .queues)?.action == .pause)
    #expect(keymap.binding(for: .character("p"), at: .queues) == nil)
    #expect(keymap.binding(of: .kill)?.keys == [.control("k"), .function(9)])
    #expect(keymap.binding(of: .burst)?.keys == [])
    #expect(keymap.binding(of: .undo) == Keymap.standard.binding(of: .undo))
  }

  @Test func anEmptyFileAndOneOfEmptyValuesChangeNothing() throws {
    #expect(try read("") == Configuration())
    let empty = try read(
      "theme = \"\"\nrefresh = \"\"\n[tables.queues]\nsort = \"\"\ncolumns = []\n"
    )
    #expect(empty.settings == Settings())
    #expect(empty.keymap == Keymap.standard)
  }

  @Test func twoActionsMaySwapTheirKeys() throws {
    let keymap = try read("[keys]\npause = \"i\"\npublish = \"p\"\n").keymap
    #expect(keymap.binding(for: .character("i"), at: .overview)?.action == .pause)
    #expect(keymap.binding(for: .character("p"), at: .overview)?.action == .publishOne)
  }

  @Test func oneWayToQuitIsEnough() throws {
    #expect(try read("[keys]\nquit-now = []\n").keymap.binding(of: .quitNow)?.keys == [])
    #expect(try read("[keys]\nquit = []\n").keymap.binding(of: .quit)?.keys == [])
  }

  @Test(arguments: [
    ("tehme = \"nord\"\n", "1: unknown key 'tehme'; did you mean theme?"),
    ("[other]\n", "1: unknown key 'other'; there are theme, refresh, keys, tables, diagnosis"),
    ("\n[tables.quees]\nwide = true\n", "2: no table 'quees'; did you mean queues?"),
    ("[tables.queues]\nwied = true\n", "2: unknown key 'wied' of a table; did you mean wide?"),
    ("[diagnosis.stcuk]\nseconds = 3\n", "1: no rule 'stcuk'; did you mean stuck?"),
    ("[diagnosis]\noff = [\"surg\"]\n", "2: no rule 'surg'; did you mean surge?"),
    (
      "[diagnosis.stuck]\nsecons = 3\n",
      "2: unknown key 'secons' of a rule; did you mean seconds?"
    ),
    ("[diagnosis.ghost]\nseconds = 3\n", "2: rule 'ghost' has no numbers; take the line out"),
    (
      "[tables.queues]\n\nsort = \"raedy\"\n", "3: no column 'raedy' of queues; did you mean ready?"
    ),
    (
      "[tables.queues]\ncolumns = [\"stat\", \"name\"]\n",
      "2: no column 'stat' of queues; did you mean state?"
    ),
    (
      "[tables.queues]\ncolumns = [\"name\", \"name\"]\n",
      "2: column 'name' is there twice; take one of them out"
    ),
  ])
  func whatNobodyKnowsIsAWarning(text: String, line: String) throws {
    let configuration = try read(text)
    #expect(configuration.warnings == ["config.toml:\(line)"])
    #expect(configuration.settings.tables[.queues]?.columns != [])
  }

  @Test func rulesAreSwitchedOffAndTuned() throws {
    let tuning = try read(
      """
      [diagnosis]
      off = ["surge", "leak"]

      [diagnosis.stuck]
      seconds = 30

      [diagnosis.no-consumer]
      seconds = 5
      """
    ).tuning
    #expect(tuning.off == [.surge, .leak])
    #expect(tuning[.stuckSeconds] == 30)
    #expect(tuning[.noConsumerSeconds] == 5)
    #expect(tuning[.ageSeconds] == Threshold.ageSeconds.standard)
  }

  @Test func everyThresholdCanBeSetAndIsInItsRange() throws {
    for threshold in Threshold.allCases {
      #expect(threshold.rawValue == threshold.rule.rawValue + "." + threshold.key)
      #expect(threshold.range.contains(threshold.standard))
      let value = Int(threshold.range.upperBound)
      let text = "[diagnosis.\(threshold.rule.rawValue)]\n\(threshold.key) = \(value)\n"
      #expect(try read(text).tuning[threshold] == Double(value))
    }
  }

  @Test func everyActionCanBeGivenAnotherKey() throws {
    for action in Action.allCases where Keymap.standard.binding(of: action) != nil {
      let keymap = try read("[keys]\n\(action.rawValue) = \"F20\"\n").keymap
      #expect(keymap.binding(of: action)?.keys == [.function(20)], "\(action)")
    }
  }

  @Test func theStandardKeysWrittenOutAreTheStandardKeys() throws {
    let lines = Keymap.standard.bindings.map { binding in
      let keys = binding.keys.map { "\"\($0.configName)\"" }.joined(separator: ", ")
      return "\(binding.action.rawValue) = [\(keys)]\n"
    }
    let keymap = try read("[keys]\n" + lines.joined()).keymap
    for binding in keymap.bindings {
      #expect(binding.keys == Keymap.standard.binding(of: binding.action)?.keys)
    }
  }

  @Test func theFileIsInTheFolderForConfigFiles() {
    func place(_ variables: [String: String]) -> String? {
      ConfigPlace.standard { variables[$0] }
    }
    let standard = "/home/a/.config/sluice/config.toml"
    #expect(place(["XDG_CONFIG_HOME": "/x", "HOME": "/home/a"]) == "/x/sluice/config.toml")
    #expect(place(["XDG_CONFIG_HOME": "x", "HOME": "/home/a"]) == standard)
    #expect(place(["HOME": "/home/a"]) == standard)
    #expect(place([:]) == nil)
  }

  @Test func aFileThatIsNotThereIsNoMistakeAndNothingIsNoFile() throws {
    let folder = try ConfigFolder()
    #expect(try Configuration.read(folder.file) == nil)
    #expect(try Configuration.read("\(folder.path)/none/config.toml") == nil)
    #expect(try Configuration.read("/dev/null") == Configuration())
    #expect(ConfigPlace.isRemembering(folder.file))
    #expect(!ConfigPlace.isRemembering("/dev/null"))
  }

  @Test(arguments: [("250ms", 250), ("2s", 2_000), ("1.5s", 1_500), ("10s", 10_000)])
  func anIntervalIsReadAndWritten(text: String, milliseconds: Int) throws {
    let interval = try RefreshInterval.read(text)
    #expect(interval.milliseconds == milliseconds)
    #expect(try RefreshInterval.read(interval.description) == interval)
    #expect(RefreshInterval(seconds: interval.seconds) == interval)
  }
}
