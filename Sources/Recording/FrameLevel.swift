internal import Telemetry

/// One level of the history: groups of frames, of which the oldest go when there is no more room.
struct FrameLevel: Sendable {
  private(set) var frames: [EncodedFrame] = []
  /// What the frames take, with what an array of each costs.
  private(set) var frameBytes = 0
  private var encoder: SnapshotEncoder
  private let limits: RingLimits.Level
  private var lastBroker: Instant?
  private var lastLab: Instant?

  /// An array has a head of its own.
  private static let overheadBytes = MemoryLayout<EncodedFrame>.stride + 32

  init(_ limits: RingLimits.Level) {
    self.limits = limits
    // Some groups must fit, or each new one would end all that is there.
    encoder = SnapshotEncoder(groupBytes: min(Limits.groupBytes, limits.bytes / 4))
  }

  /// With what the encoder keeps to compare with.
  var bytes: Int { frameBytes + encoder.bytes }

  mutating func add(_ snapshot: BrokerSnapshot) {
    guard isDue(snapshot.at, after: lastBroker) else { return }
    lastBroker = snapshot.at
    add(encoder.encode(snapshot))
  }

  mutating func add(_ snapshot: LabSnapshot) {
    guard isDue(snapshot.at, after: lastLab) else { return }
    lastLab = snapshot.at
    add(encoder.encode(snapshot))
  }

  private func isDue(_ instant: Instant, after last: Instant?) -> Bool {
    last.map { instant.seconds(since: $0) >= limits.spacingSeconds } ?? true
  }

  private mutating func add(_ frame: EncodedFrame) {
    frames.append(frame)
    frameBytes += frame.payload.count + Self.overheadBytes
    while let next = nextGroup {
      let isOld =
        frame.head.at.seconds(since: frames[next].head.at) >= limits.spanSeconds
      guard isOld || frameBytes > limits.bytes else { return }
      drop(next)
    }
    if frameBytes > limits.bytes {
      drop(frames.count)
      encoder.beginGroup()
    }
  }

  /// Where the second group begins.
  private var nextGroup: Int? {
    frames.dropFirst().firstIndex { $0.head.isKey }
  }

  private mutating func drop(_ count: Int) {
    for frame in frames[..<count] { frameBytes -= frame.payload.count + Self.overheadBytes }
    frames.removeFirst(count)
  }
}
