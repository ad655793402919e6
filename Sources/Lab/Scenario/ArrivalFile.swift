import Glibc

/// A recording of when customers arrived, to be replayed: a text with one number of seconds since
/// the beginning in each line, ascending.
///
/// A `#` begins a comment; empty lines are skipped.
package enum ArrivalFile {
  /// Reads a file.
  ///
  /// - Parameter path: Of the file.
  /// - Returns: Seconds since the beginning, ascending, at least one.
  /// - Throws: ``LabError`` with the file, the line and the mend.
  package static func read(_ path: String) throws(LabError) -> [Double] {
    // A pipe without a writer must not stop us.
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else {
      throw refusal(path, reason(errno), mend: "give the path of a text file")
    }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw refusal(path, "it is no ordinary file", mend: "give the path of a text file")
    }
    guard status.st_size <= Limits.arrivalFileBytes else {
      throw refusal(
        path,
        "it has \(status.st_size) bytes",
        mend: "cut it to \(Limits.arrivalFileBytes) bytes"
      )
    }
    var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
    var filled = 0
    while filled < bytes.count {
      // Safe: it reads into the rest of the array, whose size it is told.
      let count = bytes.withUnsafeMutableBytes { bytes in
        Glibc.read(file, bytes.baseAddress?.advanced(by: filled), bytes.count - filled)
      }
      guard count >= 0 else { throw refusal(path, reason(errno), mend: "give another file") }
      if count == 0 { break }
      filled += count
    }
    return try arrivals(in: bytes[..<filled], of: path)
  }

  /// Reads what is in a file.
  ///
  /// - Throws: ``LabError`` with the file, the line and the mend.
  static func arrivals(
    in bytes: ArraySlice<UInt8>,
    of path: String
  ) throws(LabError) -> [Double] {
    var arrivals: [Double] = []
    var number = 0
    for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      number += 1
      let text = trimmed(line.prefix { $0 != UInt8(ascii: "#") })
      if text.isEmpty { continue }
      guard let seconds = seconds(text) else {
        throw refusal(
          path,
          "\(shown(text)) is not a number of seconds",
          line: number,
          mend: "write one like 12.5, up to \(Int(Limits.recordedSeconds))"
        )
      }
      if let last = arrivals.last, seconds < last {
        throw refusal(
          path,
          "\(shown(text)) comes after a later time",
          line: number,
          mend: "sort the lines"
        )
      }
      guard arrivals.count < Limits.recordedArrivals else {
        throw refusal(
          path,
          "there are more than \(Limits.recordedArrivals) arrivals",
          line: number,
          mend: "cut it before this line"
        )
      }
      arrivals.append(seconds)
    }
    guard !arrivals.isEmpty else {
      throw refusal(path, "there are no arrivals", mend: "write one number of seconds in each line")
    }
    return arrivals
  }

  private static func trimmed(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }
    var line = line.drop(while: isBlank)
    while let last = line.last, isBlank(last) { line.removeLast() }
    return line
  }

  /// A plain decimal number in the allowed range; nil for anything else.
  private static func seconds(_ text: ArraySlice<UInt8>) -> Double? {
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    guard
      text.allSatisfy({ digits.contains($0) || $0 == UInt8(ascii: ".") }),
      let seconds = Double(String(decoding: text, as: UTF8.self)),
      seconds <= Limits.recordedSeconds
    else { return nil }
    return seconds
  }

  /// What stands in a line, as far as a terminal may see it.
  private static func shown(_ text: ArraySlice<UInt8>) -> String {
    let isPlain = text.count <= 20 && text.allSatisfy { 0x20...0x7E ~= $0 }
    return isPlain ? "'\(String(decoding: text, as: UTF8.self))'" : "this"
  }

  private static func reason(_ code: Int32) -> String {
    String(cString: strerror(code)).lowercased()
  }

  private static func refusal(
    _ path: String,
    _ problem: String,
    line: Int? = nil,
    mend: String
  ) -> LabError {
    let place = line.map { ", line \($0)" } ?? ""
    return LabError(code: .badConfiguration, message: "\(path)\(place): \(problem); \(mend)")
  }
}
