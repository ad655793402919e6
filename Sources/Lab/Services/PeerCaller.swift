import Synchronization
import Telemetry

/// What a called service answers.
enum StepAnswer: Sendable, Hashable {
  case done
  case declined
  case failed(reason: String)
}

/// Calls the services that a service's plan names, with their timeouts, retries and ways there.
final class PeerCaller: Sendable {
  private let context: ServiceContext
  private let peers: [String: PeerClient]
  /// Optional services that have not joined are not called.
  private let absent: Set<String>

  init(context: ServiceContext, plan: ServicePlan) {
    self.context = context
    let names = Set(plan.calls.values.flatMap { $0 }.map(\.service))
    let called = context.scenario.services.filter { names.contains($0.name) }
    peers = Dictionary(
      uniqueKeysWithValues: called.map { service in
        (
          service.name,
          PeerClient(
            name: service.name,
            timeout: context.scaled(milliseconds: Double(service.timeoutMilliseconds)),
            loop: context.loop
          )
        )
      }
    )
    absent = Set(
      called.filter { $0.isOptional && !context.arguments.joined.contains($0.name) }.map(\.name)
    )
  }

  /// Says where a service's processes listen.
  func setPorts(_ ports: [Int], of name: String) {
    peers[name]?.setPorts(ports)
  }

  /// Whether the service is there to be called.
  func isPresent(_ call: CallPlan) -> Bool {
    !absent.contains(call.service)
  }

  /// Makes one call of the plan, and all its repetitions one after the other.
  ///
  /// - Parameters:
  ///   - call: What is called.
  ///   - request: What the customer wants.
  ///   - knob: What the scenario's knob stands at; it may be the number of repetitions.
  /// - Returns: What the service answered, the last one that was called.
  func call(_ call: CallPlan, _ request: CustomerRequest, knob: Int?) async -> StepAnswer {
    guard let peer = peers[call.service],
      let service = context.scenario.service(named: call.service)
    else { return .failed(reason: "there is no such service") }
    guard isPresent(call) else { return .done }
    let copies = call.isRepeated ? context.scenario.copies(of: service, knob: knob) : 1
    for copy in 1...max(1, copies) {
      var wish = request
      if call.isRepeated { wish.identity = request.identity.copied(copy) }
      let answer = await insistently(peer, service, wish.body())
      guard answer == .done else { return answer }
    }
    return .done
  }

  /// One call, and again as often as the plan says when it fails.
  private func insistently(
    _ peer: PeerClient,
    _ service: ServicePlan,
    _ body: [UInt8]
  ) async -> StepAnswer {
    var attempt = 0
    while true {
      let answer = await once(peer, service, body)
      guard case .failed = answer, attempt < service.retries else { return answer }
      let factor = Double(1 << min(attempt, 16))
      await context.pause(milliseconds: Double(service.backoffMilliseconds) * factor)
      attempt += 1
    }
  }

  private func once(
    _ peer: PeerClient,
    _ service: ServicePlan,
    _ body: [UInt8]
  ) async -> StepAnswer {
    // Half of the way there, half of it back.
    await context.pause(milliseconds: Double(service.hopMilliseconds) / 2)
    do {
      let response = try await peer.post(WorkerService.path, body)
      await context.pause(milliseconds: Double(service.hopMilliseconds) / 2)
      switch response.status {
      case 200: return .done
      case 402: return .declined
      default: return .failed(reason: "it answered \(response.status)")
      }
    } catch {
      return .failed(reason: "\(error)")
    }
  }
}
