import AMQPServer
import Dashboard
import Lab
import Telemetry

/// What the dashboard wants of the lab.
extension Backstage {
  /// Does one of the lab's effects.
  ///
  /// - Returns: What to tell the person; nil for effects that need no answer.
  func perform(onLab effect: Effect) async -> Outcome? {
    guard let lab else { return .refused("the scenario has not started") }
    switch effect {
    case .killService(let name):
      return await note("\(name) killed (you, K)", .warning, await lab.kill(service: name))
    case .bringBack(let service):
      return await note(
        "\(service ?? "the last service") brought back (you, u)",
        .information,
        await lab.bringBack(service: service)
      )
    case .setMode(let mode): lab.setMode(mode)
    case .setLoad(let perSecond): lab.setLoad(perSecond: perSecond)
    case .burst(let customers): lab.burst(customers: customers)
    case .setShape(let shape): lab.setShape(shape)
    case .setMessageBytes(let bytes): lab.setMessageBytes(bytes)
    case .putFault(let request):
      let text = "fault on \(request.service): \(request.words) (you, f)"
      return await note(text, .warning, await lab.put(request))
    case .healFault(let identifier):
      return await note(nil, .information, await lab.heal(fault: identifier))
    case .healAll: return await note("all healed (you, U)", .information, await lab.healAll())
    case .addInstance(let service):
      return await note(nil, .information, await lab.add(service: service))
    case .removeInstance(let service):
      return await note(nil, .information, await lab.removeOne(service: service))
    case .join(let service): return Backstage.told(await lab.join(service: service))
    case .turnKnob(let value): return Backstage.told(await lab.turnKnob(to: value))
    case .publish, .pauseQueue, .pauseConsumer, .killConsumer, .record, .crashBroker, .act,
      .watch, .setRefresh, .suspend, .repaint, .quit, .look, .copy, .export, .alert, .bell,
      .readBody, .useTheme, .remember, .setRecording, .play, .holdPlaying, .switchTarget, .see:
      break
    }
    return nil
  }

  private static func told(_ result: Result<String, LabRefusal>) -> Outcome {
    switch result {
    case .success(let text): .succeeded(text)
    case .failure(let refusal): .refused(refusal.message)
    }
  }

  /// Puts what was done on the timeline, and says how it went.
  ///
  /// - Parameters:
  ///   - event: The line of the timeline; nil for what the person is told.
  ///   - severity: Of that line.
  ///   - result: What was done, or why it could not be.
  /// - Returns: What to tell the person.
  private func note(
    _ event: String?,
    _ severity: BrokerEvent.Severity,
    _ result: Result<String, LabRefusal>
  ) async -> Outcome {
    if case .success(let text) = result {
      _ = await server.perform(.record(text: event ?? text, severity: severity))
    }
    return Backstage.told(result)
  }
}
