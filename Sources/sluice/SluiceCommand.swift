import AMQPServer
import ArgumentParser
import Canvas
import ConfigFile
import Curses
import Dashboard
import Definitions
import Glibc
import Lab
import RecordingFile
import Telemetry

/// `sluice`: the dashboard over an embedded broker with a scenario running on it.
struct SluiceCommand: RunnableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sluice",
    abstract: "Watch a message broker work, feed it, break it, and see what happens.",
    discussion: """
      Without a command it starts an AMQP 0-9-1 broker, runs a scenario on it as real processes, \
      and opens the dashboard; press ? there for the keys. When standard output is not a terminal \
      it prints one frame as text.
      """,
    version: "sluice 0.1.0",
    subcommands: [
      ServeCommand.self, StoreCommand.self, ThemesCommand.self, LabCommand.self,
      ScenariosCommand.self, ReplayCommand.self, SnapshotCommand.self, WatchCommand.self,
      LabServiceCommand.self,
    ]
  )

  @Option(help: ArgumentHelp("A theme by its name, or a theme file.", valueName: "name|file"))
  var theme: String?

  @Option(help: ArgumentHelp("When to use colour.", valueName: "when"))
  var color = ColorChoice.automatic

  @Option(
    help: ArgumentHelp(
      "What runs on the broker: \(ScenarioCatalog.names.joined(separator: ", ")), or a file.",
      valueName: "name|file"
    )
  )
  var scenario = ScenarioCatalog.names.first ?? ""

  @Option(help: ArgumentHelp("How customers call.", valueName: "mode"))
  var mode = CallMode.both

  @Option(
    help: ArgumentHelp(
      "Customers a second for each way of calling; else the scenario's.",
      valueName: "number"
    )
  )
  var load: Double?

  @OptionGroup
  var arrivals: ArrivalOptions

  @Option(
    help: ArgumentHelp("Decides when customers come and what is struck.", valueName: "number")
  )
  var seed: UInt64 = 1

  @Option(
    help: ArgumentHelp("The language of lessons, en or zh; else from LANG.", valueName: "code")
  )
  var lang: Language?

  @Option(help: ArgumentHelp("The broker's port; the next free one if taken.", valueName: "port"))
  var amqpPort = 5672

  @Option(
    help: ArgumentHelp("Begin with what a RabbitMQ exported, beside guest.", valueName: "file")
  )
  var definitions: String?

  @Option(
    help: ArgumentHelp(
      "How often to look and draw, 100ms to 10s. (default: \(RefreshInterval.usual))",
      valueName: "time"
    ),
    transform: RefreshInterval.argument
  )
  var refresh: RefreshInterval?

  @Option(
    help: ArgumentHelp(
      "Another config file than ~/.config/sluice/config.toml; /dev/null for none.",
      valueName: "file"
    )
  )
  var config: String?

  @Flag(help: "Look and change nothing, until F8 allows it.")
  var readOnly = false

  @Flag(help: "Draw with ASCII only.")
  var ascii = false

  @Flag(help: "Leave the mouse to the terminal.")
  var noMouse = false

  @Flag(help: "No screen: changes as lines of words, for screen readers and pipes.")
  var plain = false

  @OptionGroup(title: "Alerts")
  var alert: AlertCommandOption

  @OptionGroup(title: "Alerts")
  var bell: BellOption
  @OptionGroup
  var record: RecordOptions

  @OptionGroup(title: "Data")
  var data: DataOptions

  @OptionGroup(title: "Encryption")
  var encryption: EncryptionOptions

  @OptionGroup(title: "Limits")
  var limits: LimitOptions

  static let loadLimit = 1000.0

  func validate() throws {
    try Validation.checkPort(amqpPort)
    try Validation.checkLoad(load)
  }

  @MainActor
  func execute() async -> ExitStatus {
    let isUnicode = Terminal.chooseCharacterSet()
    let chosen: ChosenConfiguration
    switch ChosenConfiguration.read(config) {
    case .success(let value): chosen = value
    case .failure(let status): return status
    }
    let wanted = WantedTheme(option: theme, config: chosen)
    let theme: Theme
    do {
      theme = try wanted.load()
    } catch {
      return wanted.complain(error)
    }
    let files: Files
    switch readFiles() {
    case .success(let value): files = value
    case .failure(let status): return status
    }
    let plan = DashboardPlan(
      theme: theme,
      chosenTheme: wanted.name,
      color: color,
      isASCII: ascii || !isUnicode,
      hasMouse: !noMouse,
      refresh: refresh ?? chosen.refresh ?? .usual,
      isReadOnly: readOnly,
      config: chosen,
      scenario: files.scenario,
      mode: mode,
      load: load,
      arrivals: files.arrivals,
      recorder: files.recorder,
      recording: files.recording,
      seed: seed,
      language: lang ?? Language.ofEnvironment,
      port: amqpPort,
      limits: limits.limits,
      tls: encryption.settings,
      definitions: files.definitions,
      definitionsFile: definitions,
      dataDirectory: data.directory,
      alertCommand: alert.command,
      hasBell: bell.isWanted
    )
    if plain { return await PlainSession.run(plan) }
    switch plan.screen.place {
    case .text: return await TextFrame.show(plan)
    case .nowhere(let status): return status
    case .terminal: return await DashboardSession.run(plan)
    }
  }

  /// What is in the files that the command line names.
  private struct Files {
    var scenario: LabConfiguration.Source
    var arrivals: [Double]?
    var definitions: Definitions?
    var recorder: ArrivalRecorder?
    var recording: RecordingDestination?
  }

  /// Reads the files, and opens those that are written to last: they take the place of what was there.
  private func readFiles() -> Result<Files, ExitStatus> {
    do {
      let scenario = try ScenarioFile.read(scenario)
      let arrivals = try self.arrivals.read()
      return .success(
        Files(
          scenario: scenario,
          arrivals: arrivals,
          definitions: try DefinitionsFile.read(definitions),
          recorder: try self.arrivals.open(),
          recording: try record.open()
        )
      )
    } catch let problem as ScenarioFile.Problem {
      Announcement.complain(problem.description)
      return .failure(problem.status)
    } catch {
      Announcement.complain("\(error)")
      return .failure(.configuration)
    }
  }
}

