package import Telemetry

/// What is known of a frame without decoding it.
package struct FrameHead: Sendable, Hashable {
  /// Which snapshots a frame holds.
  package enum Content: UInt8, Sendable, Hashable, CaseIterable {
    case broker = 1
    case lab = 2
    /// The broker's, and what the lab said last, so that a group needs nothing from before it.
    case brokerAndLab = 3
  }

  package var content: Content
  /// Whether decoding can begin here.
  package var isKey: Bool
  /// When the snapshot was made: the broker's, if there are two.
  package var at: Instant
  package var wallTime: WallTime

  /// - Parameters:
  ///   - content: Which snapshots it holds.
  ///   - isKey: Whether decoding can begin here.
  ///   - at: When the snapshot was made.
  ///   - wallTime: The same as a time of day.
  package init(content: Content, isKey: Bool, at: Instant, wallTime: WallTime) {
    self.content = content
    self.isKey = isKey
    self.at = at
    self.wallTime = wallTime
  }
}

/// One snapshot as bytes, which mean something after those of the frames before, back to the last
/// key frame.
package struct EncodedFrame: Sendable, Hashable {
  package var head: FrameHead
  package var payload: [UInt8]

  /// - Parameters:
  ///   - head: What is known of it without decoding it.
  ///   - payload: What ``SnapshotEncoder`` made of the snapshot.
  package init(head: FrameHead, payload: [UInt8]) {
    self.head = head
    self.payload = payload
  }
}

/// A snapshot of a recording.
package enum RecordedSnapshot: Sendable, Hashable {
  case broker(BrokerSnapshot)
  case lab(LabSnapshot)

  /// When it was made.
  package var at: Instant {
    switch self {
    case .broker(let snapshot): snapshot.at
    case .lab(let snapshot): snapshot.at
    }
  }
}

/// What was known at one frame: the newest snapshot of each kind until then.
package struct RecordedMoment: Sendable, Hashable {
  /// The frame's own time.
  package var at: Instant
  package var wallTime: WallTime
  package var broker: BrokerSnapshot?
  /// nil where no scenario ran, and soon after it ended.
  package var lab: LabSnapshot?

  /// - Parameters:
  ///   - at: The frame's own time.
  ///   - wallTime: The same as a time of day.
  ///   - broker: The broker's newest snapshot until then.
  ///   - lab: The lab's newest snapshot until then.
  package init(at: Instant, wallTime: WallTime, broker: BrokerSnapshot?, lab: LabSnapshot?) {
    self.at = at
    self.wallTime = wallTime
    self.broker = broker
    self.lab = lab
  }
}
