import CPseudoTerminal
import Foundation
import Glibc

/// A program on a terminal of its own, as a terminal emulator sees it.
package final class PseudoTerminal: Sendable {
  /// The process; it leads its session.
  package let child: Child
  /// Every byte that the program sent to the terminal.
  package let output: CollectedOutput
  /// The terminal's settings before the program ran.
  package let settingsBefore: TerminalSettings
  private let controller: Int32
  // Kept open: it is asked for the settings after the program has ended.
  private let terminal: Int32

  /// Starts a program on a new terminal.
  ///
  /// - Parameters:
  ///   - path: Its file.
  ///   - arguments: Without the program's name.
  ///   - environment: Added to, or replacing in, ``Environment/plain``.
  ///   - columns: The width.
  ///   - rows: The height.
  /// - Throws: ``SpawnError``.
  package init(
    _ path: String,
    _ arguments: [String] = [],
    environment: [String: String] = [:],
    columns: Int = 120,
    rows: Int = 36
  ) throws {
    var controller: Int32 = -1
    var terminal: Int32 = -1
    let problem = cpt_open(&controller, &terminal, Int32(columns), Int32(rows))
    guard problem == 0 else {
      throw SpawnError(description: "openpty: \(String(cString: strerror(problem)))")
    }
    self.controller = controller
    self.terminal = terminal
    settingsBefore = TerminalSettings(of: terminal)
    output = CollectedOutput(reading: dup(controller))
    child = try Child(
      path: path,
      arguments: arguments,
      environment: Environment.plain.merging(environment) { $1 },
      descriptors: [terminal, terminal, terminal],
      hasControllingTerminal: true
    )
  }

  deinit {
    close(controller)
    close(terminal)
  }

  /// The terminal's settings now.
  package var settings: TerminalSettings { TerminalSettings(of: terminal) }

  /// Types text, control characters included.
  package func type(_ text: String) {
    let bytes = Array(text.utf8)
    // A terminal takes a few bytes at once, always; a test that types a novel would see a short
    // count here and fail on its next condition.
    _ = write(controller, bytes, bytes.count)
  }

  /// Gives the terminal another size.
  package func resize(columns: Int, rows: Int) {
    _ = cpt_resize(controller, Int32(columns), Int32(rows))
  }

  /// Waits until the program has sent a text, escape sequences included.
  ///
  /// - Parameters:
  ///   - text: Looked for byte by byte.
  ///   - offset: Bytes before it do not count.
  ///   - deadline: How long to wait at most.
  /// - Throws: ``DeadlineMissed`` with the end of the output.
  package func waitForOutput(
    _ text: String,
    from offset: Int = 0,
    deadline: Duration = .seconds(10)
  ) async throws {
    try await wait(for: "output `\(text)`", deadline: deadline, seen: { tail }) {
      String(decoding: output.bytes.dropFirst(offset), as: UTF8.self).contains(text)
    }
  }

  /// Waits for the program's end and until all it wrote has been read.
  package func waitForEnd(deadline: Duration = .seconds(20)) async throws -> Termination {
    let end = try await child.waitForEnd(deadline: deadline)
    // A terminal has no end of file while we hold it open. What we write behind the program comes
    // out behind it.
    let mark = Array("\0end\0".utf8)
    _ = write(terminal, mark, mark.count)
    try await wait(for: "reader to catch up") { output.bytes.suffix(mark.count) == mark[...] }
    output.removeLast(mark.count)
    return end
  }

  /// The end of the output for a failed expectation, escapes made visible.
  package var tail: String {
    String(decoding: output.bytes.suffix(2_000), as: UTF8.self)
      .replacingOccurrences(of: "\u{1B}", with: "␛")
  }
}
