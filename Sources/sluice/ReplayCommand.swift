import ArgumentParser
import Canvas
import ConfigFile
import Dashboard

/// `sluice replay`: the dashboard over a recording.
struct ReplayCommand: RunnableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    _superCommandName: "sluice",
    abstract: "Show in the dashboard what was recorded with --record or R.",
    discussion: """
      Plays from the beginning. z stops the recording and goes on from what is shown, [ ] { } step \
      through all of it, 0 goes back to where it plays. Nothing can be changed. When standard \
      output is not a terminal it prints one frame as text: the last. A damaged recording is played \
      up to the damage.
      """
  )

  @Argument(help: ArgumentHelp("A recording.", valueName: "file"))
  var file: String

  @Option(help: ArgumentHelp("How many times as fast, 1 to 100.", valueName: "number"))
  var speed = 1.0

  @OptionGroup
  var screen: ScreenOptions

  @Flag(help: "No screen: changes as lines of words, to the end of the recording.")
  var plain = false

  static let speeds = 1.0...100.0

  func validate() throws {
    guard Self.speeds.contains(speed) else {
      throw ValidationError("--speed \(speed) is out of range; give 1 to 100")
    }
  }

  @MainActor
  func execute() async -> ExitStatus {
    let choice: ScreenOptions.Choice
    switch screen.choose() {
    case .success(let value): choice = value
    case .failure(let status): return status
    }
    let recording: OpenedRecording
    do {
      recording = try OpenedRecording(path: file)
    } catch {
      Announcement.complain(error.description)
      return .configuration
    }
    let plan = ScreenPlan(
      theme: choice.theme,
      chosenTheme: choice.themeName,
      terminalOptions: choice.terminal,
      viewOptions: viewOptions(of: recording, choice),
      config: choice.config,
      recording: recording.reader
    )
    return await show(recording, plan)
  }

  private func viewOptions(
    of recording: OpenedRecording,
    _ choice: ScreenOptions.Choice
  ) -> ViewOptions {
    let configuration = choice.config.configuration
    return ViewOptions(
      glyphs: choice.glyphs,
      timeZoneOffsetSeconds: SystemClock.timeZoneOffsetSeconds(),
      hasLab: recording.hasLab,
      keymap: configuration.keymap,
      settings: configuration.settings,
      refreshSeconds: recording.refreshSeconds,
      tuning: configuration.tuning,
      replay: ReplayOptions(name: recording.name, speed: speed)
    )
  }

  @MainActor
  private func show(_ recording: OpenedRecording, _ plan: ScreenPlan) async -> ExitStatus {
    let stage = ReplayStage(recording, speed: speed)
    let place = plain ? .text : plan.place
    switch place {
    case .nowhere(let status): return status
    case .terminal: return await DashboardSession.run(plan, stage)
    case .text:
      if let damage = recording.damage { Announcement.complain(damage) }
      return plain ? await PlainSession.run(plan, stage) : TextFrame.showEnd(of: plan)
    }
  }
}
