import Foundation
import Glibc
import JSONText
import Recording
import Telemetry
import TestSupport
import Testing

extension EndToEndTests {
  /// What a recording tells programs.
  @Suite struct ExportCommandTests {
    /// A minute of a queue that nobody consumes, in a file of the test's own.
    private func withRecording(
      cutOff: Int = 0,
      _ body: (String) async throws -> Void
    ) async throws {
      let path = "/tmp/sluice-\(UUID().uuidString).slrec"
      let start = WallTime(milliseconds: 1_795_500_000_000)
      var writer = RecordingWriter(label: "a broker", createdAt: start)
      var bytes = writer.opening
      for step in 0...120 {
        bytes += try writer.append(Self.broker(step: step, start: start))
      }
      try Data(bytes.dropLast(cutOff)).write(to: URL(filePath: path))
      defer { unlink(path) }
      try await body(path)
    }

    private static func broker(step: Int, start: WallTime) -> BrokerSnapshot {
      let ready = 10 + step
      var totals = BrokerTotals()
      totals.published = UInt64(ready)
      totals.enqueued = UInt64(ready)
      totals.ready = UInt64(ready)
      let began = Instant(nanoseconds: 100_000_000_000)
      return BrokerSnapshot(
        at: began.advanced(bySeconds: Double(step) / 2),
        wallTime: WallTime(milliseconds: start.milliseconds + Int64(step) * 500),
        identity: BrokerIdentity(label: "a broker", endpoint: "amqp://there", startedAt: .zero),
        totals: totals,
        queues: [
          QueueSnapshot(
            virtualHost: "/",
            name: "=evil\u{1B}[2J",
            ready: ready,
            enqueued: UInt64(ready),
            oldestReadyAt: began
          )
        ]
      )
    }

    private func run(_ arguments: String...) async throws -> Program.Result {
      try await Program.run(try BuiltExecutable.path(), arguments)
    }

    @Test func aSnapshotIsWrittenAsTextCSVAndJSON() async throws {
      try await withRecording { path in
        let text = try await run("snapshot", path)
        #expect(text.isSuccess && text.error.isEmpty, "\(text)")
        #expect(text.output.contains("NO CONSUMER =evil␛[2J: 130 wait"), "\(text)")
        #expect(!TerminalStream(Array(text.output.utf8)).hasEscapes)
        let csv = try await run("snapshot", path, "--csv", "--at", "30s")
        #expect(csv.output.hasPrefix("name,ready,"), "\(csv)")
        #expect(csv.output.contains("\r\n'=evil␛[2J,70,"), "\(csv)")
        let json = try await run("snapshot", "--json", path)
        let state = try JSON(parsing: Array(json.output.utf8))
        guard case .array(let queues)? = state["queues"] else {
          Issue.record("\(json)")
          return
        }
        #expect(queues.first?["name"]?.text == "=evil\u{1B}[2J")
        #expect(queues.first?["ready"]?.integer == 130)
      }
    }

    @Test func aTimeThatIsNotInTheRecordingIsRefused() async throws {
      try await withRecording { path in
        let result = try await run("snapshot", path, "--at", "2m")
        #expect(result.termination == .exited(64), "\(result)")
        #expect(result.error.contains("that time is not in it; it goes from "), "\(result)")
        #expect(result.output == "")
      }
    }

    @Test func whatHappenedIsToldInLines() async throws {
      try await withRecording { path in
        let result = try await run("watch", path)
        #expect(result.isSuccess && result.error.isEmpty, "\(result)")
        #expect(result.output.contains("no consumer, "), "\(result)")
        #expect(result.output.components(separatedBy: " each second ").count > 5, "\(result)")
        #expect(!TerminalStream(Array(result.output.utf8)).hasEscapes)
      }
    }

    @Test func aDamagedRecordingIsToldUpToTheDamage() async throws {
      try await withRecording(cutOff: 3) { path in
        for command in ["snapshot", "watch"] {
          let result = try await run(command, path)
          #expect(result.termination == .exited(1), "\(result)")
          #expect(result.error.contains("ends in the middle of a snapshot"), "\(result)")
          #expect(result.error.split(separator: "\n").count == 1)
          #expect(result.output.contains("a broker amqp://there"), "\(result)")
        }
        let before = try await run("snapshot", path, "--at", "5s")
        #expect(before.isSuccess && before.error.isEmpty, "\(before)")
      }
    }
  }
}
