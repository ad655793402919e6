import Telemetry
import TestSupport
import Testing

@testable import Recording

@Suite(.computing) struct RecordingFileTests {
  private let createdAt = WallTime(milliseconds: 1_700_000_000_000)

  /// A small recording with both kinds of snapshots, and where its frames end.
  private func recording() throws -> (bytes: [UInt8], ends: [Int], snapshots: [RecordedSnapshot]) {
    var broker = RandomBroker(seed: 21, rowCount: 2)
    let lab = LabSnapshot(
      at: Instant(nanoseconds: 2_500_000_000),
      scenario: "peak",
      mode: .both,
      offeredPerSecond: 5,
      state: .running
    )
    var writer = RecordingWriter(label: "embedded broker 界", createdAt: createdAt)
    var bytes = writer.opening
    var ends = [bytes.count]
    var snapshots: [RecordedSnapshot] = []
    for step in 0..<4 {
      if step == 2 {
        bytes += try writer.append(lab, at: createdAt)
        snapshots.append(.lab(lab))
      } else {
        let snapshot = broker.step()
        bytes += try writer.append(snapshot)
        snapshots.append(.broker(Kept.snapshot(snapshot)))
      }
      ends.append(bytes.count)
      #expect(writer.bytes == bytes.count)
    }
    return (bytes, ends, snapshots)
  }

  private func snapshots<Source: FrameSource>(_ source: Source) -> [RecordedSnapshot] {
    Array(source.frames(from: 0, through: source.frameCount - 1))
  }

  @Test func whatWasRecordedIsReadBack() throws {
    let (bytes, _, recorded) = try recording()
    let reader = try RecordingReader(bytes)
    #expect(reader.label == "embedded broker 界")
    #expect(reader.createdAt == createdAt)
    #expect(reader.damage == nil)
    #expect(snapshots(reader) == recorded)
    #expect((0..<4).map { reader.head($0).isKey } == [true, false, false, false])
    #expect((0..<4).map { reader.head($0).content } == [.broker, .broker, .lab, .broker])
  }

  @Test func aMomentIsReachedFromAnywhere() throws {
    var broker = RandomBroker(seed: 4)
    var writer = RecordingWriter(label: "", createdAt: createdAt)
    var bytes = writer.opening
    var recorded: [BrokerSnapshot] = []
    for _ in 0..<150 {
      let snapshot = broker.step()
      bytes += try writer.append(snapshot)
      recorded.append(Kept.snapshot(snapshot))
    }
    let reader = try RecordingReader(bytes)
    #expect((1..<150).contains { reader.head($0).isKey })
    var playback = Playback(reader)
    for index in [149, 0, 1, 2, 2, 60, 59, 61, 148, 149, 3, 130] {
      let moment = try playback.moment(at: index)
      #expect(moment.broker == recorded[index], "\(index)")
      #expect(moment.at == recorded[index].at)
      #expect(moment.wallTime == recorded[index].wallTime)
    }
  }

  @Test func theFrameOfAnInstantIsFound() throws {
    let (bytes, _, recorded) = try recording()
    let reader = try RecordingReader(bytes)
    let times = recorded.map(\.at)
    #expect(reader.index(atOrBefore: .zero) == nil)
    #expect(reader.index(atOrBefore: times[0]) == 0)
    #expect(reader.index(atOrBefore: times[1].advanced(bySeconds: -0.000_001)) == 0)
    #expect(reader.index(atOrBefore: times[1].advanced(bySeconds: 900)) == 3)
    #expect(reader.oldest == times[0])
    #expect(reader.newest == times[3])
  }

  @Test func aRecordingThatIsCutAnywhereIsReadUpToThere() throws {
    let (bytes, ends, recorded) = try recording()
    for length in 0..<bytes.count {
      let cut = Array(bytes.prefix(length))
      guard length >= ends[0] else {
        let error = length < 8 ? RecordingError.notARecording : .damagedHead
        #expect(throws: error) { _ = try RecordingReader(cut) }
        continue
      }
      let reader = try RecordingReader(cut)
      let whole = ends.count { $0 <= length } - 1
      try #require(reader.frameCount == whole, "cut at \(length)")
      if ends.contains(length) {
        #expect(reader.damage == nil)
      } else {
        #expect(reader.damage?.kind == .cutShort)
        #expect(reader.damage?.offset == ends[whole])
        #expect(reader.damage?.goodCount == whole)
        #expect(reader.damage?.lastGood == (whole > 0 ? reader.head(whole - 1).wallTime : nil))
      }
      if whole > 0, length == ends[whole] {
        #expect(snapshots(reader) == Array(recorded.prefix(whole)))
      }
    }
  }

