import AMQPServer
import Canvas
import Dashboard
import Lab
import ManagementClient
import Telemetry

/// A broker elsewhere, watched through its management, and perhaps a scenario on it.
///
/// - Isolation: the main actor; the asking is done elsewhere.
@MainActor
final class AttachStage: Stage {
  private let plan: AttachPlan
  private(set) var session: ManagementSession
  /// The scenario that runs there; nil for none.
  private let lab: LabDesk?
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
    lab = plan.lab.map { _ in LabDesk() }
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

  func start() async throws(LabError) {
    guard let configuration = plan.lab else { return }
    // The broker's pictures come every few seconds: the scenario's do not wait for them.
    try await lab?.start(configuration) { [weak self] in self?.hasNews?() }
  }

  func take() -> [Message] {
    var messages: [Message] = []
    if let snapshot = lab?.snapshots.take() {
      recording.add(snapshot)
      messages.append(.lab(snapshot))
    }
    switch news.take() {
    case .snapshot(let snapshot, let state):
      recording.add(snapshot)
      messages += [.snapshot(snapshot), .attached(state)]
    case .lost(let state): messages.append(.attached(state))
    case nil: break
    }
    return messages
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
    case .killService, .bringBack, .setMode, .setLoad, .putFault, .healFault, .healAll, .setShape,
      .setMessageBytes, .addInstance, .removeInstance, .join, .turnKnob, .burst:
      return await perform(onLab: effect)
    case .record(let text, let severity): await session.record(text, severity: severity)
    // Nothing there can do these; the keys say so.
    case .pauseQueue, .pauseConsumer, .crashBroker, .look(.redrive): break
    case .copy, .export, .bell, .readBody, .useTheme, .remember, .play, .holdPlaying, .suspend,
      .repaint, .quit:
      break
    }
    return nil
  }

  private func perform(onLab effect: Effect) async -> Message? {
    let outcome = await lab?.perform(effect) { text, severity in
      await session.record(text, severity: severity)
    }
    await session.refresh()
    return outcome.map { .outcome($0) }
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

  var isStartingProcess: Bool { lab?.isStartingProcess ?? false }

  func end(isWatched: Bool) async -> ExitStatus {
    running?.cancel()
    await recording.end(isWatched: isWatched)
    defer { alerts?.end() }
    guard let lab else { return .success }
    return await Farewell(lab, brokerKeepsMessages: true).end(isWatched: isWatched) {}
  }
}
