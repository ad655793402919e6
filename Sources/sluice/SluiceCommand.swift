import AMQPServer
import ArgumentParser
import Canvas
import ConfigFile
import Dashboard
import Definitions
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
      ServeCommand.self, AttachCommand.self, StoreCommand.self, ThemesCommand.self, LabCommand.self,
      ScenariosCommand.self, ReplayCommand.self, SnapshotCommand.self, WatchCommand.self,
      CompareCommand.self, LabServiceCommand.self,
    ]
  )

  @OptionGroup
  var screen: ScreenOptions

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
  var amqpPort = usualPort

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

  @Flag(help: "Look and change nothing, until F8 allows it.")
  var readOnly = false

  @Flag(help: "No screen: changes as lines of words, for screen readers and pipes.")
  var plain = false

  @OptionGroup(title: "Alerts")
  var alert: AlertCommandOption

  @OptionGroup(title: "Alerts")
  var bell: BellOption

  @OptionGroup
  var record: RecordOptions

  @OptionGroup(title: "A broker elsewhere")
  var elsewhere: ElsewhereOptions

  @OptionGroup(title: "Data")
  var data: DataOptions

  @OptionGroup(title: "Encryption")
  var encryption: EncryptionOptions

  @OptionGroup(title: "Limits")
  var limits: LimitOptions

  @OptionGroup(title: "Management")
  var management: ManagementOptions

  static let loadLimit = 1000.0
  private static let usualPort = 5672

  func validate() throws {
    try Validation.checkPort(amqpPort)
    try Validation.checkLoad(load)
    guard elsewhere.isGiven else { return }
    if let option = optionOfOwnBroker {
      throw ValidationError("\(option) is for the broker inside; leave it out with --broker")
    }
    try AttachCommand.check(refresh)
  }

  /// A given option that means nothing where the broker is not ours.
  private var optionOfOwnBroker: String? {
    let given = [
      (amqpPort != Self.usualPort, "--amqp-port"), (definitions != nil, "--definitions"),
      (data.directory != nil, "--data"), (encryption.tlsPort != nil, "--tls-port"),
      (management.managementPort != nil, "--management-port"),
      (management.noManagement, "--no-management"),
      (limits.limits != ServerLimits(), "a limit"),
    ]
    return given.first { $0.0 }?.1
  }

  @MainActor
  func execute() async -> ExitStatus {
    let choice: ScreenOptions.Choice
    switch screen.choose() {
    case .success(let value): choice = value
    case .failure(let status): return status
    }
    let files: Files
    switch readFiles() {
    case .success(let value): files = value
    case .failure(let status): return status
    }
    let lab = LabPlan(
      scenario: files.scenario,
      mode: mode,
      load: load,
      arrivals: files.arrivals,
      recorder: files.recorder,
      seed: seed,
      language: lang ?? Language.ofEnvironment
    )
    if elsewhere.isGiven { return await show(lab, choice, files.recording) }
    let plan = DashboardPlan(
      theme: choice.theme,
      chosenTheme: choice.themeName,
      terminalOptions: choice.terminal,
      refresh: refresh ?? choice.config.refresh ?? .usual,
      isReadOnly: readOnly,
      config: choice.config,
      lab: lab,
      recording: files.recording,
      port: amqpPort,
      managementPort: management.port,
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

  /// Shows the scenario on a broker elsewhere.
  @MainActor
  private func show(
    _ lab: LabPlan,
    _ choice: ScreenOptions.Choice,
    _ recording: RecordingDestination?
  ) async -> ExitStatus {
    let wishes = AttachPlan.Wishes(
      choice: choice,
      refresh: refresh,
      allowsChanges: elsewhere.write,
      isReadOnly: readOnly,
      hasBell: bell.isWanted,
      alertCommand: alert.command,
      recording: recording
    )
    do throws(AttachProblem) {
      let plan = try await elsewhere.plan(lab, wishes)
      return await plan.show(try await plan.greet(), isPlain: plain)
    } catch {
      Announcement.complain(SafeText.clean(error.text))
      return error.status
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