  @Test func aByteThatIsWrongEndsTheRecordingWhereItIs() throws {
    let (bytes, ends, recorded) = try recording()
    for place in bytes.indices {
      for mask: UInt8 in [0x01, 0x80, 0xFF] {
        var damaged = bytes
        damaged[place] ^= mask
        guard place >= ends[0] else {
          #expect(throws: RecordingError.self) { _ = try RecordingReader(damaged) }
          continue
        }
        let reader = try RecordingReader(damaged)
        let whole = ends.count { $0 <= place } - 1
        try #require(reader.frameCount == whole, "byte \(place)")
        #expect(reader.damage?.kind == .corrupted)
        #expect(reader.damage?.offset == ends[whole])
        if whole > 0, place == ends[whole] {
          #expect(snapshots(reader) == Array(recorded.prefix(whole)))
        }
      }
    }
  }

  @Test func aFrameThatIsMissingInTheMiddleIsNoticed() throws {
    let (bytes, ends, _) = try recording()
    let without = Array(bytes[..<ends[1]] + bytes[ends[2]...])
    let reader = try RecordingReader(without)
    #expect(reader.frameCount == 1)
    #expect(reader.damage?.kind == .corrupted)
    #expect(
      reader.damage?.description
        == "the recording is damaged at byte \(ends[1]); 1 snapshots before it are good "
        + "(until 22:13:20 UTC)"
    )
  }

  @Test func aNewerVersionIsRefusedInOneSentence() throws {
    var (bytes, _, _) = try recording()
    (bytes[8], bytes[9], bytes[10], bytes[11]) = (2, 0, 0xFD, 0xFF)
    let error = #expect(throws: RecordingError.self) { _ = try RecordingReader(bytes) }
    #expect(error == .newerVersion(found: 2, known: 1))
    #expect(error?.description.contains("replay it with the version that recorded it") == true)
  }

  @Test(arguments: ["", "SLUICE", "hello, this is a text of some length", "SLUICE\n\nxxxxxxxxxxxx"])
  func anotherFileIsNoRecording(text: String) {
    #expect(throws: RecordingError.notARecording) { _ = try RecordingReader(Array(text.utf8)) }
  }

  @Test func aLabelIsCutToWhatTheHeadHolds() throws {
    let writer = RecordingWriter(label: String(repeating: "界", count: 500), createdAt: createdAt)
    let reader = try RecordingReader(writer.opening)
    #expect(reader.label == String(repeating: "界", count: 341))
    #expect(reader.frameCount == 0)
    #expect(reader.oldest == nil)
    #expect(reader.index(atOrBefore: .zero) == nil)
  }

  @Test(.timeLimit(.minutes(2)))
  func noBytesOfAFrameCrashTheDecoder() throws {
    var broker = RandomBroker(seed: 33, rowCount: 5)
    var encoder = SnapshotEncoder()
    let frames = [encoder.encode(broker.step()), encoder.encode(broker.step())]
    let dice = Dice(seed: 99)
    var refused = 0
    for _ in 0..<1_500 {
      var decoder = SnapshotDecoder()
      for var frame in frames {
        for _ in 0...dice.upTo(3) {
          let place = dice.upTo(frame.payload.count - 1)
          switch dice.upTo(2) {
          case 0: frame.payload[place] = UInt8(dice.upTo(255))
          case 1: frame.payload[place] ^= 1 << UInt8(dice.upTo(7))
          default: frame.payload.removeSubrange(place...)
          }
          if frame.payload.isEmpty { frame.payload = [0] }
        }
        if decoder.decode(frame) == nil { refused += 1 }
      }
    }
    // Whatever is understood is a snapshot; most of it is not.
    #expect(refused > 500)
  }

  @Test(.timeLimit(.minutes(2)))
  func bytesByChanceCrashNoDecoder() {
    let dice = Dice(seed: 5)
    let head = FrameHead(
      content: .brokerAndLab,
      isKey: true,
      at: .zero,
      wallTime: WallTime(milliseconds: 0)
    )
    for _ in 0..<2_000 {
      let payload = [0] + (0..<dice.upTo(400)).map { _ in UInt8(dice.upTo(255) & dice.upTo(255)) }
      var decoder = SnapshotDecoder()
      _ = decoder.decode(EncodedFrame(head: head, payload: payload))
      #expect(decoder.broker?.queues.count ?? 0 <= 200_000)
    }
  }
}
