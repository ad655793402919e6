import Canvas
import Dashboard
import Glibc
import Host

/// The file that a person wants to publish as a message's body.
enum BodyFile {
  /// Reads it, away from the main actor.
  ///
  /// - Returns: What the dashboard is told: the body, or in one line why there is none.
  @concurrent
  static func read(_ path: String) async -> Message {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { return refused(path, String(cString: strerror(errno))) }
    defer { close(file) }
    guard let facts = FileFacts(of: file), facts.isOrdinary else {
      return refused(path, "it is no ordinary file")
    }
    let limit = Dashboard.Limits.bodyBytes
    guard facts.bytes <= limit else {
      return refused(path, "it has \(facts.bytes) bytes, and at most \(limit) are published")
    }
    var body = [UInt8](repeating: 0, count: facts.bytes)
    var filled = 0
    while filled < body.count {
      // Safe: it reads into the rest of the array, whose size it is told.
      let count = body.withUnsafeMutableBytes { bytes in
        Glibc.read(file, bytes.baseAddress?.advanced(by: filled), bytes.count - filled)
      }
      if count < 0 { return refused(path, String(cString: strerror(errno))) }
      if count == 0 { break }
      filled += count
    }
    return .bodyRead(path: path, Array(body[..<filled]))
  }

  private static func refused(_ path: String, _ reason: String) -> Message {
    .outcome(.refused("cannot read \(SafeText.clean(path)): \(reason)"))
  }
}
