import ArgumentParser
import Canvas
import ConfigFile
import Dashboard
import ManagementClient

/// `sluice attach`: the dashboard on brokers elsewhere.
struct AttachCommand: RunnableCommand {
  static let configuration = CommandConfiguration(
    commandName: "attach",
    _superCommandName: "sluice",
    abstract: "Show a RabbitMQ, a LavinMQ or another Sluice in the dashboard.",
    discussion: """
      Asks the broker's management, as in: sluice attach http://localhost:15672. Without an address \
      it takes the one in SLUICE_URL. A password in an address is overwritten in the list of \
      processes as soon as the program runs; SLUICE_URL, --password-file and the question that \
      comes without one keep it out of there altogether. Looks and changes nothing unless --write \
      is given.
      """
  )

  @Argument(help: ArgumentHelp("http:// or https:// of a management.", valueName: "address"))
  var addresses: [String] = []

  @Option(help: ArgumentHelp("Another broker, to be shown with @.", valueName: "address"))
  var target: [String] = []

  @OptionGroup
  var password: PasswordOptions

  @OptionGroup
  var trust: TrustOptions

  @Flag(help: "Allow changes: purge, delete, publish, declare, bind, close, move.")
  var write = false

  @Option(
    help: ArgumentHelp(
      "How often to ask, 1s to 10s; RabbitMQ measures each 5 s. (default: 5s)",
      valueName: "time"
    ),
    transform: RefreshInterval.argument
  )
  var refresh: RefreshInterval?

  @OptionGroup
  var screen: ScreenOptions

  @Flag(help: "No screen: changes as lines of words, for screen readers and pipes.")
  var plain = false

  @OptionGroup(title: "Alerts")
  var alert: AlertCommandOption

  @OptionGroup(title: "Alerts")
  var bell: BellOption

  @OptionGroup
  var record: RecordOptions

  func validate() throws { try Self.check(refresh) }

  /// Checks how often a broker elsewhere is to be asked.
  static func check(_ refresh: RefreshInterval?) throws {
    guard let refresh, refresh.seconds < ManagementSession.shortestStepSeconds else { return }
    throw ValidationError("--refresh is too short for a broker elsewhere; give 1s to 10s")
  }

  @MainActor
  func execute() async -> ExitStatus {
    switch await connect() {
    case .success(let found): return await found.plan.show(found.stage, isPlain: plain)
    case .failure(let status): return status
    }
  }

  /// Greets the first broker.
  ///
  /// - Returns: What is to be shown; or how the program ends, which is said then.
  @MainActor
  func connect() async -> Result<(plan: AttachPlan, stage: AttachStage), ExitStatus> {
    let choice: ScreenOptions.Choice
    switch screen.choose() {
    case .success(let value): choice = value
    case .failure(let status): return .failure(status)
    }
    do {
      let targets = try targets()
      let wishes = AttachPlan.Wishes(
        choice: choice,
        refresh: refresh,
        allowsChanges: write,
        isReadOnly: !write,
        hasBell: bell.isWanted,
        alertCommand: alert.command,
        recording: try record.open()
      )
      let plan = AttachPlan(targets, trust: trust.settings, wishes)
      return .success((plan, try await plan.greet()))
    } catch let problem as AttachProblem {
      Announcement.complain(SafeText.clean(problem.text))
      return .failure(problem.status)
    } catch let problem as ScenarioFile.Problem {
      Announcement.complain(problem.description)
      return .failure(problem.status)
    } catch {
      Announcement.complain(SafeText.clean("\(error)"))
      return .failure(.failure)
    }
  }

  /// The addresses with their passwords.
  ///
  /// - Throws: ``AttachProblem``.
  private func targets() throws -> [ManagementAddress] {
    var texts = addresses + target
    ProcessArguments.hidePasswords(in: texts)
    if texts.isEmpty, let text = Environment.value("SLUICE_URL") { texts = [text] }
    guard !texts.isEmpty else {
      throw AttachProblem(
        text: "no address; give one, as in: sluice attach http://localhost:15672, or SLUICE_URL",
        status: .usage
      )
    }
    return try texts.map { text in
      do {
        var address = try ManagementAddress(text)
        if address.password == nil {
          address.password = try password.password(of: address.user, at: address.place)
        }
        return address
      } catch let error as AddressError {
        throw AttachProblem(text: error.description, status: .usage)
      } catch let error as PasswordFile.Problem {
        throw AttachProblem(text: error.description, status: .configuration)
      }
    }
  }
}
