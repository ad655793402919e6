/// What customers saw of one way of calling.
package struct CallWaySnapshot: Sendable, Hashable {
  package var way: CallWay
  /// What the scenario calls it, in the lab's language; empty for the usual name.
  package var title: String
  /// Customers that arrived (scheduled, whether or not they were served in time).
  package var offered: UInt64
  /// Requests that succeeded.
  package var succeeded: UInt64
  /// Requests that were refused for a reason of the business, too little balance say: a correct
  /// answer, not a failure.
  package var declined: UInt64
  /// Requests that failed or timed out.
  package var failed: UInt64
  /// Of the failed ones those that were turned away at once, with the request to come again.
  package var refused: UInt64
  /// Latencies of the answered and failed requests of the last ``LatencySnapshot/windowSeconds``.
  package var latency: LatencySnapshot?
  /// Requests that are being worked on, of at most ``threads``.
  package var busyThreads: Int
  /// Requests that can be worked on at once.
  package var threads: Int
  /// Requests that wait for a free thread.
  package var waitingRequests: Int
  /// The step that most busy threads wait for; nil when none is busy.
  package var waitsFor: String?
  /// What one recent request did, step after step.
  package var waterfall: [RequestStep]

  /// - Parameters:
  ///   - way: Which way.
  ///   - title: What the scenario calls it.
  ///   - offered: Customers that arrived.
  ///   - succeeded: Requests that succeeded.
  ///   - declined: Requests that the business refused.
  ///   - failed: Requests that failed or timed out.
  ///   - refused: Of these, those that were turned away at once.
  ///   - latency: Of the last seconds.
  ///   - busyThreads: Requests that are being worked on.
  ///   - threads: Requests that can be worked on at once.
  ///   - waitingRequests: Requests that wait for a thread.
  ///   - waitsFor: The step that most busy threads wait for.
  ///   - waterfall: What one recent request did.
  package init(
    way: CallWay,
    title: String = "",
    offered: UInt64 = 0,
    succeeded: UInt64 = 0,
    declined: UInt64 = 0,
    failed: UInt64 = 0,
    refused: UInt64 = 0,
    latency: LatencySnapshot? = nil,
    busyThreads: Int = 0,
    threads: Int = 0,
    waitingRequests: Int = 0,
    waitsFor: String? = nil,
    waterfall: [RequestStep] = []
  ) {
    self.way = way
    self.title = title
    self.offered = offered
    self.succeeded = succeeded
    self.declined = declined
    self.failed = failed
    self.refused = refused
    self.latency = latency
    self.busyThreads = busyThreads
    self.threads = threads
    self.waitingRequests = waitingRequests
    self.waitsFor = waitsFor
    self.waterfall = waterfall
  }
}

/// One step of one request, as measured.
package struct RequestStep: Sendable, Hashable {
  /// What became of a step.
  package enum Outcome: String, Sendable, Hashable, CaseIterable {
    case done
    case declined
    case failed
  }

  /// A service's name; ``publish`` for the publish with its confirm.
  package var name: String
  /// From the beginning of the request, in milliseconds.
  package var startMilliseconds: Double
  package var milliseconds: Double
  package var outcome: Outcome

  /// The name of the step that hands the event to the broker.
  package static let publish = "publish"

  /// - Parameters:
  ///   - name: A service's name, or ``publish``.
  ///   - startMilliseconds: From the beginning of the request.
  ///   - milliseconds: How long it took.
  ///   - outcome: What became of it.
  package init(
    name: String,
    startMilliseconds: Double,
    milliseconds: Double,
    outcome: Outcome = .done
  ) {
    self.name = name
    self.startMilliseconds = startMilliseconds
    self.milliseconds = milliseconds
    self.outcome = outcome
  }
}

/// One of the ways to have the services downstream of a request do their part.
package enum CallWay: String, Sendable, Hashable, CaseIterable {
  case synchronous
  case asynchronous
  /// The third way that some scenarios have: a bounded queue, an outbox.
  case alternative

  /// The letter that stands for it on the screen.
  package var letter: String {
    switch self {
    case .synchronous: "A"
    case .asynchronous: "B"
    case .alternative: "C"
    }
  }
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
