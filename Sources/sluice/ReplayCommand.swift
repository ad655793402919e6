import ArgumentParser
import Canvas
import ConfigFile
import Curses
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

  @Option(help: ArgumentHelp("A theme by its name, or a theme file.", valueName: "name|file"))
  var theme: String?

  @Option(help: ArgumentHelp("When to use colour.", valueName: "when"))
  var color = ColorChoice.automatic

  @Option(
    help: ArgumentHelp(
      "Another config file than ~/.config/sluice/config.toml; /dev/null for none.",
      valueName: "file"
    )
  )
  var config: String?

  @Flag(help: "Draw with ASCII only.")
  var ascii = false

  @Flag(help: "Leave the mouse to the terminal.")
  var noMouse = false

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
    let isUnicode = Terminal.chooseCharacterSet()
    let chosen: ChosenConfiguration
    switch ChosenConfiguration.read(config) {
    case .success(let value): chosen = value
    case .failure(let status): return status
    }
    let wanted = WantedTheme(option: self.theme, config: chosen)
    let theme: Theme
    do {
      theme = try wanted.load()
    } catch {
      return wanted.complain(error)
    }
    let recording: OpenedRecording
    do {
      recording = try OpenedRecording(path: file)
    } catch {
      Announcement.complain(error.description)
      return .configuration
    }
    let terminalOptions = TerminalOptions(
      theme: theme,
      color: color,
      isASCII: ascii || !isUnicode,
      hasMouse: !noMouse
    )
    let plan = ScreenPlan(
      theme: theme,
      chosenTheme: wanted.name,
      terminalOptions: terminalOptions,
      viewOptions: viewOptions(of: recording, chosen, terminalOptions),
      config: chosen,
      recording: recording.reader
    )
    return await show(recording, plan)
  }

  private func viewOptions(
    of recording: OpenedRecording,
    _ chosen: ChosenConfiguration,
    _ options: TerminalOptions
  ) -> ViewOptions {
    ViewOptions(
      glyphs: options.isASCII ? options.theme.glyphs.ascii() : options.theme.glyphs,
      timeZoneOffsetSeconds: SystemClock.timeZoneOffsetSeconds(),
      hasLab: recording.hasLab,
      keymap: chosen.configuration.keymap,
      settings: chosen.configuration.settings,
      refreshSeconds: recording.refreshSeconds,
      tuning: chosen.configuration.tuning,
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
