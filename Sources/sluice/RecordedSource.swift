import ArgumentParser
import Canvas
import Curses
import Dashboard
import Glibc
import Recording
import Telemetry

/// The argument that says what is looked at: a recording, later a broker's address too.
struct SourceArgument: ParsableArguments {
  @Argument(help: ArgumentHelp("A recording (.slrec).", valueName: "source"))
  var source: String

  func validate() throws {
    guard source.contains("://") else { return }
    throw ValidationError(
      "looking at another broker comes with attach; for now give a recording (.slrec)"
    )
  }

  /// Opens it.
  ///
  /// - Returns: The recording, which has a snapshot; or how the program ends, which is said then.
  func open() -> Result<RecordingReader<FileBytes>, ExitStatus> {
    do {
      let reader = try RecordingReader(try FileBytes(path: source))
      guard reader.frameCount > 0 else {
        complain(reader.damage?.description ?? "there is no snapshot in this recording")
        return .failure(.configuration)
      }
      return .success(reader)
    } catch {
      complain(error.description)
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

/// A file that is read as it is needed.
///
/// - Isolation: none; reading says where and moves nothing.
final class FileBytes: RecordingBytes {
  let count: Int
  private let file: Int32

  /// - Parameter path: Of a file; a pipe cannot be read again.
  /// - Throws: ``RecordingError/unreadable(_:)``.
  init(path: String) throws(RecordingError) {
    // A pipe that nobody writes to must not hold us up.
    file = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { throw FileBytes.unreadable(errno) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(file)
      throw .unreadable("this is not a file")
    }
    count = Int(status.st_size)
  }

  deinit { close(file) }

  func read(_ range: Range<Int>) throws(RecordingError) -> ArraySlice<UInt8> {
    var bytes = [UInt8](repeating: 0, count: range.count)
    var filled = 0
    while filled < bytes.count {
      // Safe: the buffer is only written during the call, and within its bounds.
      let got = bytes.withUnsafeMutableBytes { buffer in
        pread(
          file,
          buffer.baseAddress?.advanced(by: filled),
          buffer.count - filled,
          off_t(range.lowerBound + filled)
        )
      }
      if got < 0, errno == EINTR { continue }
      guard got >= 0 else { throw FileBytes.unreadable(errno) }
      if got == 0 { break }
      filled += got
    }
    return bytes[..<filled]
  }

  private static func unreadable(_ code: Int32) -> RecordingError {
    .unreadable("cannot be read: \(String(cString: strerror(code)))")
  }
}
