import ArgumentParser
import Canvas
import Curses
import Dashboard
import Recording
import RecordingFile

/// The argument that says what is looked at: a recording.
struct SourceArgument: ParsableArguments {
  @Argument(help: ArgumentHelp("A recording (.slrec).", valueName: "source"))
  var source: String

  func validate() throws {
    guard source.contains("://") else { return }
    throw ValidationError(
      "an address cannot be looked at; give a recording (.slrec), made with --record or R"
    )
  }

  /// Opens it.
  ///
  /// - Returns: The recording, which has a snapshot; or how the program ends, which is said then.
  func open() -> Result<RecordingReader<RecordedFile>, ExitStatus> {
    do {
      return .success(try OpenedRecording(path: source).reader)
    } catch {
      Announcement.complain(error.description)
      return .failure(.configuration)
    }
  }

  /// Says something about the recording.
  func complain(_ text: String) {
    Announcement.complain(SafeText.clean("\(source): \(text)"))
  }

  /// How what is in it is written.
  @MainActor
  static func viewOptions(isUnicode: Bool) -> ViewOptions {
    ViewOptions(
      glyphs: isUnicode ? Glyphs() : Glyphs().ascii(),
      timeZoneOffsetSeconds: SystemClock.timeZoneOffsetSeconds()
    )
  }
}
