import Telemetry
import TestSupport
import Testing

@testable import Recording

@Suite(.computing) struct SnapshotCodecTests {
  @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64])
  func whateverHappensInABrokerComesBack(seed: UInt64) throws {
    var broker = RandomBroker(seed: seed)
    var encoder = SnapshotEncoder()
    var decoder = SnapshotDecoder()
    for step in 0..<200 {
      let snapshot = broker.step()
      let decoded = decoder.decode(encoder.encode(snapshot))
      guard case .broker(let back) = decoded, back == Kept.snapshot(snapshot) else {
        Issue.record("seed \(seed), snapshot \(step) differs")
        return
      }
    }
  }

  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func whateverHappensInALabComesBack(seed: UInt64) throws {
    var lab = RandomLab(seed: seed)
    var encoder = SnapshotEncoder()
    var decoder = SnapshotDecoder()
    for step in 0..<200 {
      let snapshot = lab.step()
      let decoded = decoder.decode(encoder.encode(snapshot))
      guard case .lab(let back) = decoded, back == Kept.snapshot(snapshot) else {
        Issue.record("seed \(seed), snapshot \(step) differs")
        return
      }
    }
  }

  @Test func aBrokerAndALabShareTheirFrames() throws {
    var broker = RandomBroker(seed: 11)
    var lab = RandomLab(seed: 12)
    var encoder = SnapshotEncoder()
    var decoder = SnapshotDecoder()
    var contents: [FrameHead.Content: Int] = [:]
    for _ in 0..<150 {
      let one = broker.step()
      let two = lab.step(at: one.at)
      for frame in [encoder.encode(one), encoder.encode(two)] {
        try #require(decoder.decode(frame) != nil)
        contents[frame.head.content, default: 0] += 1
      }
      #expect(decoder.broker == Kept.snapshot(one))
      #expect(decoder.lab == Kept.snapshot(two))
    }
    #expect(contents[.brokerAndLab, default: 0] >= 1)
    #expect(contents[.lab] == 150)
  }

  @Test func aNewGroupRepeatsWhatTheLabSaidUnlessItIsOld() throws {
    var broker = RandomBroker(seed: 1)
    var encoder = SnapshotEncoder()
    var snapshot = broker.step()
    let lab = LabSnapshot(
      at: snapshot.at,
      scenario: "s",
      mode: .both,
      offeredPerSecond: 1,
      state: .running
    )
    _ = encoder.encode(lab)
    encoder.beginGroup()
    var decoder = SnapshotDecoder()
    #expect(decoder.decode(encoder.encode(snapshot)) == .broker(Kept.snapshot(snapshot)))
    #expect(decoder.lab == lab)
    snapshot.at = lab.at.advanced(bySeconds: 11)
    encoder.beginGroup()
    #expect(encoder.encode(snapshot).head.content == .broker)
  }

  @Test func aFrameOutOfItsOrderIsRefusedUntilTheNextKeyFrame() throws {
    var broker = RandomBroker(seed: 3)
    var encoder = SnapshotEncoder()
    let first = encoder.encode(broker.step())
    let second = encoder.encode(broker.step())
    var decoder = SnapshotDecoder()
    #expect(decoder.decode(second) == nil)
    #expect(decoder.decode(first) != nil)
    #expect(decoder.decode(second) != nil)
    #expect(first.head.isKey)
    #expect(!second.head.isKey)
  }

  @Test func aGroupEndsAfterTwoHundredAndFortyFramesAtMost() {
    var broker = RandomBroker(seed: 3)
    let snapshot = broker.step()
    var encoder = SnapshotEncoder()
    let keys = (0..<500).filter { _ in encoder.encode(snapshot).head.isKey }
    #expect(keys == [0, 240, 480])
  }

  @Test func aLessonIsNotWrittenAgainInEachFrame() {
    var encoder = SnapshotEncoder()
    var snapshot = RandomLab(seed: 5).snapshot
    let whole = encoder.encode(snapshot).payload.count
    snapshot.at = snapshot.at.advanced(bySeconds: 0.25)
    let next = encoder.encode(snapshot).payload.count
    #expect(whole > 500)
    #expect(next < 30)
  }

  @Test func aSnapshotInWhichNothingMovedTakesNextToNothing() {
    var broker = RandomBroker(seed: 5)
    var snapshot = broker.step()
    var encoder = SnapshotEncoder()
    _ = encoder.encode(snapshot)
    snapshot.at = snapshot.at.advanced(bySeconds: 0.5)
    #expect(encoder.encode(snapshot).payload.count < 16)
  }

  @Test func aStringThatIsTooLongIsCutBetweenCharacters() throws {
    var broker = RandomBroker(seed: 5)
    var snapshot = broker.step()
    snapshot.identity.label = "x" + String(repeating: "界", count: 30_000)
    var encoder = SnapshotEncoder()
    var decoder = SnapshotDecoder()
    _ = decoder.decode(encoder.encode(snapshot))
    let label = try #require(decoder.broker?.identity.label)
    #expect(label == "x" + String(repeating: "界", count: 21_845))
  }

  @Test func aRowBeyondTheLimitIsLeftOutAndTheRestIsKept() throws {
    var snapshot = BrokerSnapshot(
      at: .zero,
      wallTime: WallTime(milliseconds: 0),
      identity: BrokerIdentity(label: "", endpoint: "", startedAt: .zero)
    )
    snapshot.events = (0..<200_100)
      .map {
        BrokerEvent(
          sequence: $0,
          wallTime: WallTime(milliseconds: 0),
          severity: .critical,
          text: ""
        )
      }
    var encoder = SnapshotEncoder()
    var decoder = SnapshotDecoder()
    _ = decoder.decode(encoder.encode(snapshot))
    // The head of the tables is a row too.
    #expect(decoder.broker?.events == Array(snapshot.events.prefix(199_999)))
  }

  /// A property with a default value can be added to a snapshot and forgotten here; then its number
  /// of properties tells.
  @Test func everyPropertyOfASnapshotIsThoughtOf() {
    let dice = Dice(seed: 1)
    var broker = RandomBroker(seed: 1)
    let lab = LabSnapshot(
      at: .zero,
      scenario: "",
      mode: .both,
      offeredPerSecond: 0,
      state: .running
    )
    let snapshots: [(Any, Int)] = [
      (broker.step(), 12), (broker.snapshot.identity, 4), (BrokerTotals(), 25),
      (RandomRows.queue(dice, number: 1), 24), (QueueBounds(), 6), (DeadLetterReasons(), 4),
      (ReturnedMessage.blank, 6), (ServiceTime.blank, 3),
      (RandomRows.consumer(dice, number: 1), 23), (RandomRows.connection(dice, number: 1), 17),
      (RandomRows.exchange(dice), 12), (BrokerEvent.blank, 4), (BindingSnapshot.blank, 8),
      (lab, 19), (LoadShape.steady, 4), (CallWaySnapshot.blank, 13), (LatencySnapshot.blank, 5),
      (WaterfallRow.blank.step, 4), (ServiceSnapshot.blank, 8), (LabQueueSnapshot.blank, 12),
      (ActiveFault.blank, 3), (ActiveFault.blank.request, 7), (RandomLab.lesson.steps[0], 8),
      (RandomLab.lesson.verdict[0], 2), (Lesson(), 2),
      (LabKnob(label: "", unit: "", value: 0, values: []), 4),
    ]
    for (snapshot, count) in snapshots {
      let mirror = Mirror(reflecting: snapshot)
      #expect(mirror.children.count == count, "\(mirror.subjectType): is the new one recorded?")
    }
  }
}
