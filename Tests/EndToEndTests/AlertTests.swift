import Foundation
import JSONText
import TestSupport
import Testing

extension EndToEndTests {
  /// A command on a new critical finding, with the broker alone.
  @Suite(.enabled(if: Tool.amqpPublish.isUsable, "amqp-tools are not installed"))
  struct AlertTests {
    /// Starts a broker and lets messages wait in a queue that nobody consumes.
    private func serve(onAlert command: String) async throws -> Program {
      let port = try FreePort.next()
      let program = try Program(
        try BuiltExecutable.path(),
        ["serve", "--amqp-port", "\(port)", "--on-alert", command]
      )
      try await program.waitForOutput("\n")
      let url = "amqp://127.0.0.1:\(port)"
      _ = try await Program.run(Tool.amqpDeclareQueue.path, ["-u", url, "-q", "orphans"])
      let published = try await Program.run(
        Tool.amqpPublish.path,
        ["-u", url, "-r", "orphans", "-b", "one"]
      )
      #expect(published.isSuccess, "\(published)")
      return program
    }

    private func withFolder(_ body: (URL) async throws -> Void) async throws {
      let folder = URL(filePath: "/tmp/sluice-\(UUID().uuidString)")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      // The folder may be gone already, which is all that is wanted.
      defer { try? FileManager.default.removeItem(at: folder) }
      try await body(folder)
    }

    @Test func theCommandGetsTheFindingOnItsStandardInput() async throws {
      try await withFolder { folder in
        let file = folder.appending(path: "alerts").path
        let program = try await serve(
          onAlert: "cat >> \(file); echo heard >> \(file)"
        )
        try await wait(for: "the command", deadline: .seconds(20)) {
          // Before the command ran there is no file.
          (try? String(contentsOfFile: file, encoding: .utf8))?.hasSuffix("heard\n") == true
        }
        program.child.signal(SIGTERM)
        let result = try await program.finish(deadline: .seconds(20))
        #expect(result.termination == .exited(0), "\(result)")
        let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 2, "\(lines)")
        let finding = try JSON(parsing: Array(try #require(lines.first).utf8))
        #expect(finding["rule"]?.text == "no-consumer")
        #expect(finding["subject"]?["queue"]?.text == "orphans")
      }
    }

    @Test(arguments: [("exit 3", "ended with 3"), ("kill -9 $$", "was ended by signal 9")])
    func aCommandThatFailsCostsOneLine(command: String, words: String) async throws {
      let program = try await serve(onAlert: command)
      try await wait(for: "the line", deadline: .seconds(20)) {
        program.error.text.contains("--on-alert: the command \(words)")
      }
      program.child.signal(SIGTERM)
      let result = try await program.finish(deadline: .seconds(20))
      #expect(result.termination == .exited(0), "\(result)")
      #expect(result.error.components(separatedBy: "--on-alert:").count == 2, "\(result)")
    }

    @Test func aCommandThatDoesNotEndGoesWithTheBroker() async throws {
      try await withFolder { folder in
        let file = folder.appending(path: "started").path
        let program = try await serve(
          onAlert: "echo $$ > \(file); sleep 1000"
        )
        var process: pid_t?
        try await wait(for: "the command", deadline: .seconds(20)) {
          // Before the command ran there is no file.
          let text = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
          process = text.hasSuffix("\n") ? pid_t(text.dropLast()) : nil
          return process != nil
        }
        program.child.signal(SIGTERM)
        let result = try await program.finish(deadline: .seconds(20))
        #expect(result.termination == .exited(0), "\(result)")
        let group = try #require(process)
        try await wait(for: "the command's end") { kill(-group, 0) != 0 }
      }
    }
  }
}
