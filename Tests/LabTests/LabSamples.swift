import AMQPClient
import Synchronization
import Telemetry

@testable import Lab

extension Scenario {
  /// Services around one topic exchange, `payments`.
  static func small(_ services: [ServicePlan]) -> Scenario {
    Scenario(
      name: "small",
      title: LocalText(english: "Small", chinese: "小"),
      about: LocalText(english: "Small.", chinese: "小。"),
      exchanges: [ExchangePlan(name: "payments", type: "topic")],
      services: services
    )
  }

  /// Turns the number of copies of a service's queue with the knob.
  func turningCopies(of service: String, values: [Int], start: Int) -> Scenario {
    var scenario = self
    scenario.knob = KnobPlan(
      subject: .copies(service: service),
      label: LocalText(english: service, chinese: service),
      values: values,
      start: start
    )
    return scenario
  }
}

extension ServicePlan {
  /// So long that a call is answered in time however busy the machine is.
  private static let patience = 60_000

  /// A service whose queue, named as it is, gets every event of `payments`.
  static func consumer(
    _ name: String,
    _ change: (inout QueuePlan) -> Void = { _ in }
  ) -> ServicePlan {
    var queue = QueuePlan(
      name: name,
      bindings: [QueuePlan.Binding(exchange: "payments", key: "payment.*")]
    )
    change(&queue)
    return ServicePlan(name: name, timeoutMilliseconds: patience, queue: queue)
  }

  /// A service that is only called and works for no time.
  static func called(
    _ name: String,
    _ change: (inout ServicePlan) -> Void = { _ in }
  )
    -> ServicePlan
  {
    var plan = ServicePlan(
      name: name,
      work: WorkPlan(meanMilliseconds: 0),
      timeoutMilliseconds: patience
    )
    change(&plan)
    return plan
  }

  /// The service that customers call; it has no work of its own.
  static func entry(
    _ calls: [CallWay: [CallPlan]],
    _ change: (inout ServicePlan) -> Void = { _ in }
  ) -> ServicePlan {
    var plan = ServicePlan(name: "shop", isEntry: true, work: WorkPlan(meanMilliseconds: 0))
    plan.calls = calls
    change(&plan)
    return plan
  }
}

extension CustomerRequest {
  /// What a customer wants who has just come.
  static func sample(_ sequence: UInt64 = 1, way: CallWay = .synchronous) -> CustomerRequest {
    CustomerRequest(
      identity: MessageIdentity(run: 7, start: 1, sequence: sequence),
      way: way,
      account: 3,
      cents: 1250,
      arrivedAt: MonotonicClock.now().nanoseconds
    )
  }
}

/// What a service's process has besides the service, in this process: a loop, faults, and a pipe for
/// its lines.
final class Surroundings: Sendable {
  let context: ServiceContext
  private let pipe: Pipe
  private let read = Mutex((lines: LineSplitter(), events: [ServiceEvent]()))

  /// A port where nobody listens: without a word more there is no broker.
  static let nowhere = ClientEndpoint(host: "127.0.0.1", port: 1)

  init(
    _ scenario: Scenario,
    _ service: String,
    timeScale: Double = 1,
    joined: [String] = [],
    knob: Int? = nil
  ) throws {
    let pipe = try Pipe()
    // A service may outlive its surroundings and must not write into what has the number then.
    let events = EventWriter(fileDescriptor: pipe.writeEnd) { withExtendedLifetime(pipe) {} }
    self.pipe = pipe
    context = ServiceContext(
      arguments: ServiceArguments(
        service: service,
        name: service,
        endpoints: [Self.nowhere],
        run: 7,
        start: 1,
        seed: 42,
        timeScale: timeScale,
        directory: "/nowhere",
        joined: joined,
        knob: knob
      ),
      scenario: scenario,
      loop: LabProcess.anyLoop,
      events: events,
      faults: FaultSwitchboard { events.write(.faultOver($0)) }
    )
  }

  /// Every line that was written so far.
  var events: [ServiceEvent] {
    let bytes = pipe.readWhatIsThere()
    return read.withLock { read in
      read.events += read.lines.append(bytes).compactMap(ServiceEvent.init(line:))
      return read.events
    }
  }

  /// The events that were published so far.
  var published: [PublishedLine] {
    events.compactMap { event in
      if case .published(let line) = event { line } else { nil }
    }
  }
}

/// Counts who is inside.
final class Inside: Sendable {
  private let state = Mutex((now: 0, most: 0, total: 0))

  var counts: (now: Int, most: Int, total: Int) { state.withLock { $0 } }

  func enter() {
    state.withLock { state in
      state.now += 1
      state.most = max(state.most, state.now)
      state.total += 1
    }
  }

  func leave() {
    state.withLock { $0.now -= 1 }
  }
}