/// What the command line and the config file asked of the dashboard, checked.
struct DashboardPlan: Sendable {
  var theme: Theme
  /// The name or file of the theme that a person chose; without one the terminal's background says
  /// which it is.
  var chosenTheme: String?
  var color: ColorChoice
  var isASCII: Bool
  var hasMouse: Bool
  var refresh: RefreshInterval
  /// Whether nothing may be changed until the person allows it.
  var isReadOnly: Bool
  var config: ChosenConfiguration
  var scenario: LabConfiguration.Source
  var mode: CallMode
  /// Customers a second; nil for the scenario's rate.
  var load: Double?
  /// Recorded arrivals that the load begins with.
  var arrivals: [Double]?
  /// Keeps when customers arrive.
  var recorder: ArrivalRecorder?
  /// What all that the dashboard is told is recorded into.
  var recording: RecordingDestination?
  var seed: UInt64
  /// Of lessons and verdicts.
  var language: Language
  /// The port to try first.
  var port: Int
  var limits: ServerLimits
  /// A second listener, encrypted; nil for none.
  var tls: TLSSettings?
  /// What the broker begins with, and the file that it is from.
  var definitions: Definitions?
  var definitionsFile: String?
  /// Where the broker keeps its messages; nil for a directory that ends with the program.
  var dataDirectory: String?
  /// Run for each new critical finding; nil for none.
  var alertCommand: String?
  /// Whether the bell rings for it.
  var hasBell: Bool

  var terminalOptions: TerminalOptions {
    TerminalOptions(theme: theme, color: color, isASCII: isASCII, hasMouse: hasMouse)
  }

  private var alerts: Alerts {
    var alerts: Alerts = []
    if hasBell { alerts.insert(.bell) }
    if alertCommand != nil { alerts.insert(.command) }
    return alerts
  }

  var glyphs: Glyphs { isASCII ? theme.glyphs.ascii() : theme.glyphs }

  /// What the dashboard is told once.
  var viewOptions: ViewOptions {
    ViewOptions(
      glyphs: glyphs,
      timeZoneOffsetSeconds: SystemClock.timeZoneOffsetSeconds(),
      hasLab: true,
      keymap: config.configuration.keymap,
      isReadOnly: isReadOnly,
      settings: config.configuration.settings,
      refreshSeconds: refresh.seconds,
      tuning: config.configuration.tuning,
      alerts: alerts
    )
  }
}

extension ColorChoice: ExpressibleByArgument {}

extension CallMode: ExpressibleByArgument {
  public init?(argument: String) {
    switch argument {
    case "sync": self = .synchronous
    case "async": self = .asynchronous
    case "both": self = .both
    default: return nil
    }
  }

  public var defaultValueDescription: String {
    switch self {
    case .synchronous: "sync"
    case .asynchronous: "async"
    case .both: "both"
    }
  }

  public static var allValueStrings: [String] { ["sync", "async", "both"] }
}
