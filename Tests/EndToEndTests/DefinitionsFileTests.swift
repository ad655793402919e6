import Foundation
import Glibc
import TestSupport
import Testing

extension EndToEndTests {
  /// A topology that comes from a file and goes back to one.
  @Suite(.enabled(if: Tool.amqpPublish.isUsable, "amqp-tools are not installed"))
  struct DefinitionsFileTests {
    private static let exported =
      SourceFolder.tests.appending(path: "DefinitionsTests/Samples/rabbitmq-3.10-management.json")

    private func withFolder(_ body: (URL) async throws -> Void) async throws {
      let folder = FileManager.default.temporaryDirectory
        .appending(path: "sluice-definitions-\(UUID().uuidString)")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      do {
        try await body(folder)
      } catch {
        try FileManager.default.removeItem(at: folder)
        throw error
      }
      try FileManager.default.removeItem(at: folder)
    }

    private func serve(_ arguments: [String]) async throws -> (program: Program, port: Int) {
      let port = try FreePort.next()
      let program = try Program(
        try BuiltExecutable.path(),
        ["serve", "--amqp-port", "\(port)"] + arguments
      )
      try await program.waitForOutput("ready ")
      return (program, port)
    }

    @Test func whatRabbitMQExportedStartsHereAndIsExportedAgain() async throws {
      try await withFolder { folder in
        let first = folder.appending(path: "first.json")
        let second = folder.appending(path: "second.json")
        for (source, target) in [(Self.exported, first), (first, second)] {
          let (broker, port) = try await serve([
            "--definitions", source.path, "--export-definitions", target.path,
          ])
          let url = "amqp://guest:guest@127.0.0.1:\(port)/acc"
          // The topic exchange 'tp' of the file leads `q` to the queue 'trans'.
          let published = try await Program.run(
            Tool.amqpPublish.path,
            ["-u", url, "-e", "tp", "-r", "q", "-b", "one"]
          )
          #expect(published.isSuccess, "\(published)")
          let fetched = try await Program.run(Tool.amqpGet.path, ["-u", url, "-q", "trans"])
          #expect(fetched.output == "one", "\(fetched)")
          broker.child.signal(SIGTERM)
          let result = try await broker.finish()
          #expect(result.termination == .exited(0), "\(result)")
        }
        let text = try String(contentsOf: first, encoding: .utf8)
        #expect(text == (try String(contentsOf: second, encoding: .utf8)))
        for name in ["tie3", "transx", "acc", "lim", "bench"] {
          #expect(text.contains("\"\(name)\"") == (name != "bench"), "\(name)")
        }
        let mode = try FileManager.default.attributesOfItem(atPath: first.path)[.posixPermissions]
        #expect(mode as? Int == 0o600, "password hashes are nobody else's business")
      }
    }

    @Test func aMistakeInTheFileCostsOneLineThatNamesIt() async throws {
      try await withFolder { folder in
        let file = folder.appending(path: "bad.json")
        try "{\n \"queues\": [{\"name\": 7}]\n}\n".write(
          to: file,
          atomically: true,
          encoding: .utf8
        )
        for path in [file.path, folder.appending(path: "missing.json").path] {
          let result = try await Program.run(
            try BuiltExecutable.path(),
            ["serve", "--definitions", path]
          )
          #expect(result.termination == .exited(78), "\(result)")
          #expect(result.error.split(separator: "\n").count == 1, "\(result)")
          #expect(result.error.contains(path), "\(result)")
        }
      }
    }

    @Test func aFileThatCannotBeWrittenIsSaidAtTheEnd() async throws {
      let (broker, _) = try await serve(["--export-definitions", "/nowhere/at-all.json"])
      broker.child.signal(SIGTERM)
      let result = try await broker.finish()
      #expect(result.termination == .exited(1), "\(result)")
      #expect(result.error.contains("/nowhere/at-all.json"), "\(result)")
    }
  }
}
