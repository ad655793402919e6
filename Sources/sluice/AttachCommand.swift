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

  func validate() throws {
    guard let refresh, refresh.seconds < ManagementSession.shortestStepSeconds else { return }
    throw ValidationError("--refresh is too short for a broker elsewhere; give 1s to 10s")
  }

  @MainActor
  func execute() async -> ExitStatus {
    switch await connect() {
    case .success(let found): return await show(found.plan, found.stage)
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
      let plan = try self.plan(try targets(), choice)
      let session = plan.session(0)
      do {
        _ = try await session.greet()
      } catch {
        let place = plan.addresses[0].endpoint
        throw Problem(
          text: "\(place): \(error.description)",
          status: error.isForGood ? .configuration : .failure
        )
      }
      return .success((plan, AttachStage(plan, session)))
    } catch let problem as Problem {
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

  /// Why nothing is shown, in one line without a password.
  struct Problem: Error {
    var text: String
    var status: ExitStatus
  }

  /// The addresses with their passwords.
  ///
  /// - Throws: ``Problem``.
  private func targets() throws -> [ManagementAddress] {
    var texts = addresses + target
    ProcessArguments.hidePasswords(in: texts)
    if texts.isEmpty, let text = Environment.value("SLUICE_URL") { texts = [text] }
    guard !texts.isEmpty else {
      throw Problem(
        text: "no address; give one, as in: sluice attach http://localhost:15672, or SLUICE_URL",
        status: .usage
      )
    }
    return try texts.map { text in
      do {
        var address = try ManagementAddress(text)
        if address.password == nil { address.password = try trust.password(for: address) }
        return address
      } catch let error as AddressError {
        throw Problem(text: error.description, status: .usage)
      } catch let error as PasswordFile.Problem {
        throw Problem(text: error.description, status: .configuration)
      }
    }
  }

  private func plan(
    _ addresses: [ManagementAddress],
    _ choice: ScreenOptions.Choice
  ) throws -> AttachPlan {
    let stepSeconds = refresh?.seconds ?? ManagementSession.usualStepSeconds
    let configuration = choice.config.configuration
    var alerts: Alerts = []
    if bell.isWanted { alerts.insert(.bell) }
    if alert.command != nil { alerts.insert(.command) }
    let options = ViewOptions(
      glyphs: choice.glyphs,
      timeZoneOffsetSeconds: SystemClock.timeZoneOffsetSeconds(),
      hasLab: false,
      keymap: configuration.keymap,
      isReadOnly: !write,
      settings: configuration.settings,
      refreshSeconds: stepSeconds,
      tuning: configuration.tuning,
      alerts: alerts,
      attachment: AttachOptions(targets: addresses.map(\.place), allowsChanges: write)
    )
    return AttachPlan(
      addresses: addresses,
      trust: trust.settings,
      screen: ScreenPlan(
        theme: choice.theme,
        chosenTheme: choice.themeName,
        terminalOptions: choice.terminal,
        viewOptions: options,
        config: choice.config
      ),
      stepSeconds: stepSeconds,
      recording: try record.open(),
      alertCommand: alert.command
    )
  }

  @MainActor
  private func show(_ plan: AttachPlan, _ stage: AttachStage) async -> ExitStatus {
    if plain { return await PlainSession.run(plan.screen, stage) }
    switch plan.screen.place {
    case .nowhere(let status): return status
    case .terminal: return await DashboardSession.run(plan.screen, stage)
    case .text: return await TextFrame.show(plan, stage)
    }
  }
}
