package import Telemetry

/// How much of the past is kept in memory.
package struct RingLimits: Sendable, Hashable {
  /// One level of the history.
  package struct Level: Sendable, Hashable {
    /// How far back it goes, if there is room.
    package var spanSeconds: Double
    /// What its frames may take.
    package var bytes: Int
    /// Snapshots that come sooner after the last one are left out.
    package var spacingSeconds: Double

    /// - Parameters:
    ///   - spanSeconds: How far back it goes.
    ///   - bytes: What its frames may take.
    ///   - spacingSeconds: How far snapshots are apart, at least.
    package init(spanSeconds: Double, bytes: Int, spacingSeconds: Double) {
      self.spanSeconds = spanSeconds
      self.bytes = bytes
      self.spacingSeconds = spacingSeconds
    }
  }

  package var fine: Level
  package var coarse: Level

  /// Every snapshot of ten minutes in 48 MiB, and one a minute of a day in 16 MiB.
  package static let usual = RingLimits(
    fine: Level(spanSeconds: 600, bytes: 48 * 1024 * 1024, spacingSeconds: 0),
    coarse: Level(spanSeconds: 86_400, bytes: 16 * 1024 * 1024, spacingSeconds: 60)
  )

  /// - Parameters:
  ///   - fine: Of the recent past.
  ///   - coarse: Of what was before.
  package init(fine: Level, coarse: Level) {
    self.fine = fine
    self.coarse = coarse
  }
}

/// The past in memory: every snapshot of the last minutes, and few of the last day.
///
/// To who reads it the two are one row of frames: the coarse ones that are older than the fine
/// ones, then those. An index is good until the next snapshot is added; who wants to stay in the
/// past keeps a copy of the ring, which costs next to nothing, because its frames are shared.
///
/// The oldest snapshots go in groups of up to 240, so that the span is exceeded by as much. Of a
/// broker so large that a group does not fit, as much is kept as does, down to nothing.
package struct SnapshotRing: FrameSource {
  private var fine: FrameLevel
  private var coarse: FrameLevel
  /// How many of the coarse frames are older than the fine ones.
  private var coarseCount = 0

  /// - Parameter limits: How much to keep.
  package init(limits: RingLimits = .usual) {
    fine = FrameLevel(limits.fine)
    coarse = FrameLevel(limits.coarse)
  }

  /// The memory in use: the frames, and what is kept in order to encode the next ones.
  package var bytes: Int { fine.bytes + coarse.bytes }

  /// The part of ``bytes`` that ``RingLimits`` bounds.
  package var frameBytes: Int { fine.frameBytes + coarse.frameBytes }

  /// Adds a snapshot of the broker.
  ///
  /// - Complexity: As ``SnapshotEncoder/encode(_:)``.
  /// - Parameter snapshot: Not older than the last one.
  package mutating func add(_ snapshot: BrokerSnapshot) {
    fine.add(snapshot)
    coarse.add(snapshot)
    countCoarse()
  }

  /// Adds a snapshot of the lab.
  ///
  /// - Parameter snapshot: Not older than the last one.
  package mutating func add(_ snapshot: LabSnapshot) {
    fine.add(snapshot)
    coarse.add(snapshot)
    countCoarse()
  }

  private mutating func countCoarse() {
    guard let oldest = fine.frames.first?.head.at else {
      coarseCount = coarse.frames.count
      return
    }
    coarseCount = coarse.frames.firstIndex { $0.head.at >= oldest } ?? coarse.frames.count
  }

  /// How many frames there are on both levels together.
  package var frameCount: Int { coarseCount + fine.frames.count }

  /// What is known of a frame without decoding it.
  ///
  /// - Parameter index: From 0 to below ``frameCount``.
  /// - Returns: The head of the frame.
  package func head(_ index: Int) -> FrameHead { ringFrame(index).head }

  /// A frame of one of the levels.
  ///
  /// - Parameter index: From 0 to below ``frameCount``.
  /// - Returns: The frame.
  package func frame(_ index: Int) -> EncodedFrame { ringFrame(index) }

  private func ringFrame(_ index: Int) -> EncodedFrame {
    index < coarseCount ? coarse.frames[index] : fine.frames[index - coarseCount]
  }
}
