import ArgumentParser
import Canvas
import Glibc
import Lab
import Telemetry

/// `sluice lab`: a timed run of a scenario without a terminal, with a report at its end.
struct LabCommand: RunnableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lab",
    _superCommandName: "sluice",
    abstract: "Run a scenario for a while without a screen, and report what was measured.",
    discussion: """
      Plays the scenario's timeline of faults and loads, both ways at once, measures its phases, \
      lets the queues drain, and balances the ledger. Ends with 1 when the ledger does not sum to \
      zero. The same on a screen: sluice --scenario NAME, then 6.
      """
  )

  @Flag(help: "Run without a screen; the only way there is so far.")
  var headless = false

  @Option(help: ArgumentHelp("A shipped scenario, or a file.", valueName: "name|file"))
  var scenario = ScenarioCatalog.names.first ?? ""

  @Option(
    help: ArgumentHelp("How long customers come, 1s to 24h.", valueName: "time"),
    transform: RunDuration.argument
  )
  var duration = RunDuration(seconds: 60)

  @Option(
    help: ArgumentHelp("Decides when customers come and what is struck.", valueName: "number")
  )
  var seed: UInt64 = 1

  @Option(help: ArgumentHelp("Write the report there, as Markdown.", valueName: "file"))
  var report: String?

  @Option(help: ArgumentHelp("Which ways customers go: sync, async or both.", valueName: "mode"))
  var mode = CallMode.both

  @Option(
    help: ArgumentHelp("Customers a second for each way; else the scenario's.", valueName: "number")
  )
  var load: Double?

  @OptionGroup
  var arrivals: ArrivalOptions

  @Option(help: ArgumentHelp("Seconds of the scenario in one of the clock.", valueName: "number"))
  var timeScale = 1.0

  @Option(help: ArgumentHelp("The report's language, en or zh; else from LANG.", valueName: "code"))
  var lang: Language?

  @OptionGroup(title: "A broker elsewhere")
  var nodes: NodeOptions

  func validate() throws {
    guard headless else {
      throw ValidationError(
        "say sluice lab --headless for a run without a screen; with one: sluice --scenario "
          + "\(SafeText.clean(scenario)), then 6"
      )
    }
    try Validation.checkLoad(load)
    guard timeScale >= 0.1, timeScale <= 100 else {
      throw ValidationError("--time-scale \(timeScale) is out of range; give 0.1 to 100")
    }
    if nodes.trust.isGiven, !nodes.broker.contains(where: { $0.hasPrefix("amqps://") }) {
      throw ValidationError("--cacert and --insecure are for a --broker with amqps://")
    }
  }

  @MainActor
  func execute() async -> ExitStatus {
    do {
      return try await HeadlessLab(
        source: ScenarioFile.read(scenario),
        options: self,
        arrivals: arrivals.read(),
        recorder: arrivals.open(),
        language: lang ?? Language.ofEnvironment
      ).run()
    } catch {
      Announcement.complain(error.description)
      return error.status
    }
  }
}

/// The value of `--duration`.
struct RunDuration: Sendable, Hashable {
  var seconds: Double

  var duration: Duration { .seconds(seconds) }

  /// Reads `90s`, `2m`, `1h` or a number of seconds.
  ///
  /// - Throws: `ValidationError` that says what mends it.
  static func argument(_ text: String) throws -> RunDuration {
    let units: [(suffix: String, seconds: Double)] = [
      ("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600),
    ]
    let unit = units.first { text.hasSuffix($0.suffix) } ?? ("", 1)
    guard let number = Double(text.dropLast(unit.suffix.count)), number.isFinite,
      (1...86_400).contains(number * unit.seconds)
    else {
      throw ValidationError("'\(SafeText.clean(text))' is no duration; give 1s to 24h, as 60s")
    }
    return RunDuration(seconds: number * unit.seconds)
  }
}

extension Language: ExpressibleByArgument {
  public init?(argument: String) {
    self.init(rawValue: argument)
  }

  public static var allValueStrings: [String] { allCases.map(\.rawValue) }

  /// The language that the person's environment asks for; English when it is none of ours.
  static var ofEnvironment: Language {
    let names = ["LC_ALL", "LC_MESSAGES", "LANG"]
    let wanted = names.lazy.compactMap(Environment.value).first { !$0.isEmpty } ?? ""
    return wanted.hasPrefix("zh") ? .chinese : .english
  }
}
