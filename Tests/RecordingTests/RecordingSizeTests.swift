import Telemetry
import TestSupport
import Testing

@testable import Recording

@Suite(.computing) struct RecordingSizeTests {
  @Test func aMinuteOfAHundredBusyQueuesTakesLessThanAMegabyte() throws {
    var broker = BusyBroker(queueCount: 100, seed: 7)
    var writer = RecordingWriter(label: "", createdAt: broker.snapshot.wallTime)
    // A minute from the key frame on, and so with one more of these.
    for _ in 0..<120 { _ = try writer.append(broker.step()) }
    #expect(writer.bytes < 600_000, "\(writer.bytes)")
    #expect(writer.bytes > 100_000)
  }

  @Test func queuesThatRestTakeNoSpace() {
    var broker = BusyBroker(queueCount: 1_000, seed: 7)
    var encoder = SnapshotEncoder()
    _ = encoder.encode(broker.step())
    _ = encoder.encode(broker.step(share: 0.01))
    let frame = encoder.encode(broker.step(share: 0.01))
    // Ten queues that move, each with two consumers and three connections.
    #expect(frame.payload.count < 1_200, "\(frame.payload.count)")
  }
}
