import Foundation
import TestSupport
import Testing

/// The real program as a person meets it.
///
/// Serialized: each test starts a broker, a scenario of several processes and a terminal, and the
/// machines have two cores.
@Suite(.serialized) struct EndToEndTests {}

/// Where the sources are.
enum SourceFolder {
  static let tests = URL(filePath: #filePath).resolvingSymlinksInPath()
    .deletingLastPathComponent().deletingLastPathComponent()
  static let package = tests.deletingLastPathComponent()
}

/// The program on a pseudo-terminal, with everything that it has started.
struct Session {
  let terminal: PseudoTerminal
  let processes: MarkedProcesses
  let port: Int

  /// Starts the dashboard on a free port and waits until it has drawn its screen.
  static func start(
    _ arguments: [String] = [],
    environment: [String: String] = [:],
    columns: Int = 120,
    rows: Int = 36
  ) async throws -> Session {
    let processes = MarkedProcesses()
    let port = try FreePort.next()
    let terminal = try PseudoTerminal(
      try BuiltExecutable.path(),
      ["--amqp-port", "\(port)"] + arguments,
      environment: environment.merging(processes.environment) { $1 },
      columns: columns,
      rows: rows
    )
    let session = Session(terminal: terminal, processes: processes, port: port)
    try await session.waitForFullScreen()
    return session
  }

  /// Waits until the program owns the terminal and has drawn on it.
  ///
  /// - Parameter offset: Bytes that were sent before; they do not count.
  /// - Throws: ``DeadlineMissed``.
  func waitForFullScreen(from offset: Int = 0) async throws {
    try await wait(for: "full screen", seen: { terminal.tail }) {
      terminal.settings.isRaw && terminal.output.count > offset + 100
    }
  }

  /// Waits until so many of the scenario's processes run, by default all.
  func waitForServices(_ count: Int = Scenario.processCount) async throws {
    try await wait(for: "services", seen: { "\(processes.alive)" }) {
      // A process that has not yet become another program still bears its parent's arguments.
      processes.alive.count { $0.commandLine.contains("lab-service") } >= count
    }
  }

  /// Waits until a text is on the screen.
  ///
  /// The program draws only what changed, so words come in pieces; asked to repaint, it sends all.
  func waitForText(_ text: String) async throws {
    let offset = terminal.output.count
    try await wait(
      for: "text `\(text)`",
      interval: .milliseconds(100),
      seen: { terminal.tail },
      until: {
        terminal.type("\u{C}")
        return String(decoding: terminal.output.bytes.dropFirst(offset), as: UTF8.self)
          .contains(text)
      }
    )
  }

  /// Waits until nothing that the program has started is left.
  func waitForNoProcesses(deadline: Duration = .seconds(10)) async throws {
    try await wait(for: "last process to go", deadline: deadline, seen: { "\(processes.alive)" }) {
      processes.alive.isEmpty
    }
  }

  /// What the terminal made of all that was sent.
  var stream: TerminalStream { TerminalStream(terminal.output.bytes) }

  /// Checks that a person could go on working in the terminal.
  func expectRestoredTerminal(_ location: SourceLocation = #_sourceLocation) {
    let stream = stream
    #expect(
      stream.modesSeen.contains(TerminalStream.Mode.alternateScreen),
      "the program never drew",
      sourceLocation: location
    )
    #expect(stream.leftovers == [], sourceLocation: location)
    #expect(terminal.settings == terminal.settingsBefore, sourceLocation: location)
  }
}
