import AMQPClient
import Canvas
import ConfigFile
import Dashboard
import Lab
import ManagementClient
import RecordingFile
import Trust

/// Why nothing is shown of a broker elsewhere, in one line without a password.
struct AttachProblem: Error {
  var text: String
  var status: ExitStatus
}

/// What the command line asked of a dashboard on brokers elsewhere, checked.
struct AttachPlan: Sendable {
  /// The brokers, the one that is shown first in front; never empty.
  var addresses: [ManagementAddress]
  /// Further nodes of the first one's cluster, which are asked when it does not answer.
  var alternatives: [ManagementAddress]
  var trust: TrustSettings
  var screen: ScreenPlan
  var stepSeconds: Double
  /// What all that the dashboard is told is recorded into.
  var recording: RecordingDestination?
  /// Run for each new critical finding; nil for none.
  var alertCommand: String?
  /// The scenario that runs on the first one; nil for none.
  var lab: LabConfiguration?

  /// What the command line says beside the brokers.
  struct Wishes {
    var choice: ScreenOptions.Choice
    var refresh: RefreshInterval?
    var allowsChanges: Bool
    var isReadOnly: Bool
    var hasBell: Bool
    var alertCommand: String?
    var recording: RecordingDestination?
  }

  /// - Parameters:
  ///   - addresses: The brokers, the one that is shown first in front; not empty.
  ///   - alternatives: Further nodes of the first one's cluster.
  ///   - trust: How they are trusted.
  ///   - wishes: What else is wanted.
  ///   - lab: The scenario that runs on the first one.
  init(
    _ addresses: [ManagementAddress],
    alternatives: [ManagementAddress] = [],
    trust: TrustSettings,
    _ wishes: Wishes,
    lab: LabConfiguration? = nil
  ) {
    self.addresses = addresses
    self.alternatives = alternatives
    self.trust = trust
    self.lab = lab
    let choice = wishes.choice
    let configuration = choice.config.configuration
    stepSeconds = wishes.refresh?.seconds ?? ManagementSession.usualStepSeconds
    recording = wishes.recording
    alertCommand = wishes.alertCommand
    var alerts: Alerts = []
    if wishes.hasBell { alerts.insert(.bell) }
    if alertCommand != nil { alerts.insert(.command) }
    let options = ViewOptions(
      glyphs: choice.glyphs,
      timeZoneOffsetSeconds: SystemClock.timeZoneOffsetSeconds(),
      hasLab: lab != nil,
      keymap: configuration.keymap,
      isReadOnly: wishes.isReadOnly,
      settings: configuration.settings,
      refreshSeconds: stepSeconds,
      tuning: configuration.tuning,
      alerts: alerts,
      attachment: AttachOptions(
        targets: addresses.map(\.place),
        allowsChanges: wishes.allowsChanges
      )
    )
    screen = ScreenPlan(
      theme: choice.theme,
      chosenTheme: choice.themeName,
      terminalOptions: choice.terminal,
      viewOptions: options,
      config: choice.config
    )
  }

  /// What a session of a target is made of.
  func session(_ target: Int) -> ManagementSession {
    ManagementSession(
      addresses[target],
      alternatives: target == 0 ? alternatives : [],
      trust: trust,
      stepSeconds: stepSeconds,
      clock: SessionClock(now: { SystemClock.now() }, wallTime: { SystemClock.wallTime() })
    )
  }

  /// Greets the first broker.
  ///
  /// - Returns: What is to be shown.
  /// - Throws: ``AttachProblem`` when it does not answer, or not as a broker.
  @MainActor
  func greet() async throws(AttachProblem) -> AttachStage {
    let session = session(0)
    do {
      _ = try await session.greet()
    } catch {
      throw AttachProblem(
        text: "\(addresses[0].endpoint): \(error.description)",
        status: error.isForGood ? .configuration : .failure
      )
    }
    return AttachStage(self, session)
  }

  /// Shows the dashboard until it is quit.
  ///
  /// - Parameters:
  ///   - stage: What it is about.
  ///   - isPlain: Whether there is no screen, and lines are said.
  /// - Returns: How the program ends.
  @MainActor
  func show(_ stage: AttachStage, isPlain: Bool) async -> ExitStatus {
    if isPlain { return await PlainSession.run(screen, stage) }
    switch screen.place {
    case .nowhere(let status): return status
    case .terminal: return await DashboardSession.run(screen, stage)
    case .text: return await TextFrame.show(self, stage)
    }
  }
}
