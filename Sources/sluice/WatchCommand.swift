import ArgumentParser
import Curses
import Dashboard
import Glibc
import Recording
import RecordingFile

/// `sluice watch`: what happened, as lines.
struct WatchCommand: RunnableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch",
    _superCommandName: "sluice",
    abstract: "Print what a recording tells as time passes: findings, events, rates.",
    discussion: """
      Prints a line for each change, as --plain does, and each 10 s of the recording one with its \
      rates; all at once. Ends with 1 when the recording is damaged.
      """
  )

  @OptionGroup
  var source: SourceArgument

  @MainActor
  func execute() async -> ExitStatus {
    let options = SourceArgument.viewOptions(isUnicode: Terminal.chooseCharacterSet())
    let reader: RecordingReader<RecordedFile>
    switch source.open() {
    case .success(let value): reader = value
    case .failure(let status): return status
    }
    // That nobody reads any more shows where it is written.
    signal(SIGPIPE, SIG_IGN)
    var stream = RecordedStream(reader, options: options)
    while let lines = stream.next() {
      for line in lines where !Announcement.isHeard(line) { return .success }
    }
    guard let problem = stream.failure?.description ?? reader.damage?.description else {
      return .success
    }
    source.complain(problem)
    return .failure
  }
}
