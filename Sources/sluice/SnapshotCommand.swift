import ArgumentParser
import Curses
import Dashboard
import JSONText
import Recording
import RecordingFile
import Telemetry

/// `sluice snapshot`: the state of a broker once.
struct SnapshotCommand: RunnableCommand {
  static let configuration = CommandConfiguration(
    commandName: "snapshot",
    _superCommandName: "sluice",
    abstract: "Print what a recording knows of one instant: queues, consumers, findings, ledger.",
    discussion: """
      Prints the state at the end of the recording, or at another instant of it, with the findings \
      that a dashboard would have shown then. Ends with 1 when the recording is damaged before the \
      instant that was asked for.
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

  @MainActor
  func execute() async -> ExitStatus {
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
    switch format {
    case .text: state.text.forEach(Announcement.say)
    case .json: Announcement.say(String(decoding: state.json.bytes, as: UTF8.self))
    case .csv: Announcement.write(state.csv)
    }
    guard let damage = reader.damage, at == nil else { return .success }
    source.complain(damage.description)
    return .failure
  }

  private static func span(_ reader: RecordingReader<RecordedFile>, _ offset: Int) -> String {
    let times = [reader.head(0), reader.head(reader.frameCount - 1)].map { head in
      Telemetry.Format.time(head.wallTime, offsetSeconds: offset)
    }
    return times.joined(separator: " to ")
  }
}
