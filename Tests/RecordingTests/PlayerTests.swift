import Recording
import Telemetry
import Testing

@Suite struct PlayerTests {
  private static let start = Instant(nanoseconds: 5_000_000_000_000)
  /// Of who watches: another machine's, years later.
  private static let now = Instant(nanoseconds: 77_000_000_000)

  /// A recording with a snapshot at each of some seconds.
  private static func recording(_ seconds: [Double]) throws -> RecordingReader<[UInt8]> {
    var writer = RecordingWriter(label: "test", createdAt: WallTime(milliseconds: 1_000))
    var bytes = writer.opening
    for second in seconds {
      let snapshot = BrokerSnapshot(
        at: start.advanced(bySeconds: second),
        wallTime: WallTime(milliseconds: Int64(second * 1_000)),
        identity: BrokerIdentity(label: "", endpoint: "", startedAt: .zero)
      )
      bytes += try writer.append(snapshot)
    }
    return try RecordingReader(bytes)
  }

  /// What is due some seconds after the beginning, as seconds of the recording.
  private func due(
    _ player: inout Player<RecordingReader<[UInt8]>>,
    after seconds: Double,
    atMost limit: Int = 100
  ) throws -> [Double] {
    try player.due(at: Self.now.advanced(bySeconds: seconds), atMost: limit)
      .map { $0.at.seconds(since: Self.start) }
  }

  private func playing(
    _ seconds: [Double],
    speed: Double = 1
  ) throws
    -> Player<RecordingReader<[UInt8]>>
  {
    var player = Player(try Self.recording(seconds), speed: speed)
    player.play(from: nil, at: Self.now)
    return player
  }

  @Test func snapshotsComeAtTheirOwnPace() throws {
    var player = try playing([0, 0.5, 1.25, 3])
    #expect(try due(&player, after: 0) == [0])
    #expect(player.secondsToNext(at: Self.now) == 0.5)
    #expect(try due(&player, after: 0.4) == [])
    #expect(try due(&player, after: 1.5) == [0.5, 1.25])
    #expect(player.wallTime(at: Self.now.advanced(bySeconds: 1.5)).milliseconds == 1_500)
    #expect(!player.isOver)
    #expect(try due(&player, after: 3) == [3])
    #expect(player.isOver)
    #expect(player.secondsToNext(at: Self.now.advanced(bySeconds: 3)) == nil)
    // The clock of a recording that is over stands.
    #expect(player.wallTime(at: Self.now.advanced(bySeconds: 60)).milliseconds == 3_000)
  }

  @Test func tenTimesAsFastIsTenTimesAsSoon() throws {
    var player = try playing([0, 5, 10], speed: 10)
    #expect(try due(&player, after: 0.6) == [0, 5])
    #expect(abs((player.secondsToNext(at: Self.now.advanced(bySeconds: 0.6)) ?? 0) - 0.4) < 1e-6)
    #expect(try due(&player, after: 1) == [10])
  }

  @Test func aSlowMachinePlaysSlowerAndLeavesNothingOut() throws {
    var player = try playing([0, 1, 2, 3, 4])
    #expect(try due(&player, after: 3.5, atMost: 2) == [0, 1])
    // From here on the recording is at its second second.
    #expect(try due(&player, after: 4, atMost: 2) == [])
    #expect(try due(&player, after: 4.5, atMost: 2) == [2])
    #expect(try due(&player, after: 6.5) == [3, 4])
  }

  @Test func whatStandsStillGoesOnWhereItWas() throws {
    var player = try playing([0, 1, 2])
    #expect(try due(&player, after: 0.75) == [0])
    player.hold(at: Self.now.advanced(bySeconds: 0.75))
    #expect(try due(&player, after: 30) == [])
    #expect(player.secondsToNext(at: Self.now.advanced(bySeconds: 30)) == nil)
    player.play(from: nil, at: Self.now.advanced(bySeconds: 30))
    #expect(try due(&player, after: 30.2) == [])
    #expect(try due(&player, after: 30.25) == [1])
  }

  @Test func itPlaysFromAnyInstant() throws {
    var player = try playing([0, 1, 2, 3, 4])
    #expect(try due(&player, after: 4).count == 5)
    player.play(from: Self.start.advanced(bySeconds: 1), at: Self.now)
    #expect(!player.isOver)
    #expect(try due(&player, after: 0.9) == [])
    #expect(try due(&player, after: 1) == [2])
    player.play(from: Self.start.advanced(bySeconds: 3), at: Self.now)
    #expect(try due(&player, after: 1) == [4])
  }

  @Test func aLongSilenceIsCutShort() throws {
    var player = try playing([0, 1, 8_000, 8_001])
    #expect(try due(&player, after: 1) == [0, 1])
    #expect(player.secondsToNext(at: Self.now.advanced(bySeconds: 1)) == 10)
    #expect(try due(&player, after: 10.5) == [])
    #expect(try due(&player, after: 11) == [8_000])
    #expect(try due(&player, after: 12) == [8_001])
  }
}
