import Foundation
import Synchronization

/// A program in a tmux session of its own: a whole terminal whose screen can be read.
///
/// The session lives on a socket of its own and ends with the value, the program with it. A shell
/// starts the program, keeps its exit code in a file and waits, so that the screen stays readable:
/// tmux itself (3.3a) sometimes never notices that its program has ended.
package final class Tmux: Sendable {
  private let socket: String
  private let exitCodeFile: URL
  private static let counter = Atomic(0)

  /// Starts a program in a new session.
  ///
  /// - Parameters:
  ///   - command: The program and its arguments.
  ///   - environment: Added to what tmux sets itself (`TERM`, `TMUX`).
  ///   - columns: The width.
  ///   - rows: The height.
  /// - Throws: ``SpawnError`` with tmux's own words.
  package init(
    _ command: [String],
    environment: [String: String] = [:],
    columns: Int = 120,
    rows: Int = 36
  ) async throws {
    let number = Self.counter.add(1, ordering: .relaxed).newValue
    socket = "sluice-test-\(ProcessInfo.processInfo.processIdentifier)-\(number)"
    exitCodeFile = FileManager.default.temporaryDirectory.appending(path: "\(socket).exit")
    let script = "\"$@\"; echo $? >$0.new; mv $0.new $0; read -r line"
    try await tmux(
      ["-f", "/dev/null", "start-server", ";", "set", "-g", "status", "off"]
        + [";", "set", "-g", "default-terminal", "tmux-256color"]
        + [";", "new-session", "-d", "-x", "\(columns)", "-y", "\(rows)", "env"]
        + environment.map { "\($0.key)=\($0.value)" }
        + ["/bin/sh", "-c", script, exitCodeFile.path] + command
    )
  }

  deinit {
    // The session must go even when the test has failed, and a deinit cannot wait for a task. A
    // session that is gone already needs no killing, and the file may never have been written.
    _ = try? Process.run(
      URL(filePath: Tool.tmux.path),
      arguments: ["-L", socket, "kill-server"]
    )
    // See above.
    try? FileManager.default.removeItem(at: exitCodeFile)
  }

  /// The screen as text, one line a row, trailing spaces cut.
  package func screen() async throws -> String {
    try await tmux(["capture-pane", "-p"])
  }

  /// Types keys by tmux's names: `K`, `Down`, `Enter`, `C-c`.
  package func press(_ keys: String...) async throws {
    try await tmux(["send-keys"] + keys)
  }

  /// Types text as it is.
  package func type(_ text: String) async throws {
    try await tmux(["send-keys", "-l", text])
  }

  /// Gives the terminal another size.
  package func resize(columns: Int, rows: Int) async throws {
    try await tmux(["resize-window", "-x", "\(columns)", "-y", "\(rows)"])
  }

  /// The exit code, 128 plus the number of the signal that ended it; nil while the program runs.
  package var exitCode: Int? {
    FileManager.default.contents(atPath: exitCodeFile.path).flatMap { bytes in
      Int(String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines))
    }
  }

  /// Waits until the screen satisfies a condition and returns it.
  ///
  /// Looks once more then: the first look may have been in the middle of a frame.
  ///
  /// - Throws: ``DeadlineMissed`` with the last screen.
  @discardableResult
  package func waitForScreen(
    _ what: String,
    deadline: Duration = .seconds(15),
    until condition: (String) -> Bool
  ) async throws -> String {
    var last = ""
    var wasSeen = false
    try await wait(
      for: what,
      deadline: deadline,
      interval: .milliseconds(20),
      seen: { last },
      until: {
        last = try await screen()
        let isSeen = condition(last)
        defer { wasSeen = isSeen }
        return isSeen && wasSeen
      }
    )
    return last
  }

  /// Waits until the program has ended and returns its exit code.
  package func waitForExit(deadline: Duration = .seconds(20)) async throws -> Int {
    try await wait(for: "exit", deadline: deadline) { exitCode != nil }
    return exitCode ?? -1
  }

  @discardableResult
  private func tmux(_ arguments: [String]) async throws -> String {
    let result = try await Program.run(Tool.tmux.path, ["-u", "-L", socket] + arguments)
    guard result.isSuccess else {
      throw SpawnError(description: "tmux \(arguments.joined(separator: " ")): \(result.error)")
    }
    return result.output
  }
}
