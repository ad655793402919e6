import CPseudoTerminal
import Foundation

/// A program without a terminal, its input empty and its output collected.
package final class Program: Sendable {
  /// The process.
  package let child: Child
  /// What it wrote to its standard output.
  package let output: CollectedOutput
  /// What it wrote to its standard error.
  package let error: CollectedOutput
  private let home: URL

  /// Starts a program.
  ///
  /// - Parameters:
  ///   - path: Its file.
  ///   - arguments: Without the program's name.
  ///   - environment: Added to, or replacing in, ``Environment/plain``.
  /// - Throws: ``SpawnError``.
  package init(
    _ path: String,
    _ arguments: [String] = [],
    environment: [String: String] = [:]
  ) throws {
    // Each has its own place for data: two brokers cannot share one.
    home = FileManager.default.temporaryDirectory.appending(path: "sluice-test-\(UUID())")
    let plain = Environment.plain.merging(["XDG_DATA_HOME": home.path]) { $1 }
    let input = open("/dev/null", O_RDONLY | O_CLOEXEC)
    let (outputRead, outputWrite) = try Self.pipe()
    let (errorRead, errorWrite) = try Self.pipe()
    defer { [input, outputWrite, errorWrite].forEach { close($0) } }
    child = try Child(
      path: path,
      arguments: arguments,
      environment: plain.merging(environment) { $1 },
      descriptors: [input, outputWrite, errorWrite]
    )
    output = CollectedOutput(reading: outputRead)
    error = CollectedOutput(reading: errorRead)
  }

  deinit {
    // Most programs have made none.
    try? FileManager.default.removeItem(at: home)
  }

  /// What a program that has ended left behind.
  package struct Result: Sendable {
    package var termination: Termination
    package var output: String
    package var error: String

    /// Whether it exited with 0.
    package var isSuccess: Bool { termination == .exited(0) }
  }

  /// Waits until it has ended and all its output is there.
  package func finish(deadline: Duration = .seconds(20)) async throws -> Result {
    try await wait(for: "end of the program", deadline: deadline, seen: { transcript }) {
      child.end != nil && output.hasEnded && error.hasEnded
    }
    return Result(
      termination: try await child.waitForEnd(),
      output: output.text,
      error: error.text
    )
  }

  /// Waits until its standard output contains a text.
  package func waitForOutput(_ text: String, deadline: Duration = .seconds(10)) async throws {
    try await wait(for: "output `\(text)`", deadline: deadline, seen: { transcript }) {
      output.text.contains(text)
    }
  }

  /// Starts a program and waits for its end.
  package static func run(
    _ path: String,
    _ arguments: [String] = [],
    environment: [String: String] = [:],
    deadline: Duration = .seconds(20)
  ) async throws -> Result {
    try await Program(path, arguments, environment: environment).finish(deadline: deadline)
  }

  private var transcript: String {
    "end: \(String(describing: child.end))\noutput:\n\(output.text)\nerror:\n\(error.text)"
  }

  private static func pipe() throws -> (read: Int32, write: Int32) {
    var ends: [Int32] = [0, 0]
    let problem = cpt_pipe(&ends)
    guard problem == 0 else {
      throw SpawnError(description: "pipe: \(String(cString: strerror(problem)))")
    }
    return (ends[0], ends[1])
  }
}
