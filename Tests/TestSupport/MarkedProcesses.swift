import Foundation
import Glibc

/// Finds a program under test and everything that it has started, however deep and whoever adopted
/// it, by a variable that all of them inherit.
///
/// What is left when the value goes away is killed: a failed test leaves nothing behind.
package final class MarkedProcesses: Sendable {
  /// One process of the system.
  package struct Found: Sendable, Hashable {
    package var processIdentifier: Int32
    package var parentIdentifier: Int32
    package var commandLine: String
  }

  private static let variable = "SLUICE_TEST_MARK"
  private let mark = UUID().uuidString

  /// Makes a mark that nobody has.
  package init() {}

  deinit {
    for process in alive { kill(process.processIdentifier, SIGKILL) }
  }

  /// What to add to the environment of the program.
  package var environment: [String: String] { [Self.variable: mark] }

  /// The processes that carry the mark and have not ended, in the order of their identifiers.
  package var alive: [Found] {
    // A process may go while it is looked at; then it is not alive.
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return entries.compactMap(Int32.init).sorted().compactMap(found)
  }

  private func found(_ process: Int32) -> Found? {
    guard
      text("/proc/\(process)/environ")?.contains("\(Self.variable)=\(mark)") == true,
      let status = text("/proc/\(process)/stat"),
      let commandLine = text("/proc/\(process)/cmdline")
    else { return nil }
    // pid (name) state parent …; the name may contain anything.
    let fields = status[(status.lastIndex(of: ")") ?? status.startIndex)...].split(separator: " ")
    guard fields.count > 2, fields[1] != "Z", let parent = Int32(fields[2]) else { return nil }
    return Found(
      processIdentifier: process,
      parentIdentifier: parent,
      commandLine: commandLine.replacingOccurrences(of: "\0", with: " ")
    )
  }

  private func text(_ path: String) -> String? {
    FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
  }
}
