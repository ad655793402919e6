import Foundation
import Recording
import Synchronization
import Telemetry
import Testing

@testable import RecordingFile

@Suite struct FileRecorderTests {
  /// Lends the path of a folder of the test's own.
  private func withFolder(_ body: (String) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "sluice-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    // The folder may be gone already, which is all that is wanted.
    defer { try? FileManager.default.removeItem(at: folder) }
    try await body(folder.path)
  }

  private func recorder(
    _ destination: RecordingDestination,
    limit: Int = Limits.fileBytes,
    onEarlyEnd: @escaping @Sendable (String) async -> Void = { _ in }
  ) -> FileRecorder {
    FileRecorder(
      destination,
      label: "the test's broker",
      createdAt: WallTime(milliseconds: 1_000),
      limit: limit,
      onEarlyEnd: onEarlyEnd
    )
  }

  /// Snapshots of a busy broker.
  private func snapshots(_ count: Int) -> [BrokerSnapshot] {
    var broker = BusyBroker(queueCount: 3, seed: 1)
    return (0..<count).map { _ in broker.step() }
  }

  private func read(_ path: String) throws -> RecordingReader<RecordedFile> {
    try RecordingReader(RecordedFile(path: path))
  }

  @Test func whatWasRecordedIsInTheFile() async throws {
    try await withFolder { folder in
      let path = folder + "/some.slrec"
      let recorder = recorder(try RecordingDestination(replacing: path))
      let snapshots = snapshots(10)
      for snapshot in snapshots { recorder.add(snapshot) }
      let summary = await recorder.finish()
      let reader = try read(path)
      #expect(reader.label == "the test's broker")
      #expect(reader.damage == nil)
      let back = Array(reader.frames(from: 0, through: reader.frameCount - 1))
      #expect(back == snapshots.map { .broker(Kept.snapshot($0)) })
      #expect(summary.snapshotCount == 10)
      #expect(summary.leftOutCount == 0)
      #expect(summary.problem == nil)
      #expect(summary.bytes == FileManager.default.contents(atPath: path)?.count)
    }
  }

  @Test func eachSnapshotIsInTheFileBeforeTheRecordingEnds() async throws {
    try await withFolder { folder in
      let path = folder + "/some.slrec"
      let recorder = recorder(try RecordingDestination(replacing: path))
      for (index, snapshot) in snapshots(3).enumerated() {
        recorder.add(snapshot)
        let clock = ContinuousClock()
        let deadline = clock.now + .seconds(20)
        var count = 0
        while count <= index, clock.now < deadline {
          // Before the first bytes are there it is no recording yet.
          count = (try? read(path))?.frameCount ?? 0
          await Task.yield()
        }
        #expect(count == index + 1)
      }
      _ = await recorder.finish()
    }
  }

  @Test func aFullDiskEndsTheRecordingWithOneMessage() async throws {
    let told = Mutex<[String]>([])
    let recorder = recorder(try RecordingDestination(replacing: "/dev/full")) { problem in
      told.withLock { $0.append(problem) }
    }
    for snapshot in snapshots(5) { recorder.add(snapshot) }
    let summary = await recorder.finish()
    let message = "the recording stopped: cannot write /dev/full: no space left on device"
    #expect(told.withLock { $0 } == [message])
    #expect(summary.problem == message)
    #expect(summary.snapshotCount == 0)
  }

  @Test func aRecordingThatIsFullStopsAndIsWhole() async throws {
    try await withFolder { folder in
      let path = folder + "/some.slrec"
      let told = Mutex<[String]>([])
      let recorder = recorder(try RecordingDestination(replacing: path), limit: 2_000) { problem in
        told.withLock { $0.append(problem) }
      }
      for snapshot in snapshots(30) { recorder.add(snapshot) }
      let summary = await recorder.finish()
      #expect(told.withLock { $0 }.count == 1)
      #expect(summary.problem?.contains("is full") == true)
      #expect(summary.bytes <= 2_000)
      let reader = try read(path)
      #expect(reader.damage == nil)
      #expect(reader.frameCount == summary.snapshotCount)
      #expect(summary.snapshotCount > 0)
    }
  }

  @Test func snapshotsThatCrossEachOtherAreInOrder() async throws {
    try await withFolder { folder in
      let path = folder + "/some.slrec"
      let recorder = recorder(try RecordingDestination(replacing: path))
      let broker = snapshots(1)[0]
      recorder.add(broker)
      let lab = LabSnapshot(
        at: broker.at.advanced(bySeconds: -0.1),
        scenario: "s",
        mode: .both,
        offeredPerSecond: 1,
        state: .running
      )
      recorder.add(lab, at: broker.wallTime)
      _ = await recorder.finish()
      let reader = try read(path)
      #expect(reader.frameCount == 2)
      #expect(reader.head(1).at == broker.at)
    }
  }

  @Test func aFileThatIsNamedIsReplacedAndANewNameNeverIs() async throws {
    try await withFolder { folder in
      let path = folder + "/some.slrec"
      try "what was there".write(toFile: path, atomically: true, encoding: .utf8)
      _ = await recorder(try RecordingDestination(replacing: path)).finish()
      #expect(try read(path).frameCount == 0)
      let first = try RecordingDestination(newNamed: folder + "/new")
      let second = try RecordingDestination(newNamed: folder + "/new")
      #expect(first.path == folder + "/new.slrec")
      #expect(second.path == folder + "/new-2.slrec")
      _ = await recorder(first).finish()
      _ = await recorder(second).finish()
    }
  }

  @Test func whatCannotBeOpenedIsNamed() async throws {
    try await withFolder { folder in
      #expect {
        try RecordingDestination(replacing: folder + "/nowhere/some.slrec")
      } throws: { error in
        "\(error)" == "cannot record to \(folder)/nowhere/some.slrec: no such file or directory"
      }
      #expect {
        try RecordedFile(path: folder + "/some.slrec")
      } throws: { error in
        "\(error)" == "cannot read \(folder)/some.slrec: no such file or directory"
      }
      #expect {
        try RecordedFile(path: folder)
      } throws: { error in
        "\(error)" == "cannot read \(folder): it is no ordinary file"
      }
    }
  }

  @Test func aFileThatIsTooLongIsRefused() async throws {
    try await withFolder { folder in
      let path = folder + "/some.slrec"
      try Data().write(to: URL(filePath: path))
      let file = try FileHandle(forWritingTo: URL(filePath: path))
      try file.truncate(atOffset: UInt64(Limits.fileBytes) + 1)
      try file.close()
      #expect {
        try RecordedFile(path: path)
      } throws: { error in
        "\(error)".contains("it has 1073741825 bytes, and at most 1073741824 are replayed")
      }
    }
  }
}
