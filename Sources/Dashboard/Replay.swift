import Canvas
import Telemetry

/// A recording that is played, as far as the screen is about it.
package struct ReplayOptions: Hashable, Sendable {
  /// What the recording is called, safe for a terminal.
  package var name: String
  /// How many of its seconds pass in one.
  package var speed: Double

  /// - Parameters:
  ///   - name: What the recording is called, safe for a terminal.
  ///   - speed: How many of its seconds pass in one.
  package init(name: String, speed: Double = 1) {
    self.name = name
    self.speed = speed
  }
}

/// What became of a recording that is made.
package enum RecordingNews: Sendable, Hashable {
  case started(file: String)
  case stopped(file: String, bytes: Int)
  /// One line says why.
  case failed(String)
}

/// Making recordings.
extension Model {
  func switchingRecording() -> Decision {
    .act([.setRecording(isOn: recordedFile == nil)])
  }

  /// Leaves, but not without a question while something is recorded that would end with it.
  func quitting() -> Decision {
    guard path.count == 1 else { return .act([]) }
    guard let recordedFile else { return .act([.quit]) }
    return .open(
      .confirmation(
        Confirmation(
          title: "quit",
          lines: [
            "All this is being recorded into \(SafeText.clean(recordedFile)).",
            "The recording ends with the dashboard; what is in it stays.",
          ],
          verb: "quit",
          choice: .effects([.quit])
        )
      )
    )
  }

  mutating func take(_ news: RecordingNews) {
    switch news {
    case .started(let file):
      recordedFile = file
      tell("recording into \(SafeText.clean(file))")
    case .stopped(let file, let bytes):
      recordedFile = nil
      tell("recorded \(Format.bytes(bytes)): sluice replay \(SafeText.clean(file))")
    case .failed(let reason):
      recordedFile = nil
      tell(SafeText.clean(reason), isRefusal: true)
    }
  }
}

/// Watching a recording.
extension Model {
  var isReplay: Bool { options.replay != nil }

  /// Now, by the clock that the snapshots have: that of a recording stands still with it.
  var snapshotNow: Instant { isReplay ? live.broker?.at ?? now : now }

  /// Why an action means nothing to a recording; nil when it does what it always does.
  func replayRefusal(of action: Action) -> String? {
    guard isReplay else { return nil }
    switch action {
    case .readOnly: return Self.unchangeable
    case .record: return "this is a recording already"
    case .peek, .tap: return "a recording has no messages to look at"
    case .refreshFaster, .refreshSlower: return "a recording keeps its pace; see --speed"
    default: return action.isChange ? Self.unchangeable : nil
    }
  }

  private static let unchangeable = "a recording cannot be changed"

  /// Freezes the screen, and with it the recording; or plays on from what is shown.
  mutating func toggleReplay() {
    guard isReplay, let frozen else { return toggleFreeze() }
    live = frozen.picture
    isOver = false
    wallNow = live.broker?.wallTime
    toggleFreeze()
  }

  /// A recording stands still while the screen is frozen.
  mutating func playEffects() -> [Effect] {
    let isPlaying = frozen == nil
    guard isReplay, isPlaying != wasPlaying else { return [] }
    wasPlaying = isPlaying
    return [isPlaying ? .play(from: live.broker?.at) : .holdPlaying]
  }

  mutating func replayEnded(_ text: String) {
    isOver = true
    tell(text)
  }

  /// Shows the end of the recording, as if all of it had been played.
  package mutating func goToEnd() {
    let empty = Picture(refreshSeconds: refreshSeconds, tuning: options.tuning)
    guard let end = timeline.newest,
      let picture = timeline.picture(at: end, near: nil, empty: empty)
    else { return }
    live = picture
    isOver = true
    wallNow = picture.broker?.wallTime
    settle()
    touch()
  }

  /// How far what is shown is from the beginning, and how long the recording is, in seconds.
  var playedSeconds: (played: Double, whole: Double)? {
    guard isReplay, let oldest = timeline.oldest, let newest = timeline.newest else { return nil }
    let at = frozen?.picture.broker?.at ?? live.broker?.at ?? oldest
    return (at.seconds(since: oldest), newest.seconds(since: oldest))
  }
}
