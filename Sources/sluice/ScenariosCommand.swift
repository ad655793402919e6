import ArgumentParser
import Canvas
import Lab
import Telemetry

/// `sluice scenarios`: looks after scenario files.
struct ScenariosCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scenarios",
    _superCommandName: "sluice",
    abstract: "List, show or check scenarios.",
    subcommands: [
      ScenariosListCommand.self, ScenariosShowCommand.self, ScenariosCheckCommand.self,
    ]
  )

  func run() throws {
    throw ValidationError(
      "say what to do with scenarios: sluice scenarios list, scenarios show, or scenarios check"
    )
  }
}

/// `sluice scenarios list`: what `--scenario` can be given.
struct ScenariosListCommand: RunnableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "Say which scenarios there are, and what they are about."
  )

  @Option(help: ArgumentHelp("The language, en or zh; else from LANG.", valueName: "code"))
  var lang: Language?

  @MainActor
  func execute() async -> ExitStatus {
    ScenarioReport.list(in: lang ?? Language.ofEnvironment).forEach(Announcement.say)
    return .success
  }
}

/// `sluice scenarios show`: what is in one.
struct ScenariosShowCommand: RunnableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Say what is in a scenario, or print its file to begin your own with.",
    discussion: """
      Services with their calls and queues, the timeline, the phases and the lesson. With --toml \
      the file itself: sluice scenarios show payment --toml > mine.toml
      """
  )

  @Argument(help: ArgumentHelp("A shipped scenario, or a file.", valueName: "name|file"))
  var scenario: String

  @Option(help: ArgumentHelp("The language, en or zh; else from LANG.", valueName: "code"))
  var lang: Language?

  @Flag(help: "Print the file itself.")
  var toml = false

  @MainActor
  func execute() async -> ExitStatus {
    ScenarioFile.withText(of: scenario) { (content, file) throws(ScenarioProblem) in
      let lines =
        try ScenarioReport.show(text: content, file: file, in: lang ?? Language.ofEnvironment)
      guard !toml else { return Announcement.say(content.trimmingSuffix(while: \.isNewline)) }
      lines.forEach(Announcement.say)
    }
  }
}

/// `sluice scenarios check`: whether files can be run.
struct ScenariosCheckCommand: RunnableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Say whether scenario files can be run.",
    discussion: """
      Prints a line for each file; what is wrong with file, line, field and what mends it. Ends \
      with 78 when there is any.
      """
  )

  @Argument(help: ArgumentHelp("Shipped scenarios, or files.", valueName: "name|file"))
  var scenarios: [String]

  @MainActor
  func execute() async -> ExitStatus {
    var worst = ExitStatus.success
    for scenario in scenarios {
      let status = ScenarioFile.withText(of: scenario) {
        (content, file) throws(ScenarioProblem) in
        Announcement.say(try ScenarioReport.check(text: content, file: file))
      }
      if status.rawValue > worst.rawValue { worst = status }
    }
    return worst
  }
}

extension ScenarioFile {
  /// Hands over the text of a scenario, and says what is wrong with it.
  ///
  /// - Parameters:
  ///   - wanted: A shipped one, or a file.
  ///   - body: Is given the text and what problems call the file.
  /// - Returns: How the program ends.
  static func withText(
    of wanted: String,
    _ body: (String, String) throws(ScenarioProblem) -> Void
  ) -> ExitStatus {
    let content: String
    let file: String
    do throws(Problem) {
      switch try read(wanted) {
      case .shipped(let name):
        content = ScenarioCatalog.text(named: name) ?? ""
        file = name
      case .text(let text, let name):
        content = text
        file = name
      }
    } catch {
      Announcement.complain(error.description)
      return error.status
    }
    do throws(ScenarioProblem) {
      try body(content, file)
      return .success
    } catch {
      Announcement.complain(SafeText.clean(error.description))
      return .configuration
    }
  }
}
