import Canvas
import Dashboard
import Glibc

/// Files that a person writes from the dashboard, in the folder where it was started.
enum ExportFile {
  /// Files of the same name, that is of the same second, that are looked past.
  private static let namesLimit = 100

  /// Makes a file's content and writes it; what is there already stays.
  ///
  /// - Parameter job: What to write.
  /// - Returns: What to tell the person.
  @concurrent
  static func write(_ job: ExportJob) async -> Outcome {
    let bytes = Array(job.content().utf8)
    var name = ""
    var file: Int32 = -1
    for number in 1...namesLimit {
      name = "./\(job.stem)\(number == 1 ? "" : "-\(number)").\(job.suffix)"
      file = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
      if file >= 0 || errno != EEXIST { break }
    }
    guard file >= 0 else { return problem(name, errno) }
    let code = write(bytes, to: file)
    // What a file system has taken until then can still be refused now.
    let closed = close(file) == 0 ? 0 : errno
    if code != 0 || closed != 0 {
      // Half a report is worse than none; that it may stay changes nothing.
      unlink(name)
      return problem(name, code != 0 ? code : closed)
    }
    return .succeeded("written to \(SafeText.clean(name))")
  }

  private static func write(_ bytes: [UInt8], to file: Int32) -> Int32 {
    var rest = bytes[...]
    while !rest.isEmpty {
      // Safe: the buffer is only read during the call.
      let written = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { return errno }
      rest = rest.dropFirst(written)
    }
    return 0
  }

  private static func problem(_ name: String, _ code: Int32) -> Outcome {
    .refused("cannot write \(SafeText.clean(name)): \(String(cString: strerror(code)))")
  }
}
