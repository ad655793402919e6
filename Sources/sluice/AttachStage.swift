import AMQPServer
import Canvas
import Dashboard
import Lab
import ManagementClient
import Telemetry

/// A broker elsewhere, watched through its management.
///
/// - Isolation: the main actor; the asking is done elsewhere.
@MainActor
final class AttachStage: Stage {
  private let plan: AttachPlan
  private(set) var session: ManagementSession
  private var isFirst = true
  private let recording: RecordingDesk
  private var alerts: AlertCommand?
  private var hasNews: (@MainActor () -> Void)?
  /// What the session that is shown said last, until it is taken.
  private var news = Mailbox<ManagementSession.News>()
  private var running: Task<Void, Never>?
  private var refreshSeconds: Double
  private var publishedByHand: UInt64 = 0

  /// - Parameters:
  ///   - plan: What was asked for.
  ///   - session: Of its first target.
  init(_ plan: AttachPlan, _ session: ManagementSession) {
    self.plan = plan
    self.session = session
    refreshSeconds = plan.stepSeconds
    recording = RecordingDesk(plan.recording, label: "the broker at \(plan.addresses[0].endpoint)")
  }

  func begin(
    hasNews: @escaping @MainActor () -> Void,
    tell: @escaping @MainActor (Message) -> Void
  ) {
    self.hasNews = hasNews
    alerts = plan.alertCommand.map { command in
      AlertCommand(command) { text in tell(.outcome(.refused(text))) }
    }
    recording.begin(tell: tell)
    run()
  }

  private func run() {
    running?.cancel()
    let box = Mailbox<ManagementSession.News>()
    news = box
    let hasNews = hasNews
    running = Task { [session] in
      await session.run { item in
        box.put(item)
        Task { @MainActor in hasNews?() }
      }
    }
  }

  func start() async throws(LabError) {}

  func take() -> [Message] {
    switch news.take() {
    case .snapshot(let snapshot, let state):
      recording.add(snapshot)
      return [.snapshot(snapshot), .attached(state)]
    case .lost(let state): return [.attached(state)]
    case nil: return []
    }
  }

  var time: Message { .tick(SystemClock.now(), SystemClock.wallTime()) }

  func perform(_ effect: Effect) async -> Message? {
    switch effect {
    case .setRecording(let isOn): return await recording.set(isOn: isOn)
    case .alert(let finding): alerts?.run(finding)
    case .switchTarget(let target): return await show(target)
    case .see(let queues): await session.setVisible(queues)
    case .watch(let watch, _): await session.setWatch(watch)
    case .setRefresh(let seconds):
      refreshSeconds = seconds
      await session.setStep(seconds: seconds)
    case .look(.peek(let queue)): return await peek(queue)
    case .act(let act): return .outcome(await perform(act))
    case .publish(let virtualHost, let exchange, let routingKey, let count):
      publishedByHand += 1
      let message = OutgoingMessage(
        exchange: exchange,
        routingKey: routingKey,
        body: Array(#"{"note":"published by hand","sequence":\#(publishedByHand)}"#.utf8)
      )
      return .outcome(await publish(message, virtualHost, count))
    case .killConsumer(let identifier): return .outcome(await close(consumer: identifier))
    // Nothing there can do these; the keys say so.
    case .pauseQueue, .pauseConsumer, .killService, .bringBack, .crashBroker, .setMode, .setLoad,
      .putFault, .healFault, .healAll, .setShape, .setMessageBytes, .addInstance, .removeInstance,
      .join, .turnKnob, .burst, .record, .look(.redrive):
      break
    case .copy, .export, .bell, .readBody, .useTheme, .remember, .play, .holdPlaying, .suspend,
      .repaint, .quit:
      break
    }
    return nil
  }

  /// Leaves the target that is shown for another one.
  private func show(_ target: Int) async -> Message? {
    guard plan.addresses.indices.contains(target) else { return nil }
    running?.cancel()
    session = plan.session(target)
    await session.setStep(seconds: refreshSeconds)
    run()
    return .switched(target: target)
  }

  var isStartingProcess: Bool { false }

  func end(isWatched: Bool) async -> ExitStatus {
    running?.cancel()
    await recording.end(isWatched: isWatched)
    alerts?.end()
    return .success
  }
}
