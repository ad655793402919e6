import Diagnosis
package import Recording
import Telemetry

/// The past of the screen: every snapshot of the last minutes, or those of a recorded file, and a
/// picture now and then, from which the picture of any instant is made again.
///
///     frames     · · · · · · · · · · · · · · · · ·
///     pictures   P           P           P              asked for: here, P and the five after it
///                                            ^
package struct Timeline: Sendable {
  private var ring = SnapshotRing()
  /// What a file holds; nil while the past is that of the live screen.
  private let file: (any FrameSource)?
  private(set) var pictures: [(at: Instant, picture: Picture)] = []

  /// The past of a live screen, empty at first.
  package init() { file = nil }

  /// The past that was recorded.
  ///
  /// - Parameter file: Where the snapshots come from.
  package init(file: any FrameSource) { self.file = file }

  var source: any FrameSource { file ?? ring }

  /// Whether it is that of a file.
  var isRecorded: Bool { file != nil }

  var oldest: Instant? { source.oldest }
  var newest: Instant? { source.newest }
  /// The memory that the snapshots take.
  var bytes: Int { ring.bytes }

  /// Takes what the screen was told, and the picture that it makes.
  mutating func record(_ snapshot: BrokerSnapshot, _ picture: Picture) {
    if file == nil { ring.add(snapshot) }
    keep(picture, at: snapshot.at)
  }

  /// Takes what the lab said.
  mutating func record(_ snapshot: LabSnapshot) {
    if file == nil { ring.add(snapshot) }
  }

  private mutating func keep(_ picture: Picture, at now: Instant) {
    let queueCount = max(1, picture.broker?.queues.count ?? 1)
    let count = max(
      Limits.fewestPictures,
      min(Limits.pictures, Limits.pictureBytes / (queueCount * Limits.pictureBytesOfQueue))
    )
    let spacing = Limits.pastSeconds / Double(count)
    if let last = pictures.last, now.seconds(since: last.at) < spacing { return }
    pictures.append((now, picture))
    if pictures.count > count { pictures.removeFirst(pictures.count - count) }
  }

  /// Returns when the snapshot was made that lies some snapshots before or after an instant; at the
  /// ends the first or the last one.
  func instant(_ steps: Int, from instant: Instant) -> Instant? {
    let source = source
    guard source.frameCount > 0 else { return nil }
    var index = source.index(atOrBefore: instant) ?? 0
    var left = abs(steps)
    let step = steps < 0 ? -1 : 1
    // The instant may lie between two snapshots: the one before it is a step back already.
    if steps < 0, source.head(index).at < instant, source.head(index).content != .lab { left -= 1 }
    while left > 0, index + step >= 0, index + step < source.frameCount {
      index += step
      let head = source.head(index)
      if head.content != .lab, head.at != instant { left -= 1 }
    }
    return source.head(index).at
  }

  /// Makes the picture of an instant again.
  ///
  /// - Parameters:
  ///   - instant: When.
  ///   - near: A picture that may be gone on with, when it is not later.
  ///   - empty: One that was told nothing yet.
  /// - Returns: What the screen showed then; nil when nothing is known of it.
  func picture(at instant: Instant, near: Picture?, empty: Picture) -> Picture? {
    let source = source
    guard let last = source.index(atOrBefore: instant) else { return nil }
    var begin = empty
    if let kept = pictures.last(where: { $0.at <= instant }) { begin = kept.picture }
    if let near, let at = near.broker?.at, at <= instant, at >= begin.broker?.at ?? .zero {
      begin = near
    }
    return Self.continued(begin, through: last, of: source)
  }

  private static func continued(
    _ picture: Picture,
    through last: Int,
    of source: some FrameSource
  ) -> Picture {
    var picture = picture
    var first = 0
    if let at = picture.broker?.at { first = (source.index(atOrBefore: at) ?? -1) + 1 }
    first = max(first, last - Limits.replayedFrames)
    guard first <= last else { return picture }
    for snapshot in source.frames(from: first, through: last) {
      switch snapshot {
      case .broker(let broker): _ = picture.add(broker)
      case .lab(let lab): _ = picture.add(lab)
      }
    }
    return picture
  }
}

/// Going through the past.
extension Model {
  /// Freezes the screen at another instant.
  mutating func scrub(by steps: Int) {
    let from = frozen?.picture.broker?.at ?? live.broker?.at ?? now
    guard let instant = timeline.instant(steps, from: from) else { return }
    let empty = Picture(refreshSeconds: refreshSeconds, tuning: options.tuning)
    guard
      let picture = timeline.picture(at: instant, near: shown, empty: empty)
    else { return }
    let isEnd = instant == from
    frozen = (picture, instant)
    settle()
    if isEnd {
      let beginning = isReplay ? "that is the beginning" : "that is all that is remembered"
      let end = isReplay ? "that is the end" : "that is the newest; 0 goes on live"
      tell(steps < 0 ? beginning : end)
    }
    touch()
  }

  /// Says why there is no going through the past, or goes.
  func scrubbing(isBack: Bool) -> Decision {
    guard live.broker != nil else { return .refuse("there is no past yet") }
    if !isBack, frozen == nil, !timeline.isRecorded { return .refuse("the screen is live") }
    return .act([])
  }

  /// Goes on live.
  func goingLive() -> Decision {
    if frozen != nil { return .act([]) }
    return .refuse(isReplay ? "the recording is playing" : "the screen is live")
  }
}
