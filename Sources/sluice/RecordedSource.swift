import ArgumentParser
import Canvas
import Curses
import Dashboard
import Recording
import RecordingFile

/// The argument that says what is looked at: a recording, or a broker elsewhere.
struct SourceArgument: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "A recording (.slrec), or the address of a broker's management: http://host:15672.",
      valueName: "source"
    )
  )
  var source: String

  @OptionGroup(title: "For an address")
  var password: PasswordOptions

  @OptionGroup(title: "For an address")
  var trust: TrustOptions

  func validate() throws {
    if password.passwordFile != nil || trust.isGiven, !isAddress {
      throw ValidationError("--password-file, --cacert and --insecure are for an address")
    }
  }

  /// Whether it is a broker's address and no file.
  var isAddress: Bool { source.contains("://") }

  /// `sluice attach` to the address.
  ///
  /// - Parameter arguments: More of it.
  /// - Returns: The command, not run yet.
  /// - Throws: What the parser throws.
  func attach(_ arguments: [String] = []) throws -> AttachCommand {
    var command = try AttachCommand.parse([source] + arguments)
    command.password = password
    command.trust = trust
    return command
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
