import Recording
import Telemetry

extension Timeline {
  /// Goes through a span of the past, one picture for each snapshot of the broker.
  ///
  /// - Complexity: O(snapshots), each as costly as a live one; at most ``Limits/replayedFrames`` of
  ///   them, so that a long span may begin later.
  /// - Parameters:
  ///   - first: When the span begins.
  ///   - last: When it ends.
  ///   - empty: A picture that was told nothing yet.
  ///   - visit: Gets each picture in turn.
  func walk(
    from first: Instant,
    through last: Instant,
    empty: Picture,
    _ visit: (Picture) -> Void
  ) {
    let begin = pictures.last { $0.at < first }?.picture ?? empty
    Self.walk(source, from: first, through: last, begin, visit)
  }

  private static func walk(
    _ source: some FrameSource,
    from first: Instant,
    through last: Instant,
    _ begin: Picture,
    _ visit: (Picture) -> Void
  ) {
    guard let end = source.index(atOrBefore: last) else { return }
    var picture = begin
    var start = 0
    if let at = picture.broker?.at { start = (source.index(atOrBefore: at) ?? -1) + 1 }
    start = max(start, end - Limits.replayedFrames)
    guard start <= end else { return }
    for snapshot in source.frames(from: start, through: end) {
      switch snapshot {
      case .broker(let broker):
        if picture.add(broker), broker.at >= first { visit(picture) }
      case .lab(let lab): _ = picture.add(lab)
      }
    }
  }
}
