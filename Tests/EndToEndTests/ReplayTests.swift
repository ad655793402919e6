import Foundation
import Recording
import Telemetry
import TestSupport
import Testing

extension EndToEndTests {
  /// Recordings that the real program makes, and shows again.
  @Suite struct ReplayTests {
    /// Lends a folder of the test's own.
    private func withFolder(_ body: (URL) async throws -> Void) async throws {
      let folder = URL(filePath: "/tmp/sluice-\(UUID().uuidString)")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      // The folder may be gone already, which is all that is wanted.
      // What is gone already need not be removed.
      defer { try? FileManager.default.removeItem(at: folder) }
      try await body(folder)
    }

    /// How many seconds are in a recording; it may still be made.
    private func seconds(in file: URL) -> Double {
      guard let bytes = FileManager.default.contents(atPath: file.path) else { return 0 }
      // Before the first bytes are there it is no recording yet.
      let reader = try? RecordingReader(Array(bytes))
      guard let first = reader?.oldest, let last = reader?.newest else { return 0 }
      return last.seconds(since: first)
    }

    private func replay(_ file: URL, _ more: [String] = []) async throws -> Program.Result {
      try await Program.run(
        try BuiltExecutable.path(),
        ["replay", file.path, "--config", "/dev/null"] + more,
        deadline: .seconds(40)
      )
    }

    @Test(.enabled(if: Tool.tmux.isUsable, "tmux is not installed"))
    func whatWasRecordedIsSeenAgain() async throws {
      try await withFolder { folder in
        let file = folder.appending(path: "some.slrec")
        let live = try await Tmux.sluice(
          port: try FreePort.next(),
          ["--load", "0", "--record", file.path]
        )
        try await live.waitForScreen("recording scenario") {
          $0.contains("● running") && $0.contains("rec ●")
        }
        try await live.press("2", "c")
        try await live.waitForScreen("form") { $0.contains("┤create a queue├") }
        try await live.type("by-hand")
        try await live.press("Enter")
        try await live.waitForScreen("new queue") { $0.contains(" by-hand ") }
        try await live.type("/by-hand")
        try await live.press("Enter", "i")
        let table = try await live.waitForScreen("message") { screen in
          Self.figures(of: "by-hand", in: screen) == ["by-hand", "1", "0"]
        }
        let before = seconds(in: file)
        try await wait(for: "five more seconds") { seconds(in: file) >= before + 5 }
        try await live.press("1", "q")
        try await live.waitForScreen("question") { $0.contains("All this is being recorded") }
        try await live.press("y")
        #expect(try await live.waitForExit(deadline: .seconds(30)) == 0)

        let again = try await Tmux(
          [try BuiltExecutable.path(), "replay", file.path, "--speed", "5"],
          environment: ["LANG": "C.UTF-8", "SLUICE_CONFIG": "/dev/null"]
        )
        try await again.waitForScreen("replay") { $0.contains("replay some.slrec") }
        try await again.press("2", "z")
        try await again.waitForScreen("frozen") { $0.contains("FROZEN") }
        // Beyond what was played, and to the end of it.
        for _ in 1...20 { try await again.press("}") }
        let seen = try await again.waitForScreen("the end") { $0.contains("that is the end") }
        #expect(Self.figures(of: "by-hand", in: seen) == Self.figures(of: "by-hand", in: table))
        try await again.press("P")
        try await again.waitForScreen("refusal") { $0.contains("a recording cannot be changed") }
        try await again.press("0")
        try await again.waitForScreen("end", deadline: .seconds(40)) {
          $0.contains("the recording is over") && !$0.contains("no data")
        }
        try await again.press("1", "q")
        #expect(try await again.waitForExit() == 0)
      }
    }

    /// The name of a queue in its table, and how many messages are ready and unacknowledged.
    private static func figures(of queue: String, in screen: String) -> [String] {
      for line in screen.split(separator: "\n") where line.hasPrefix("│") {
        let words = line.dropFirst().split { $0 == " " || $0 == "›" }.map(String.init)
        if words.first == queue { return Array(words.prefix(3)) }
      }
      return []
    }

