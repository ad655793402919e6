import AMQPServer
import Dashboard
import Lab
import Telemetry

/// The scenario behind a screen, whichever broker it runs on.
///
/// - Isolation: the main actor; the scenario's processes run elsewhere.
@MainActor
final class LabDesk {
  /// The scenario's newest snapshot, until it is taken.
  let snapshots = Mailbox<LabSnapshot>()
  private(set) var runner: LabRunner?
  /// From the beginning, since the scenario is started right after the first picture.
  private var isBeginning = true

  /// Starts the scenario's processes.
  ///
  /// - Parameters:
  ///   - configuration: What is to be run, and on which broker.
  ///   - hasNews: Called when there is a snapshot to take.
  /// - Throws: ``LabError`` when the configuration means nothing to the lab.
  func start(
    _ configuration: LabConfiguration,
    hasNews: (@MainActor @Sendable () -> Void)? = nil
  ) async throws(LabError) {
    defer { isBeginning = false }
    let runner = try await LabRunner.start(configuration)
    self.runner = runner
    runner.onSnapshot { [snapshots] snapshot in
      snapshots.put(snapshot)
      if let hasNews { Task { @MainActor in hasNews() } }
    }
  }

  /// Whether a process of the scenario is on its way.
  ///
  /// Until its program runs, our own thread waits for it inside the system call that makes it. To
  /// stop the whole job in that moment would stop the child and never the parent.
  var isStartingProcess: Bool {
    isBeginning || runner?.snapshot.services.contains { $0.state == .starting } == true
  }

  /// Does one of the lab's effects.
  ///
  /// - Parameters:
  ///   - effect: What the dashboard wants.
  ///   - note: Puts a line on the timeline.
  /// - Returns: What to tell the person; nil for effects that need no answer.
  func perform(
    _ effect: Effect,
    note: @MainActor (String, BrokerEvent.Severity) async -> Void
  ) async -> Outcome? {
    guard let runner else { return .refused("the scenario has not started") }
    var event: (text: String, severity: BrokerEvent.Severity)?
    let result: Result<String, LabRefusal>
    switch effect {
    case .killService(let name):
      event = ("\(name) killed (you, K)", .warning)
      result = await runner.kill(service: name)
    case .bringBack(let service):
      event = ("\(service ?? "the last service") brought back (you, u)", .information)
      result = await runner.bringBack(service: service)
    case .putFault(let request):
      event = ("fault on \(request.service): \(request.words) (you, f)", .warning)
      result = await runner.put(request)
    case .healFault(let identifier): result = await runner.heal(fault: identifier)
    case .healAll:
      event = ("all healed (you, U)", .information)
      result = await runner.healAll()
    case .addInstance(let service): result = await runner.add(service: service)
    case .removeInstance(let service): result = await runner.removeOne(service: service)
    case .join(let service): return told(await runner.join(service: service))
    case .turnKnob(let value): return told(await runner.turnKnob(to: value))
    case .setMode, .setLoad, .burst, .setShape, .setMessageBytes:
      load(runner, effect)
      return nil
    case .publish, .pauseQueue, .pauseConsumer, .killConsumer, .record, .crashBroker, .act,
      .watch, .setRefresh, .suspend, .repaint, .quit, .look, .copy, .export, .alert, .bell,
      .readBody, .useTheme, .remember, .setRecording, .play, .holdPlaying, .switchTarget, .see:
      return nil
    }
    if case .success(let text) = result {
      await note(event?.text ?? text, event?.severity ?? .information)
    }
    return told(result)
  }

  /// Passes on what needs no answer.
  private func load(_ runner: LabRunner, _ effect: Effect) {
    if case .setMode(let mode) = effect { runner.setMode(mode) }
    if case .setLoad(let perSecond) = effect { runner.setLoad(perSecond: perSecond) }
    if case .burst(let customers) = effect { runner.burst(customers: customers) }
    if case .setShape(let shape) = effect { runner.setShape(shape) }
    if case .setMessageBytes(let bytes) = effect { runner.setMessageBytes(bytes) }
  }

  private func told(_ result: Result<String, LabRefusal>) -> Outcome {
    switch result {
    case .success(let text): .succeeded(text)
    case .failure(let refusal): .refused(refusal.message)
    }
  }
}
