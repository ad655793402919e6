import AMQPServer
import Canvas
import Dashboard
import JSONText
import Lab
import RecordingFile
import Telemetry

/// The broker and the scenario that run here, and the recording of what the dashboard is told.
///
/// - Isolation: the main actor.
@MainActor
final class LiveStage: Stage {
  private let plan: DashboardPlan
  private let backstage: Backstage
  private var tell: (@MainActor (Message) -> Void)?
  private var recorder: FileRecorder?
  /// The file that `--record` named, until it is recorded to.
  private var wanted: RecordingDestination?
  /// Why a recording ended by itself; nil when none did.
  private var problem: String?
  private let alerts: AlertCommand?

  init(_ plan: DashboardPlan, _ backstage: Backstage) {
    self.plan = plan
    self.backstage = backstage
    wanted = plan.recording
    alerts = AlertCommand.make(plan, backstage)
  }

  func begin(
    hasNews: @escaping @MainActor () -> Void,
    tell: @escaping @MainActor (Message) -> Void
  ) {
    self.tell = tell
    backstage.server.onSnapshot { Task { @MainActor in hasNews() } }
    if let wanted { record(to: wanted) }
    wanted = nil
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
    if let snapshot = backstage.labSnapshots.take() {
      recorder?.add(snapshot, at: SystemClock.wallTime())
      news.append(.lab(snapshot))
    }
    if let snapshot = backstage.server.snapshots.take() {
      recorder?.add(snapshot)
      news.append(.snapshot(snapshot))
    }
    return news
  }

  var time: Message { .tick(SystemClock.now(), SystemClock.wallTime()) }

  func perform(_ effect: Effect) async -> Message? {
    if case .setRecording(let isOn) = effect { return await setRecording(isOn: isOn) }
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

  var isStartingProcess: Bool { backstage.isStartingProcess }

  func end(isWatched: Bool) async -> ExitStatus {
    if let recorder {
      let summary = await recorder.finish()
      let file = SafeText.clean(recorder.path)
      if summary.problem == nil, isWatched {
        Announcement.say(
          "recorded \(summary.snapshotCount) snapshots, \(Format.bytes(summary.bytes)), "
            + "to be seen with: sluice replay \(file)"
        )
      }
      problem = problem ?? summary.problem
      if summary.leftOutCount > 0 {
        Announcement.complain("\(file): \(summary.leftOutCount) snapshots could not be recorded")
      }
    }
    if let problem { Announcement.complain(SafeText.clean(problem)) }
    defer { alerts?.end() }
    return await Farewell(backstage).end(isWatched: isWatched)
  }

  // MARK: - Recording

  private func setRecording(isOn: Bool) async -> Message? {
    guard isOn else { return await stopRecording() }
    guard recorder == nil else { return nil }
    do {
      record(to: try RecordingDestination(newNamed: "./sluice-" + SystemClock.fileStamp()))
      return nil
    } catch {
      return .outcome(.refused(SafeText.clean(error.description)))
    }
  }

  private func record(to destination: RecordingDestination) {
    recorder = FileRecorder(
      destination,
      label: "the embedded broker on port \(backstage.server.port)",
      createdAt: SystemClock.wallTime()
    ) { [weak self] problem in await self?.ended(destination.path, problem) }
    tell?(.recording(.started(file: destination.path)))
  }

  private func stopRecording() async -> Message? {
    guard let recorder else { return nil }
    self.recorder = nil
    let summary = await recorder.finish()
    if let late = summary.problem {
      // Unless it was told already.
      guard problem != late else { return nil }
      problem = late
      return .recording(.failed(late))
    }
    return .recording(.stopped(file: recorder.path, bytes: summary.bytes))
  }

  private func ended(_ path: String, _ problem: String) {
    self.problem = problem
    // Another one may have begun meanwhile.
    if recorder?.path == path { recorder = nil }
    tell?(.recording(.failed(problem)))
  }
}
