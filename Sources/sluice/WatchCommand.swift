import ArgumentParser
import Canvas
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
    abstract: "Print what a recording or a broker tells: findings, events, rates.",
    discussion: """
      Prints a line for each change, as --plain does. Of a recording that is all at once, with a \
      line of rates for each 10 s of it; it ends with 1 when the recording is damaged. Of an address \
      it goes on until it is interrupted, as sluice attach --plain does.
      """
  )

  @OptionGroup
  var source: SourceArgument

  @MainActor
  func execute() async -> ExitStatus {
    if source.isAddress { return await watchBroker() }
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

  @MainActor
  private func watchBroker() async -> ExitStatus {
    do {
      return await (try source.attach(["--plain"])).execute()
    } catch {
      Announcement.complain(SafeText.clean("\(error)"))
      return .usage
    }
  }
}
