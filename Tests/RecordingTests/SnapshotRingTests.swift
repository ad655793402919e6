import Telemetry
import TestSupport
import Testing

@testable import Recording

@Suite(.computing) struct SnapshotRingTests {
  /// Small enough for a test to overflow.
  private static func limits(fineBytes: Int, fineSeconds: Double = 600) -> RingLimits {
    RingLimits(
      fine: .init(spanSeconds: fineSeconds, bytes: fineBytes, spacingSeconds: 0),
      coarse: .init(spanSeconds: 3_600, bytes: 1_000_000, spacingSeconds: 10)
    )
  }

  private func brokers(_ ring: SnapshotRing, from first: Int, through last: Int) -> [BrokerSnapshot]
  {
    ring.frames(from: first, through: last)
      .compactMap { if case .broker(let snapshot) = $0 { snapshot } else { nil } }
  }

  @Test func whatWasAddedComesBack() throws {
    var ring = SnapshotRing()
    var broker = RandomBroker(seed: 1)
    #expect(ring.frameCount == 0)
    #expect(ring.newest == nil)
    var added: [BrokerSnapshot] = []
    for _ in 0..<80 {
      let snapshot = broker.step()
      ring.add(snapshot)
      added.append(Kept.snapshot(snapshot))
    }
    #expect(ring.frameCount == 80)
    #expect(ring.oldest == added.first?.at)
    #expect(ring.newest == added.last?.at)
    #expect(brokers(ring, from: 0, through: 79) == added)
    #expect(brokers(ring, from: 33, through: 35) == Array(added[33...35]))
    #expect(ring.index(atOrBefore: added[40].at) == 40)
  }

  @Test func theOldestGoInGroupsWhenThereIsNoMoreRoom() throws {
    let room = 400_000
    var ring = SnapshotRing(limits: Self.limits(fineBytes: room))
    var broker = RandomBroker(seed: 2)
    var added: [Instant: BrokerSnapshot] = [:]
    var most = 0
    for _ in 0..<700 {
      let snapshot = broker.step()
      ring.add(snapshot)
      added[snapshot.at] = Kept.snapshot(snapshot)
      most = max(most, ring.frameBytes)
      #expect(ring.frameCount > 0)
    }
    #expect(most <= room + 1_000_000)
    #expect(ring.frameCount < 700)
    #expect(ring.head(0).isKey)
    for snapshot in brokers(ring, from: 0, through: ring.frameCount - 1) {
      #expect(snapshot == added[snapshot.at])
    }
    var playback = Playback(ring)
    for index in stride(from: ring.frameCount - 1, through: 0, by: -7) {
      let moment = try playback.moment(at: index)
      #expect(moment.broker == added[moment.at])
    }
  }

  @Test func olderThanTheFineOnesAreTheCoarseOnes() throws {
    var ring = SnapshotRing(limits: Self.limits(fineBytes: 10_000_000, fineSeconds: 60))
    var broker = RandomBroker(seed: 3)
    for _ in 0..<1_000 { ring.add(broker.step()) }
    let times = (0..<ring.frameCount).map { ring.head($0).at }
    #expect(times == times.sorted())
    #expect(Set(times).count == times.count)
    let newest = try #require(times.last)
    let gaps = zip(times, times.dropFirst()).map { $1.seconds(since: $0) }
    let fine = try #require(gaps.firstIndex { $0 < 9 })
    #expect(gaps[..<fine].dropLast().allSatisfy { $0 >= 10 && $0 < 11 })
    #expect(gaps[fine...].allSatisfy { $0 < 1 })
    // The span is kept, and exceeded by no more than a group.
    let span = newest.seconds(since: times[fine])
    #expect(span >= 60)
    #expect(span < 60 + 121)
    #expect(newest.seconds(since: times[0]) > 490)
    #expect(brokers(ring, from: 0, through: ring.frameCount - 1).count == times.count)
  }

  @Test func aBrokerThatDoesNotFitLeavesNothing() {
    var ring = SnapshotRing(limits: Self.limits(fineBytes: 100))
    var broker = RandomBroker(seed: 3)
    for _ in 0..<5 { ring.add(broker.step()) }
    // Of the coarse level the first one is left.
    #expect(ring.frameCount == 1)
  }

  @Test func aCopyStaysInThePast() {
    var ring = SnapshotRing(limits: Self.limits(fineBytes: 200_000))
    var broker = RandomBroker(seed: 6)
    for _ in 0..<50 { ring.add(broker.step()) }
    let frozen = ring
    let before = brokers(frozen, from: 0, through: frozen.frameCount - 1)
    for _ in 0..<400 { ring.add(broker.step()) }
    #expect(brokers(frozen, from: 0, through: frozen.frameCount - 1) == before)
  }

  @Test func aLabIsThereAtEveryMomentOnceItRuns() throws {
    var ring = SnapshotRing()
    var broker = RandomBroker(seed: 8)
    var lab = RandomLab(seed: 9)
    for _ in 0..<300 {
      let snapshot = broker.step()
      ring.add(snapshot)
      ring.add(lab.step(at: snapshot.at))
    }
    var playback = Playback(ring)
    #expect(try playback.moment(at: 0).lab == nil)
    for index in 1..<ring.frameCount {
      let moment = try playback.moment(at: index)
      #expect(moment.lab != nil, "\(index)")
      #expect(moment.broker != nil, "\(index)")
    }
  }

  @Test func theMemoryInUseIsToldOf() {
    var ring = SnapshotRing()
    #expect(ring.frameBytes == 0)
    var broker = RandomBroker(seed: 6)
    ring.add(broker.step())
    let one = ring.frameBytes
    ring.add(broker.step())
    #expect(ring.frameBytes > one)
    #expect(ring.bytes > ring.frameBytes)
  }
}
