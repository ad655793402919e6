import Canvas
import Dashboard
import Dispatch
import Lab
import Recording
import RecordingFile
import Telemetry

/// A recording that is played.
///
/// - Isolation: the main actor.
@MainActor
final class ReplayStage: Stage {
  /// Snapshots that are shown at once; keys come between.
  private static let snapshotsAtOnce = 100
  /// Nobody sees pictures that follow each other faster.
  private static let shortestSeconds = 0.04

  private let recording: OpenedRecording
  private var player: Player<RecordingReader<RecordedFile>>
  private var hasNews: (@MainActor () -> Void)?
  private var hasSaidEnd = false
  /// Made when it is begun: one that never was must not go away.
  private var timer: (any DispatchSourceTimer)?

  init(_ recording: OpenedRecording, speed: Double) {
    self.recording = recording
    player = Player(recording.reader, speed: speed)
  }

  func begin(
    hasNews: @escaping @MainActor () -> Void,
    tell: @escaping @MainActor (Message) -> Void
  ) {
    self.hasNews = hasNews
    let timer = DispatchSource.makeTimerSource(queue: .main)
    self.timer = timer
    timer.setEventHandler { [weak self] in
      MainActor.assumeIsolated { self?.hasNews?() }
    }
    timer.activate()
    tell(time)
    if let damage = recording.damage { tell(.outcome(.refused(damage))) }
    player.play(from: nil, at: SystemClock.now())
  }

  func start() async throws(LabError) {}

  func take() -> [Message] {
    let now = SystemClock.now()
    var news: [Message] = []
    var failure: RecordingError?
    do {
      news = try player.due(at: now, atMost: Self.snapshotsAtOnce).map { snapshot in
        switch snapshot {
        case .broker(let broker): .snapshot(broker)
        case .lab(let lab): .lab(lab)
        }
      }
    } catch {
      failure = error
    }
    if player.isOver, !hasSaidEnd {
      hasSaidEnd = true
      let reason = failure?.description ?? recording.damage
      news.append(.replayEnded("the recording is over" + (reason.map { ": \($0)" } ?? "")))
    }
    if let seconds = player.secondsToNext(at: now) {
      timer?.schedule(
        deadline: .now() + max(Self.shortestSeconds, seconds),
        leeway: .milliseconds(2)
      )
    }
    return news
  }

  var time: Message {
    let now = SystemClock.now()
    return .tick(now, player.wallTime(at: now))
  }

  func perform(_ effect: Effect) async -> Message? {
    switch effect {
    case .play(let instant):
      player.play(from: instant, at: SystemClock.now())
      hasSaidEnd = false
      hasNews?()
    case .holdPlaying: player.hold(at: SystemClock.now())
    case .publish, .pauseQueue, .pauseConsumer, .killService, .killConsumer, .bringBack,
      .crashBroker, .setMode, .setLoad, .putFault, .healFault, .healAll, .setShape,
      .setMessageBytes, .addInstance, .removeInstance, .join, .turnKnob, .burst, .record, .act,
      .look, .watch, .copy, .export, .alert, .bell, .readBody, .useTheme, .remember, .setRefresh,
      .setRecording, .switchTarget, .see, .suspend, .repaint, .quit:
      break
    }
    return nil
  }

  var isStartingProcess: Bool { false }

  func end(isWatched: Bool) async -> ExitStatus {
    timer?.cancel()
    return .success
  }
}
