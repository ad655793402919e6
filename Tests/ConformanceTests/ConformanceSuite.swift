import Foundation
import TestSupport
import Testing

/// One client's own tests, or a scenario of ours with a real client.
struct ConformanceSuite: Sendable, CustomTestStringConvertible {
  /// As `Scripts/run.sh` knows it; `Expected` has a file of this name.
  let name: String
  /// Far more than it takes on a busy machine, its packages from PyPI included.
  let deadline: Duration

  var testDescription: String { name }

  static let all = [
    ConformanceSuite(name: "aiormq", deadline: .seconds(600)),
    ConformanceSuite(name: "py-amqp", deadline: .seconds(300)),
    ConformanceSuite(name: "amqp-tools", deadline: .seconds(120)),
    ConformanceSuite(name: "celery", deadline: .seconds(420)),
    ConformanceSuite(name: "badinput", deadline: .seconds(400)),
  ]

  /// Minutes and downloads: outside of CI only for those who ask.
  static var isWanted: Bool {
    let environment = ProcessInfo.processInfo.environment
    return environment["CI"] == "true" || environment["SLUICE_CONFORMANCE"] == "1"
  }

  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()

  /// The ids that pass on RabbitMQ 3.10.8.
  func expectedIdentifiers() throws -> Set<String> {
    let file = Self.folder.appending(path: "Expected/\(name).txt")
    return Self.lines(try String(contentsOf: file, encoding: .utf8))
  }

  private static func lines(_ text: String) -> Set<String> {
    Set(text.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("#") })
  }

  struct Outcome {
    var passed: Set<String>
    /// What the scripts printed, for a person.
    var log: String
  }

  /// Runs it against a broker on a port of 127.0.0.1.
  func run(port: Int) async throws -> Outcome {
    let results = FileManager.default.temporaryDirectory
      .appending(path: "sluice-conformance-\(name)-\(port)")
    defer {
      // The file may never have been written.
      try? FileManager.default.removeItem(at: results)
    }
    let script = Self.folder.appending(path: "Scripts/run.sh").path
    let program = try Program(
      Tool.bash.path,
      [script, name, "127.0.0.1", "\(port)", results.path]
    )
    var log: String
    do {
      let end = try await program.finish(deadline: deadline)
      log = "\(end.termination)\n\(end.output.suffix(20_000))\n\(end.error.suffix(4_000))"
    } catch let missed as DeadlineMissed {
      log = String(missed.description.suffix(20_000))
    }
    // A script that could not even start its client wrote nothing.
    let text = (try? String(contentsOf: results, encoding: .utf8)) ?? ""
    let rows = text.split(separator: "\n").map { $0.split(separator: "\t", maxSplits: 1) }
    let failed = rows.filter { $0[0] != "PASS" }.map { String($0[1]) }
    let passed = rows.filter { $0[0] == "PASS" }.map { String($0[1]) }
    return Outcome(passed: Set(passed).subtracting(failed), log: log)
  }
}