    @Test func aDamagedRecordingIsShownUpToTheDamage() async throws {
      try await withFolder { folder in
        let file = folder.appending(path: "some.slrec")
        let made = try await Program.run(
          try BuiltExecutable.path(),
          ["--amqp-port", "\(try FreePort.next())", "--record", file.path],
          deadline: .seconds(40)
        )
        #expect(made.isSuccess, "\(made)")
        let bytes = try Data(contentsOf: file)
        let whole = try await replay(file)
        #expect(whole.isSuccess && whole.error.isEmpty, "\(whole)")
        #expect(whole.output.contains("replay some.slrec"))
        #expect(whole.output.contains("│ notification "))

        let cut = folder.appending(path: "cut.slrec")
        try bytes.dropLast(10).write(to: cut)
        let shortened = try await replay(cut)
        #expect(shortened.isSuccess)
        #expect(shortened.output.contains("│ notification "))
        #expect(shortened.error.contains("ends in the middle of a snapshot at byte"))

        let turned = folder.appending(path: "turned.slrec")
        var other = bytes
        other[bytes.count - 10] ^= 1
        try other.write(to: turned)
        let damaged = try await replay(turned, ["--plain", "--speed", "100"])
        #expect(damaged.isSuccess)
        #expect(damaged.error.contains("the recording is damaged at byte"), "\(damaged)")
        #expect(damaged.output.contains("the recording is over: the recording is damaged at byte"))

        let newer = folder.appending(path: "newer.slrec")
        other = bytes
        other.replaceSubrange(8..<12, with: [9, 0, 0xF6, 0xFF])
        try other.write(to: newer)
        try await expectRefusal(of: newer, saying: "this recording has format 9")
      }
    }

    @Test func whatIsNoRecordingCostsOneLine() async throws {
      try await withFolder { folder in
        let file = folder.appending(path: "some.slrec")
        try await expectRefusal(of: file, saying: "no such file or directory")
        try await expectRefusal(of: folder, saying: "it is no ordinary file")
        try Data().write(to: file)
        try await expectRefusal(of: file, saying: "this is not a recording of Sluice")
        try Data((0..<5_000).map { UInt8(truncatingIfNeeded: $0 &* 197) }).write(to: file)
        try await expectRefusal(of: file, saying: "this is not a recording of Sluice")
        try Data("SLUICE\r\n".utf8).write(to: file)
        try await expectRefusal(of: file, saying: "nothing in it can be read")
      }
    }

    private func expectRefusal(of file: URL, saying text: String) async throws {
      let result = try await replay(file)
      #expect(result.termination == .exited(78))
      #expect(result.output.isEmpty)
      #expect(result.error.split(separator: "\n").count == 1, "\(result)")
      #expect(result.error.contains(text), "\(result)")
    }

    @Test func aSpeedOutOfRangeIsRefused() async throws {
      for speed in ["0", "0.5", "101", "-1", "fast"] {
        let result = try await Program.run(
          try BuiltExecutable.path(),
          ["replay", "/dev/null", "--speed=\(speed)"]
        )
        #expect(result.termination == .exited(64), "\(result)")
      }
    }

    @Test func whatWasRecordedBeforeAKillIsReplayed() async throws {
      try await withFolder { folder in
        let file = folder.appending(path: "some.slrec")
        let processes = MarkedProcesses()
        let program = try Program(
          try BuiltExecutable.path(),
          ["--plain", "--amqp-port", "\(try FreePort.next())", "--record", file.path],
          environment: processes.environment
        )
        try await wait(for: "three seconds", deadline: .seconds(30)) { seconds(in: file) >= 3 }
        program.child.signal(SIGKILL)
        _ = try await program.finish()
        let result = try await replay(file)
        #expect(result.isSuccess, "\(result)")
        #expect(result.output.contains("│ notification "), "\(result)")
        try await wait(for: "last process to go", deadline: .seconds(30)) {
          processes.alive.isEmpty
        }
      }
    }

    @Test func aFullDiskStopsTheRecordingAndNothingElse() async throws {
      let program = try Program(
        try BuiltExecutable.path(),
        ["--plain", "--amqp-port", "\(try FreePort.next())", "--record", "/dev/full"]
      )
      let message = "the recording stopped: cannot write /dev/full: no space left on device"
      try await program.waitForOutput("lab payment: running", deadline: .seconds(20))
      program.child.signal(SIGINT)
      let result = try await program.finish(deadline: .seconds(30))
      #expect(result.termination == .exited(0), "\(result)")
      #expect(result.output.contains("lost = 0"), "\(result)")
      #expect(result.error.contains(message), "\(result)")
    }

    @Test func aFileThatCannotBeMadeEndsTheProgramBeforeItBegins() async throws {
      let result = try await Program.run(
        try BuiltExecutable.path(),
        ["--record", "/nowhere/some.slrec", "--amqp-port", "0"]
      )
      #expect(result.termination == .exited(78), "\(result)")
      #expect(result.error.contains("cannot record to /nowhere/some.slrec"), "\(result)")
      #expect(result.error.split(separator: "\n").count == 1, "\(result)")
    }
  }
}
