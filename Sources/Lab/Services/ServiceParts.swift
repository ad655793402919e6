import Synchronization
import Telemetry

/// What every service but the customers is made of, and how it takes the runner's commands.
final class ServiceParts: Sendable {
  let caller: PeerCaller
  /// Set for a service that publishes or that tries messages again.
  let publisher: EventPublisher?
  /// Set for a service that has a queue of its own to consume.
  let consumer: QueueConsumer?
  private let context: ServiceContext
  private let plan: ServicePlan
  /// What the scenario's knob stands at.
  private let lastKnob: Mutex<Int?>

  init(
    context: ServiceContext,
    plan: ServicePlan,
    publisher: EventPublisher?,
    consumer: QueueConsumer? = nil
  ) {
    self.context = context
    self.plan = plan
    self.publisher = publisher
    self.consumer = consumer
    caller = PeerCaller(context: context, plan: plan)
    lastKnob = Mutex(context.arguments.knob)
  }

  /// What the scenario's knob stands at; nil when it has none.
  var knob: Int? { lastKnob.withLock { $0 } }

  /// Carries out a command; those for the customers are none of ours.
  func receive(_ command: ServiceCommand) {
    switch command {
    case .peer(let name, let ports): caller.setPorts(ports, of: name)
    case .messageBytes(let bytes): publisher?.setMessageBytes(bytes)
    case .knob(let value): turnKnob(to: value)
    case .fault(let fault):
      context.faults.put(fault)
      if fault.kind == .poison { consumer?.poison() }
      followSplit()
    case .heal(let fault):
      context.faults.heal(fault)
      followSplit()
    case .poisons(let faults): context.faults.setPoisons(faults)
    case .drop:
      publisher?.drop()
      consumer?.drop()
    case .scenario, .mode, .load, .shape, .burst, .tellArrivals, .goHome, .stop: break
    }
  }

  private func turnKnob(to value: Int) {
    publisher?.setKnob(value)
    lastKnob.withLock { $0 = value }
    guard let consumer else { return context.events.write(.knobTurned(value)) }
    Task {
      await consumer.setCopies(context.scenario.copies(of: plan, knob: value))
      context.events.write(.knobTurned(value))
    }
  }

  private func followSplit() {
    publisher?.followSplit()
    consumer?.followSplit()
  }
}
