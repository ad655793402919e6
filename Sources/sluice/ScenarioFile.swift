import ArgumentParser
import Canvas
import Glibc
import Lab

/// A scenario as the command line names it: a shipped one, or a file.
enum ScenarioFile {
  /// Why there is no scenario, in one line, with how the program ends.
  struct Problem: Error, CustomStringConvertible {
    var description: String
    var status: ExitStatus
  }

  /// The longest file, in bytes.
  static let limit = 65_536

  /// Finds a scenario by its name, or reads its file; a name never has a slash or a dot.
  ///
  /// - Throws: ``Problem``.
  static func read(_ wanted: String) throws(Problem) -> LabConfiguration.Source {
    if ScenarioCatalog.names.contains(wanted) { return .shipped(wanted) }
    guard wanted.contains("/") || wanted.contains(".") else {
      let names = ScenarioCatalog.names.joined(separator: ", ")
      throw Problem(
        description:
          "unknown scenario '\(SafeText.clean(wanted))'; choose one of: \(names), or give a file",
        status: .usage
      )
    }
    let content = try text(of: wanted)
    do {
      // Here, and not when the screen is drawn already.
      _ = try ScenarioReport.check(text: content, file: wanted)
    } catch {
      throw unreadable(SafeText.clean(error.description))
    }
    return .text(content, file: wanted)
  }

  /// Reads a file's text.
  ///
  /// - Throws: ``Problem``.
  static func text(of path: String) throws(Problem) -> String {
    let name = SafeText.clean(path)
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else {
      throw unreadable("cannot read scenario \(name): \(String(cString: strerror(errno)))")
    }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: limit + 1)
    var filled = 0
    while filled < bytes.count {
      // Safe: it reads into the rest of the array, whose size it is told.
      let count = bytes.withUnsafeMutableBytes { buffer in
        Glibc.read(file, buffer.baseAddress?.advanced(by: filled), buffer.count - filled)
      }
      if count < 0 {
        throw unreadable("cannot read scenario \(name): \(String(cString: strerror(errno)))")
      }
      if count == 0 { break }
      filled += count
    }
    guard filled <= limit else {
      throw unreadable("scenario \(name) has more than \(limit) bytes; make it shorter")
    }
    guard let text = String(validating: bytes[..<filled], as: UTF8.self) else {
      throw unreadable("scenario \(name) is not UTF-8 text; save it as UTF-8")
    }
    return text
  }

  private static func unreadable(_ description: String) -> Problem {
    Problem(description: description, status: .configuration)
  }
}

extension LabError {
  /// How the program ends when the lab cannot be started.
  var status: ExitStatus {
    switch code {
    case .badScenario: .configuration
    case .unknownScenario, .badConfiguration: .usage
    }
  }
}
