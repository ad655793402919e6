package import Telemetry

/// Plays a recording at its own pace, or faster: says which snapshots are due.
///
/// It keeps two clocks together, the one of whoever watches and the one of the recording.
package struct Player<Source: FrameSource>: Sendable {
  private let source: Source
  private let speed: Double
  private var playback: Playback<Source>
  /// The frame that comes next.
  private var next = 0
  /// One moment by both clocks; nil while it stands still.
  private var anchor: (watched: Instant, recorded: Instant)?
  /// Where it is while it stands still.
  private var place: Instant

  /// Prepares to play from the beginning; it stands still until ``play(from:at:)``.
  ///
  /// - Parameters:
  ///   - source: What is played; not empty.
  ///   - speed: How many seconds of the recording pass in one.
  package init(_ source: Source, speed: Double) {
    self.source = source
    self.speed = speed
    playback = Playback(source)
    place = source.oldest ?? .zero
  }

  /// Whether there is nothing more to play.
  package var isOver: Bool { next >= source.frameCount }

  /// Goes on playing.
  ///
  /// - Parameters:
  ///   - instant: Where in the recording: what is due comes after it. nil is where it stands; the
  ///     first time that is the beginning.
  ///   - now: The time of whoever watches.
  package mutating func play(from instant: Instant?, at now: Instant) {
    if let instant {
      place = instant
      next = (source.index(atOrBefore: instant) ?? -1) + 1
    }
    anchor = (now, place)
  }

  /// Stands still.
  package mutating func hold(at now: Instant) {
    place = position(at: now)
    anchor = nil
  }

  /// Where it is, by the clock of the recording.
  package func position(at now: Instant) -> Instant {
    guard let anchor else { return place }
    let passed = max(0, now.seconds(since: anchor.watched)) * speed
    return min(anchor.recorded.advanced(bySeconds: passed), source.newest ?? place)
  }

  /// Where it is, as a time of day.
  package func wallTime(at now: Instant) -> WallTime {
    guard source.frameCount > 0 else { return WallTime(milliseconds: 0) }
    let head = source.head(max(0, next - 1))
    let passed = position(at: now).nanoseconds - head.at.nanoseconds
    return WallTime(milliseconds: head.wallTime.milliseconds + passed / 1_000_000)
  }

  /// Takes the snapshots that are due.
  ///
  /// - Parameters:
  ///   - now: The time of whoever watches.
  ///   - limit: How many at most; when more are due, the recording's clock waits for them, so that a
  ///     slow machine plays slower.
  /// - Returns: In their order.
  /// - Throws: ``RecordingError``, when a snapshot cannot be read; nothing comes after it.
  package mutating func due(
    at now: Instant,
    atMost limit: Int
  ) throws(RecordingError) -> [RecordedSnapshot] {
    guard anchor != nil else { return [] }
    skipSilence(at: now)
    let position = position(at: now)
    var snapshots: [RecordedSnapshot] = []
    while next < source.frameCount, source.head(next).at <= position {
      if snapshots.count == limit {
        anchor = (now, source.head(next - 1).at)
        break
      }
      do {
        snapshots.append(try playback.snapshot(at: next))
      } catch {
        next = source.frameCount
        throw error
      }
      next += 1
    }
    return snapshots
  }

  /// Nobody wants to watch how nothing is recorded: after a while it goes on with what comes next.
  private mutating func skipSilence(at now: Instant) {
    guard let end = endOfSilence, position(at: now) >= end else { return }
    anchor = (now, source.head(next).at)
  }

  /// When a silence has lasted long enough; nil when the next snapshot comes before.
  private var endOfSilence: Instant? {
    guard next > 0, next < source.frameCount else { return nil }
    let end = source.head(next - 1).at.advanced(bySeconds: Limits.playedSilenceSeconds)
    return source.head(next).at > end ? end : nil
  }

  /// In how many seconds something is due; nil at the end, and while it stands still.
  package func secondsToNext(at now: Instant) -> Double? {
    guard anchor != nil, next < source.frameCount else { return nil }
    let due = endOfSilence ?? source.head(next).at
    return max(0, due.seconds(since: position(at: now)) / speed)
  }
}
