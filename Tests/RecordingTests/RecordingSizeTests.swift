import Recording
import Telemetry
import Testing

/// How much a recording takes: its bar is a megabyte a minute for 100 queues.
@Suite struct RecordingSizeTests {
  @Test func aHundredBusyQueuesTakeLessThanAMegabyteAMinute() throws {
    var broker = BusyBroker(queueCount: 100, seed: 7)
    var writer = RecordingWriter(label: "", createdAt: WallTime(milliseconds: 0))
    // Five minutes, a snapshot each half second, in which every queue moves.
    for _ in 0..<600 { _ = try writer.append(broker.step()) }
    let perMinute = writer.bytes / 5
    #expect(perMinute < 1_000_000, "\(perMinute) bytes a minute")
    #expect(perMinute > 100_000, "\(perMinute) bytes a minute: does the broker move?")
  }
}
