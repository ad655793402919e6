package import Telemetry

/// Frames in the order in which they were recorded, from a file or from memory.
package protocol FrameSource: Sendable {
  /// How many frames there are.
  var frameCount: Int { get }

  /// What is known of a frame without decoding it.
  ///
  /// - Parameter index: From 0 to below ``frameCount``.
  /// - Returns: The head of the frame.
  func head(_ index: Int) -> FrameHead

  /// The frame itself.
  ///
  /// - Parameter index: From 0 to below ``frameCount``.
  /// - Returns: The frame.
  /// - Throws: What the one throws who reads the file.
  func frame(_ index: Int) throws(RecordingError) -> EncodedFrame
}

extension FrameSource {
  /// When the first snapshot was made.
  package var oldest: Instant? { frameCount > 0 ? head(0).at : nil }
  /// When the last snapshot was made.
  package var newest: Instant? { frameCount > 0 ? head(frameCount - 1).at : nil }

  /// Finds what was known at an instant.
  ///
  /// - Complexity: O(log frames).
  /// - Parameter instant: Any, of the clock of the recording.
  /// - Returns: The last frame that is not later; nil when all are.
  package func index(atOrBefore instant: Instant) -> Int? {
    var low = 0
    var high = frameCount
    while low < high {
      let middle = low + (high - low) / 2
      if head(middle).at <= instant { low = middle + 1 } else { high = middle }
    }
    return low > 0 ? low - 1 : nil
  }

  /// Decodes some frames, one after the other as they are asked for.
  ///
  /// - Parameters:
  ///   - first: The first one.
  ///   - last: The last one; not before the first.
  /// - Returns: Their snapshots; it ends early where a frame cannot be read, see
  ///   ``FrameSequence/failure``.
  package func frames(from first: Int, through last: Int) -> FrameSequence<Self> {
    FrameSequence(self, from: first, through: last)
  }

  /// The key frame with which to begin in order to decode a frame; 0 when there is none.
  func groupStart(of index: Int) -> Int {
    var start = index
    while start > 0, !head(start).isKey { start -= 1 }
    return start
  }
}

/// Snapshots that are decoded as they are asked for.
package struct FrameSequence<Source: FrameSource>: Sequence, IteratorProtocol {
  /// Why it ended before the last frame; nil when it did not.
  package private(set) var failure: RecordingError?
  private var playback: Playback<Source>
  private var place: Int
  private let last: Int

  fileprivate init(_ source: Source, from first: Int, through last: Int) {
    playback = Playback(source)
    place = first
    self.last = last
  }

  /// Decodes one more.
  ///
  /// - Returns: nil at the end.
  package mutating func next() -> RecordedSnapshot? {
    guard failure == nil, place <= last else { return nil }
    defer { place += 1 }
    do {
      return try playback.snapshot(at: place)
    } catch {
      failure = error
      return nil
    }
  }
}

/// A place among frames from which one goes on quickly, and anywhere else less quickly.
///
/// - Complexity: Going to the next frames costs their decoding; going anywhere else that of all from
///   the key frame before, at most 240 as a rule.
package struct Playback<Source: FrameSource>: Sendable {
  /// Where the frames come from.
  package let source: Source
  private var decoder = SnapshotDecoder()
  /// The frame that the decoder would go on with; nil when it can go on with none.
  private var next: Int?

  /// - Parameter source: Where the frames come from.
  package init(_ source: Source) {
    self.source = source
  }

  /// What was known at a frame.
  ///
  /// - Parameter index: Of the frame, from 0 to below the source's count.
  /// - Returns: The newest snapshot of each kind until then.
  /// - Throws: ``RecordingError/meaninglessFrame(index:)``, or what the source throws.
  package mutating func moment(at index: Int) throws(RecordingError) -> RecordedMoment {
    _ = try snapshot(at: index)
    let head = source.head(index)
    return RecordedMoment(
      at: head.at,
      wallTime: head.wallTime,
      broker: decoder.broker,
      lab: decoder.lab
    )
  }

  /// The snapshot of a frame; the broker's, if it holds both.
  ///
  /// - Parameter index: Of the frame, from 0 to below the source's count.
  /// - Returns: What the frame says.
  /// - Throws: ``RecordingError/meaninglessFrame(index:)``, or what the source throws.
  package mutating func snapshot(at index: Int) throws(RecordingError) -> RecordedSnapshot {
    let start = source.groupStart(of: index)
    if let decoded = next.map({ $0 - 1 }), decoded == index,
      let snapshot = decoder.snapshot(of: source.head(index))
    {
      return snapshot
    }
    var place = start
    if let next, next > start, next <= index { place = next }
    next = nil
    while place < index {
      guard decoder.decode(try source.frame(place)) != nil else {
        throw .meaninglessFrame(index: place)
      }
      place += 1
    }
    guard let snapshot = decoder.decode(try source.frame(index)) else {
      throw .meaninglessFrame(index: index)
    }
    next = index + 1
    return snapshot
  }
}
