import ArgumentParser
import Canvas
import Curses
import Dashboard
import JSONText
import ManagementClient
import Recording
import RecordingFile
import Telemetry

/// `sluice snapshot`: the state of a broker once.
struct SnapshotCommand: RunnableCommand {
  static let configuration = CommandConfiguration(
    commandName: "snapshot",
    _superCommandName: "sluice",
    abstract: "Print the state of a broker once: queues, consumers, findings, ledger.",
    discussion: """
      Prints the state at the end of a recording, or at another instant of it, with the findings \
      that a dashboard would have shown then. Ends with 1 when the recording is damaged before the \
      instant that was asked for. Of an address it asks the broker's management until there are \
      rates, some seconds long; findings that need a longer look are not among those then.
      """
  )

  /// How it is written.
  enum Format: String, EnumerableFlag {
    case text
    case json
    case csv

    static func help(for value: Format) -> ArgumentHelp? {
      switch value {
      case .text: "Lines for a person."
      case .json: "One line of JSON with all of it."
      case .csv: "The queues as comma-separated values (RFC 4180)."
      }
    }
  }

  @OptionGroup
  var source: SourceArgument

  @Option(
    help: ArgumentHelp(
      "A time of day (05:31:47), or so long after the beginning (90s, 5m); else the end.",
      valueName: "time"
    ),
    transform: { text in
      guard let place = RecordingPlace(text) else {
        throw ValidationError("--at \(text) is no time; give 05:31:47, 90s or 5m")
      }
      return place
    }
  )
  var at: RecordingPlace?

  @Flag
  var format = Format.text

  func validate() throws {
    if at != nil, source.isAddress {
      throw ValidationError("--at is for a recording; a broker is asked how it is now")
    }
  }

  @MainActor
  func execute() async -> ExitStatus {
    if source.isAddress { return await lookAtBroker() }
    let options = SourceArgument.viewOptions(isUnicode: Terminal.chooseCharacterSet())
    let reader: RecordingReader<RecordedFile>
    switch source.open() {
    case .success(let value): reader = value
    case .failure(let status): return status
    }
    let offset = options.timeZoneOffsetSeconds
    let instant = at?.instant(in: reader, offsetSeconds: offset)
    if at != nil, instant == nil {
      source.complain("that time is not in it; it goes from \(Self.span(reader, offset))")
      return .usage
    }
    guard let state = StateExport(of: reader, at: instant, options: options) else {
      source.complain("nothing is known of a broker at that time")
      return .failure
    }
    write(state)
    guard let damage = reader.damage, at == nil else { return .success }
    source.complain(damage.description)
    return .failure
  }

  /// Asks a broker elsewhere, and changes nothing there.
  @MainActor
  private func lookAtBroker() async -> ExitStatus {
    let command: AttachCommand
    do {
      command = try source.attach()
    } catch {
      Announcement.complain(SafeText.clean("\(error)"))
      return .usage
    }
    switch await command.connect() {
    case .failure(let status): return status
    case .success(let found):
      var model = Model(size: TextFrame.paper, options: found.plan.screen.viewOptions)
      let step = found.plan.stepSeconds
      guard await TextFrame.watch(found.stage, &model, stepSeconds: step),
        let state = StateExport(of: model)
      else {
        Announcement.complain("\(found.plan.addresses[0].endpoint): it said nothing of its queues")
        return .failure
      }
      write(state)
      return .success
    }
  }

  private func write(_ state: StateExport) {
    switch format {
    case .text: state.text.forEach(Announcement.say)
    case .json: Announcement.say(String(decoding: state.json.bytes, as: UTF8.self))
    case .csv: Announcement.write(state.csv)
    }
  }

  private static func span(_ reader: RecordingReader<RecordedFile>, _ offset: Int) -> String {
    let times = [reader.head(0), reader.head(reader.frameCount - 1)].map { head in
      Telemetry.Format.time(head.wallTime, offsetSeconds: offset)
    }
    return times.joined(separator: " to ")
  }
}
