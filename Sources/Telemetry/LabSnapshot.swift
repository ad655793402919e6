/// What a running scenario measured, at one instant.
package struct LabSnapshot: Sendable, Hashable {
  package var at: Instant
  package var scenario: String
  /// What the scenario is about, in a few words of the lab's language.
  package var title: String
  package var mode: CallMode
  /// The arrival rate that the person asked for, in customers a second, for each way in use.
  package var offeredPerSecond: Double
  /// How arrivals move around that rate now.
  package var shape: LoadShape
  /// What the scenario calls a peak.
  package var peak: LoadShape
  /// Recorded arrivals that were given when the lab began; nil without a recording.
  package var replay: LoadShape?
  /// Whether the broker was taken away on purpose and has not come back yet.
  package var isBrokerAway: Bool
  /// What a message carries besides what it needs, in bytes.
  package var messageBytes: Int
  package var state: LabState
  /// One entry for each way of calling that has been used, in the order of ``CallWay``.
  package var ways: [CallWaySnapshot]
  /// The processes, in the scenario's order.
  package var services: [ServiceSnapshot]
  /// The account of each queue so far, in the scenario's order.
  package var queues: [LabQueueSnapshot]
  /// In the order in which they were put.
  package var faults: [ActiveFault]
  /// What the scenario lets a person turn; nil when there is nothing.
  package var knob: LabKnob?
  /// Services that can still join, in the scenario's order.
  package var joinable: [String]
  /// What a person should know of the ways of calling now, one sentence each: which synchronous
  /// caller must be changed for a service that has joined, say.
  package var notes: [String]
  package var lesson: Lesson

  /// - Parameters:
  ///   - at: When it was made.
  ///   - scenario: The scenario's name.
  ///   - title: What the scenario is about.
  ///   - mode: Which ways customers go.
  ///   - offeredPerSecond: Customers a second for each way in use.
  ///   - shape: How arrivals move around that rate.
  ///   - peak: What the scenario calls a peak.
  ///   - replay: Recorded arrivals that were given.
  ///   - isBrokerAway: Whether the broker was taken away on purpose.
  ///   - messageBytes: What a message carries besides what it needs.
  ///   - state: Where the scenario stands.
  ///   - ways: What customers saw.
  ///   - services: The processes.
  ///   - queues: The account of each queue.
  ///   - faults: What is broken on purpose.
  ///   - knob: What a person may turn.
  ///   - joinable: Services that can still join.
  ///   - notes: What a person should know now.
  ///   - lesson: The guided part.
  package init(
    at: Instant,
    scenario: String,
    title: String = "",
    mode: CallMode,
    offeredPerSecond: Double,
    shape: LoadShape = .steady,
    peak: LoadShape = LoadShape(kind: .step, factor: 10, seconds: 20),
    replay: LoadShape? = nil,
    isBrokerAway: Bool = false,
    messageBytes: Int = 0,
    state: LabState,
    ways: [CallWaySnapshot] = [],
    services: [ServiceSnapshot] = [],
    queues: [LabQueueSnapshot] = [],
    faults: [ActiveFault] = [],
    knob: LabKnob? = nil,
    joinable: [String] = [],
    notes: [String] = [],
    lesson: Lesson = Lesson()
  ) {
    self.at = at
    self.scenario = scenario
    self.title = title
    self.mode = mode
    self.offeredPerSecond = offeredPerSecond
    self.shape = shape
    self.peak = peak
    self.replay = replay
    self.isBrokerAway = isBrokerAway
    self.messageBytes = messageBytes
    self.state = state
    self.ways = ways
    self.services = services
    self.queues = queues
    self.faults = faults
    self.knob = knob
    self.joinable = joinable
    self.notes = notes
    self.lesson = lesson
  }
}

/// Something of a scenario that a person turns while it runs: the share of risky logins, say.
package struct LabKnob: Sendable, Hashable {
  /// What it is, in a few words of the lab's language.
  package var label: String
  /// `%`, or nothing for a plain number.
  package var unit: String
  package var value: Int
  /// What it can be turned to, ascending.
  package var values: [Int]

  /// - Parameters:
  ///   - label: What it is, in a few words.
  ///   - unit: `%`, or nothing for a plain number.
  ///   - value: What it stands at.
  ///   - values: What it can be turned to, ascending.
  package init(label: String, unit: String, value: Int, values: [Int]) {
    self.label = label
    self.unit = unit
    self.value = value
    self.values = values
  }
}

/// Which way customers' requests go.
package enum CallMode: String, Sendable, Hashable, CaseIterable {
  case synchronous
  case asynchronous
  /// Every way that the scenario has, a third one included.
  case both

  /// The mode that the `x` key goes to next.
  package var next: CallMode {
    switch self {
    case .synchronous: .asynchronous
    case .asynchronous: .both
    case .both: .synchronous
    }
  }
}

/// Where a scenario stands.
package enum LabState: Sendable, Hashable {
  case starting
  case running
  /// Customers have gone home; queues drain.
  case draining
  case stopped
  /// It could not start; one sentence says why.
  case failed(String)
}

/// One process of a scenario: a service, or one more of the same.
package struct ServiceSnapshot: Sendable, Hashable {
  /// Its own name: `points`, `points-2`, `payment-sync`.
  package var name: String
  /// What the scenario calls the service: `points`, `payment`.
  package var service: String
  package var state: ServiceState
  /// The queue it consumes from; nil for a service that is only called.
  package var queue: String?
  /// Steps of work done since the scenario began, restarts included.
  package var done: UInt64
  /// Synchronous calls answered, restarts included.
  package var callsAnswered: UInt64
  /// Requests and messages in hand.
  package var inHand: Int
  /// Whether it publishes, so that a producer's faults can be put on it.
  package var isProducer: Bool

  /// - Parameters:
  ///   - name: Its own name.
  ///   - service: What the scenario calls the service; nil for the same.
  ///   - state: Whether it runs.
  ///   - queue: The queue it consumes from.
  ///   - done: Steps of work done.
  ///   - callsAnswered: Synchronous calls answered.
  ///   - inHand: Requests and messages in hand.
  ///   - isProducer: Whether it publishes.
  package init(
    name: String,
    service: String? = nil,
    state: ServiceState,
    queue: String? = nil,
    done: UInt64 = 0,
    callsAnswered: UInt64 = 0,
    inHand: Int = 0,
    isProducer: Bool = false
  ) {
    self.name = name
    self.service = service ?? name
    self.state = state
    self.queue = queue
    self.done = done
    self.callsAnswered = callsAnswered
    self.inHand = inHand
    self.isProducer = isProducer
  }
}

/// The state of a service's process.
package enum ServiceState: Sendable, Hashable {
  case starting
  case running(processIdentifier: Int)
  /// It was stopped by a fault (SIGSTOP); healing the fault continues it.
  case hung(processIdentifier: Int)
  /// Killed by the person or a fault; `u` starts it again.
  case killed
  /// It ended by itself, with one sentence that says how.
  case ended(String)
}
