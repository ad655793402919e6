import AMQPServer
import Dashboard
import JSONText
import Lab
import Telemetry

/// The broker and the scenario that run here.
///
/// - Isolation: the main actor.
@MainActor
final class LiveStage: Stage {
  private let plan: DashboardPlan
  private let backstage: Backstage
  private let recording: RecordingDesk
  private let alerts: AlertCommand?
  private var newest: BrokerSnapshot?

  init(_ plan: DashboardPlan, _ backstage: Backstage) {
    self.plan = plan
    self.backstage = backstage
    recording = RecordingDesk(
      plan.recording,
      label: "the embedded broker on port \(backstage.server.port)"
    )
    alerts = AlertCommand.make(plan, backstage)
  }

  func begin(
    hasNews: @escaping @MainActor () -> Void,
    tell: @escaping @MainActor (Message) -> Void
  ) {
    backstage.server.onSnapshot { Task { @MainActor in hasNews() } }
    recording.begin(tell: tell)
  }

  func start() async throws(LabError) {
    // Lab snapshots wait for the broker's next one: two clocks would mean twice the drawing.
    try await backstage.startLab(plan)
  }

  func openManagement(findings: @escaping @MainActor @Sendable () -> JSON) async {
    await backstage.openManagement(on: plan.managementPort, findings: findings)
  }

  func take() -> [Message] {
    var news: [Message] = []
    if let snapshot = backstage.lab.snapshots.take() {
      recording.add(snapshot)
      news.append(.lab(snapshot))
    }
    if let snapshot = backstage.server.snapshots.take() {
      recording.add(snapshot)
      newest = snapshot
      news.append(.snapshot(snapshot))
    }
    return news
  }

  var time: Message { .tick(SystemClock.now(), SystemClock.wallTime()) }

  func perform(_ effect: Effect) async -> Message? {
    if case .setRecording(let isOn) = effect { return await recording.set(isOn: isOn) }
    if case .look(let look) = effect { return await backstage.look(look) }
    if case .alert(let finding) = effect {
      alerts?.run(finding)
      return nil
    }
    let outcome = await backstage.perform(effect)
    // What the key did shows with the next picture, so that one comes at once.
    backstage.server.requestSnapshot()
    return outcome.map { .outcome($0) }
  }

  var isStartingProcess: Bool { backstage.lab.isStartingProcess }

  func end(isWatched: Bool) async -> ExitStatus {
    await recording.end(isWatched: isWatched)
    defer { alerts?.end() }
    return await Farewell(
      backstage.lab,
      brokerKeepsMessages: false,
      pausedQueues: newest?.pausedQueues(in: "/") ?? []
    ).end(isWatched: isWatched) { await backstage.stopServer() }
  }
}
