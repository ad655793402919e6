import Telemetry
import Testing

struct LabMeasurementsTests {
  private func snapshot(
    at seconds: Double,
    way: CallWaySnapshot = CallWaySnapshot(way: .asynchronous),
    queues: [LabQueueSnapshot] = []
  ) -> LabSnapshot {
    LabSnapshot(
      at: .zero.advanced(bySeconds: seconds),
      scenario: "payment",
      mode: .both,
      offeredPerSecond: 12.5,
      state: .running,
      ways: [way],
      queues: queues
    )
  }

  private let late = CallWaySnapshot(
    way: .asynchronous,
    offered: 130,
    succeeded: 90,
    declined: 6,
    failed: 24,
    refused: 5,
    latency: LatencySnapshot(p50: 102, p95: 108, p99: 121, sampleCount: 100, windowSeconds: 10),
    busyThreads: 3,
    threads: 40,
    waitingRequests: 2
  )

  @Test func countsOfCustomersAreThoseSinceTheBase() {
    let early = CallWaySnapshot(
      way: .asynchronous,
      offered: 30,
      succeeded: 20,
      declined: 1,
      failed: 4,
      refused: 5
    )
    let values = LabMeasurements(snapshot(at: 30, way: late), since: snapshot(at: 10, way: early))
      .values
    #expect(values["async.offered"] == 100)
    #expect(values["async.done"] == 70)
    #expect(values["async.declined"] == 5)
    #expect(values["async.failed"] == 20)
    #expect(values["async.refused"] == 0)
    #expect(values["async.rate"] == 3.5)
    // Of 95 answers 20 were failures; to decline is no failure.
    #expect(values["async.success"].map { ($0 * 100).rounded() } == 7_895)
    #expect(values["async.busy"] == 3)
    #expect(values["async.threads"] == 40)
    #expect(values["async.waiting"] == 2)
    #expect(values["async.p50"] == 102)
    #expect(values["async.p95"] == 108)
    #expect(values["async.p99"] == 121)
    #expect(values["load"] == 12.5)
    #expect(values["sync.p50"] == nil)
  }

  @Test func withoutABaseCountsAreThoseOfTheRunAndThereIsNoRate() {
    let values = LabMeasurements(snapshot(at: 30, way: late)).values
    #expect(values["async.offered"] == 130)
    #expect(values["async.success"] == 80)
    #expect(values["async.rate"] == nil)
  }

  @Test func whatWasNotMeasuredHasNoNumber() {
    let empty = LatencySnapshot(p50: 0, p95: 0, p99: 0, sampleCount: 0, windowSeconds: 10)
    let idle = CallWaySnapshot(way: .asynchronous, latency: empty)
    let base = snapshot(at: 5, way: late)
    let values = LabMeasurements(snapshot(at: 5, way: idle), since: base).values
    #expect(values["async.success"] == nil)
    #expect(values["async.p50"] == nil)
    // The counts went down and no time passed.
    #expect(values["async.done"] == nil)
    #expect(values["async.rate"] == nil)
  }

  @Test func queuesAreToldOneByOneAndInAll() {
    let points = LabQueueSnapshot(
      name: "points",
      service: "points",
      published: 100,
      acknowledged: 60,
      waiting: 30,
      dead: 6,
      lost: 4,
      repeated: 7,
      doubled: 2,
      delay: LatencySnapshot(p50: 150, p95: 900, p99: 950, sampleCount: 60, windowSeconds: 10),
      drainSeconds: 70
    )
    let sms = LabQueueSnapshot(
      name: "sms",
      service: "notification",
      published: 10,
      acknowledged: 10
    )
    let values = LabMeasurements(snapshot(at: 1, queues: [points, sms])).values
    #expect(values["points.published"] == 100)
    #expect(values["points.acked"] == 60)
    #expect(values["points.waiting"] == 30)
    #expect(values["points.dead"] == 6)
    #expect(values["points.lost"] == 4)
    #expect(values["points.repeated"] == 7)
    #expect(values["points.doubled"] == 2)
    #expect(values["points.delay"] == 150)
    #expect(values["points.delay95"] == 900)
    #expect(values["points.drain"] == 70)
    #expect(values["sms.acked"] == 10)
    #expect(values["sms.delay"] == nil)
    #expect(values["sms.drain"] == nil)
    #expect(values["published"] == 110)
    #expect(values["acked"] == 70)
    #expect(values["remainder"] == 0)
  }

  @Test func miscountsInOppositeDirectionsDoNotCancelOut() {
    let tooMany = LabQueueSnapshot(name: "a", service: "a", published: 5, acknowledged: 6)
    let tooFew = LabQueueSnapshot(name: "b", service: "b", published: 6, acknowledged: 5)
    let values = LabMeasurements(snapshot(at: 1, queues: [tooMany, tooFew])).values
    #expect(values["remainder"] == 2)
  }

  @Test func everyNumberHasAKnownName() {
    let queue = LabQueueSnapshot(
      name: "points",
      service: "points",
      delay: LatencySnapshot(p50: 1, p95: 2, p99: 3, sampleCount: 1, windowSeconds: 10),
      drainSeconds: 1
    )
    let measured = LabMeasurements(
      snapshot(at: 2, way: late, queues: [queue]),
      since: snapshot(at: 1)
    )
    let known = LabMeasurements.names(ways: [.asynchronous], queues: ["points"])
    #expect(known.sorted() == measured.values.keys.sorted())
  }

  @Test func aPhaseIsPutInFront() {
    let values = LabMeasurements.prefixed(["async.p95": 108, "lost": 0], phase: "calm")
    #expect(values == ["calm.async.p95": 108, "calm.lost": 0])
  }
}
