/// What can be broken on purpose; the raw value is the name in scenario files.
package enum FaultKind: String, Sendable, Hashable, CaseIterable {
  // MARK: A service, its process or its links
  /// Every step of work waits so many milliseconds longer.
  case latency
  /// Every step of work waits up to so many milliseconds longer, drawn anew each time.
  case jitter
  /// So many percent of the steps fail after their work.
  case error
  /// The process is stopped with SIGSTOP; its sockets stay open and nobody answers.
  case hang
  /// The process is killed with SIGKILL.
  case crash
  /// The process is killed so many milliseconds after each start, and started again.
  case crashLoop = "crash-loop"
  /// Every step of work takes so many times as long.
  case slow
  /// One message in so many milliseconds that no consumer of the service can work on.
  case poison
  /// The service's connections to the broker and its callers are cut once.
  case drop
  /// Nothing passes between the service and anybody, and no connection is closed.
  case split
  // MARK: The broker
  case memoryAlarm = "memory-alarm"
  case diskAlarm = "disk-alarm"
  /// The service's queue takes no message above so many; further publishes are refused.
  case queueFull = "queue-full"
  /// The service's queue loses its bindings.
  case unbind
  /// The broker ends as if killed and is started again from its data directory at once.
  case brokerCrash = "broker-crash"
  /// The broker ends in order and is away for so many milliseconds.
  case brokerRestart = "broker-restart"
  // MARK: A producer
  /// Publishes are not confirmed: the customer is answered before the broker has the message.
  case noConfirms = "no-confirms"
  /// Messages are published with a key that no binding matches.
  case wrongKey = "wrong-key"
  /// Messages carry so many bytes more.
  case oversizedBody = "oversized-body"
  /// Every message is published twice, with the same identity.
  case duplicateIDs = "duplicate-ids"
}

/// What a fault is put on.
package enum FaultTarget: String, Sendable, Hashable, CaseIterable {
  case service
  case queue
  case broker
  /// A service that publishes.
  case producer
}

extension FaultKind {
  /// What a fault of this kind is put on.
  package var target: FaultTarget {
    switch self {
    case .latency, .jitter, .error, .hang, .crash, .crashLoop, .slow, .poison, .drop, .split:
      .service
    case .queueFull, .unbind: .queue
    case .memoryAlarm, .diskAlarm, .brokerCrash, .brokerRestart: .broker
    case .noConfirms, .wrongKey, .oversizedBody, .duplicateIDs: .producer
    }
  }

  /// What the amount counts; nil for a kind that has none.
  package var unit: String? {
    switch self {
    case .latency, .jitter, .crashLoop, .poison, .brokerRestart: "ms"
    case .error: "%"
    case .slow: "times"
    case .queueFull: "messages"
    case .oversizedBody: "bytes"
    case .hang, .crash, .drop, .split, .memoryAlarm, .diskAlarm, .unbind, .brokerCrash,
      .noConfirms, .wrongKey, .duplicateIDs:
      nil
    }
  }

  /// The amounts that make sense, in ``unit``.
  package var amounts: ClosedRange<Int> {
    switch self {
    case .latency, .jitter: 1...600_000
    case .error: 1...100
    case .crashLoop, .poison: 100...600_000
    case .brokerRestart: 0...60_000
    case .slow: 2...1_000
    case .queueFull: 1...1_000_000
    case .oversizedBody: 1...1_000_000
    case .hang, .crash, .drop, .split, .memoryAlarm, .diskAlarm, .unbind, .brokerCrash,
      .noConfirms, .wrongKey, .duplicateIDs:
      0...0
    }
  }

  /// The amount that a single key means.
  package var usualAmount: Int {
    switch self {
    case .latency: 2_000
    case .jitter: 500
    case .error: 50
    case .crashLoop: 2_000
    case .slow: 10
    case .poison: 1_000
    case .brokerRestart: 3_000
    case .queueFull: 100
    case .oversizedBody: 100_000
    case .hang, .crash, .drop, .split, .memoryAlarm, .diskAlarm, .unbind, .brokerCrash,
      .noConfirms, .wrongKey, .duplicateIDs:
      0
    }
  }

  /// Whether it is over as soon as it has happened, so that nothing stays that could be healed.
  package var isInstant: Bool {
    switch self {
    case .drop, .brokerCrash, .brokerRestart: true
    case .latency, .jitter, .error, .hang, .crash, .crashLoop, .slow, .poison, .split,
      .memoryAlarm, .diskAlarm, .queueFull, .unbind, .noConfirms, .wrongKey, .oversizedBody,
      .duplicateIDs:
      false
    }
  }

  /// Whether it strikes single steps, so that a probability and a number of times mean something.
  package var strikesSteps: Bool {
    switch self {
    case .latency, .jitter, .error, .slow, .wrongKey, .oversizedBody, .duplicateIDs: true
    case .hang, .crash, .crashLoop, .poison, .drop, .split, .memoryAlarm, .diskAlarm, .queueFull,
      .unbind, .brokerCrash, .brokerRestart, .noConfirms:
      false
    }
  }
}

/// A fault as a person or a scenario's timeline asks for it.
package struct FaultRequest: Sendable, Hashable {
  /// A service's name; ``broker`` for the broker's own faults.
  package var service: String
  package var kind: FaultKind
  /// In the kind's unit; 0 for a kind without one.
  package var amount: Int
  /// How many percent of the steps it strikes, from 1 to 100.
  package var percent: Int
  /// After how many strikes it is over; nil for no end.
  package var count: Int?
  /// After how many seconds it is healed; nil for never.
  package var seconds: Double?
  /// Decides which steps are struck.
  package var seed: UInt64

  /// The name that means the broker where a service is expected.
  package static let broker = "broker"

  /// - Parameters:
  ///   - service: A service's name, or ``broker``.
  ///   - kind: What is done to it.
  ///   - amount: In the kind's unit; nil means ``FaultKind/usualAmount``.
  ///   - percent: How many percent of the steps it strikes.
  ///   - count: After how many strikes it is over.
  ///   - seconds: After how many seconds it is healed.
  ///   - seed: Decides which steps are struck.
  package init(
    service: String,
    kind: FaultKind,
    amount: Int? = nil,
    percent: Int = 100,
    count: Int? = nil,
    seconds: Double? = nil,
    seed: UInt64 = 1
  ) {
    self.service = service
    self.kind = kind
    self.amount = amount ?? kind.usualAmount
    self.percent = percent
    self.count = count
    self.seconds = seconds
    self.seed = seed
  }
}

/// A fault that is in force.
package struct ActiveFault: Sendable, Hashable {
  /// Counted up through a run.
  package var identifier: Int
  package var request: FaultRequest
  package var since: Instant

  /// - Parameters:
  ///   - identifier: Counted up through a run.
  ///   - request: What was asked for.
  ///   - since: When it began.
  package init(identifier: Int, request: FaultRequest, since: Instant) {
    self.identifier = identifier
    self.request = request
    self.since = since
  }
}
