import Canvas
package import Recording
import Telemetry

/// A recording as lines of words: what changed, as ``PlainStream`` tells it, and now and then how
/// much passes.
package struct RecordedStream<Source: FrameSource> {
  private var frames: FrameSequence<Source>
  private let source: Source
  private var model: Model
  private var stream = PlainStream(isBounded: false)
  private var place = 0
  private var toldRatesAt: Instant?

  /// - Parameters:
  ///   - source: The recording; not empty.
  ///   - options: How it is told.
  package init(_ source: Source, options: ViewOptions) {
    self.source = source
    frames = source.frames(from: 0, through: source.frameCount - 1)
    model = Model(size: Size(columns: 120, rows: 36), options: options)
    // Nobody goes back here, so that nothing needs to be kept.
    model.timeline = Timeline(file: source)
  }

  /// Why it ended before the last frame; nil when it did not.
  package var failure: RecordingError? { frames.failure }

  /// Goes on by one snapshot.
  ///
  /// - Returns: What there is to tell of it, often nothing; nil at the end.
  package mutating func next() -> [String]? {
    guard let snapshot = frames.next() else { return nil }
    let head = source.head(place)
    place += 1
    switch snapshot {
    case .broker(let broker): _ = update(&model, .snapshot(broker))
    case .lab(let lab): _ = update(&model, .lab(lab))
    }
    _ = update(&model, .tick(head.at, head.wallTime))
    return stream.changes(in: model) + pace(at: head.at)
  }

  private mutating func pace(at now: Instant) -> [String] {
    guard let toldAt = toldRatesAt else {
      toldRatesAt = now
      return []
    }
    guard now.seconds(since: toldAt) >= Limits.watchSeconds,
      let pace = PlainSummary.pace(of: model)
    else { return [] }
    toldRatesAt = now
    return [PlainSummary.line(pace, in: model)]
  }
}
