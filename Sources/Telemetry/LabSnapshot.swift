/// What a running scenario measured, at one instant.
package struct LabSnapshot: Sendable, Hashable {
  package var at: Instant
  package var scenario: String
  package var mode: CallMode
  /// The arrival rate that the person asked for, in customers a second, for each way in use.
  package var offeredPerSecond: Double
  package var state: LabState
  /// One entry for each way of calling that has been used, synchronous first.
  package var ways: [CallWaySnapshot]
  /// The processes, in the scenario's order.
  package var services: [ServiceSnapshot]

  package init(
    at: Instant,
    scenario: String,
    mode: CallMode,
    offeredPerSecond: Double,
    state: LabState,
    ways: [CallWaySnapshot] = [],
    services: [ServiceSnapshot] = []
  ) {
    self.at = at
    self.scenario = scenario
    self.mode = mode
    self.offeredPerSecond = offeredPerSecond
    self.state = state
    self.ways = ways
    self.services = services
  }
}

/// Which way customers' requests go.
package enum CallMode: String, Sendable, Hashable, CaseIterable {
  case synchronous
  case asynchronous
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

/// What customers saw of one way of calling.
package struct CallWaySnapshot: Sendable, Hashable {
  package var way: CallWay
  /// Customers that arrived (scheduled, whether or not they were served in time).
  package var offered: UInt64
  /// Payments that succeeded.
  package var succeeded: UInt64
  /// Payments that were refused for too little balance: a correct answer, not a failure.
  package var declined: UInt64
  /// Requests that failed or timed out.
  package var failed: UInt64
  /// Latencies of the answered and failed requests of the last ``LatencySnapshot/windowSeconds``.
  package var latency: LatencySnapshot?

  package init(
    way: CallWay,
    offered: UInt64 = 0,
    succeeded: UInt64 = 0,
    declined: UInt64 = 0,
    failed: UInt64 = 0,
    latency: LatencySnapshot? = nil
  ) {
    self.way = way
    self.offered = offered
    self.succeeded = succeeded
    self.declined = declined
    self.failed = failed
    self.latency = latency
  }
}

/// One of the two ways to call the services downstream of a payment.
package enum CallWay: String, Sendable, Hashable, CaseIterable {
  case synchronous
  case asynchronous
}

/// Percentiles with the number of samples they stand on, in milliseconds.
package struct LatencySnapshot: Sendable, Hashable {
  package var p50: Double
  package var p95: Double
  package var p99: Double
  package var sampleCount: Int
  package var windowSeconds: Double

  package init(p50: Double, p95: Double, p99: Double, sampleCount: Int, windowSeconds: Double) {
    self.p50 = p50
    self.p95 = p95
    self.p99 = p99
    self.sampleCount = sampleCount
    self.windowSeconds = windowSeconds
  }
}

/// One service of a scenario: one operating-system process.
package struct ServiceSnapshot: Sendable, Hashable {
  package var name: String
  package var state: ServiceState
  /// The queue it consumes from; nil for a service that is only called.
  package var queue: String?
  /// Steps of work done since the scenario began, restarts included.
  package var done: UInt64
  /// Synchronous calls answered, restarts included.
  package var callsAnswered: UInt64

  package init(
    name: String,
    state: ServiceState,
    queue: String? = nil,
    done: UInt64 = 0,
    callsAnswered: UInt64 = 0
  ) {
    self.name = name
    self.state = state
    self.queue = queue
    self.done = done
    self.callsAnswered = callsAnswered
  }
}

/// The state of a service's process.
package enum ServiceState: Sendable, Hashable {
  case starting
  case running(processIdentifier: Int)
  /// Killed by the person; `u` starts it again.
  case killed
  /// It ended by itself, with one sentence that says how.
  case ended(String)
}
