import Telemetry
import Testing

@testable import ManagementClient

/// When each question is asked.
@Suite struct PollingPlanTests {
  private func instant(_ seconds: Double) -> Instant { Instant.zero.advanced(bySeconds: seconds) }

  /// Runs a plan for some minutes against a broker whose answers take as long as is said.
  private func run(
    seconds: Double,
    step: Double = 5,
    _ cost: (PolledCall) -> (seconds: Double, rows: Int)
  ) -> (asked: [PolledCall: Int], busy: Double, plan: PollingPlan) {
    var plan = PollingPlan(stepSeconds: step)
    var asked: [PolledCall: Int] = [:]
    var busy = 0.0
    for tick in stride(from: 1_000.0, to: 1_000 + seconds, by: step) {
      var now = tick
      for call in plan.due(at: instant(tick)) {
        let (seconds, rows) = cost(call)
        now += seconds
        busy += seconds
        asked[call, default: 0] += 1
        plan.answered(call, seconds: seconds, bytes: 1_000, rows: rows, at: instant(now))
      }
    }
    return (asked, busy, plan)
  }

  @Test func everythingIsAskedAtFirst() {
    #expect(PollingPlan(stepSeconds: 5).due(at: instant(1)) == PolledCall.allCases)
  }

  @Test func whatCostsLittleIsAskedEachStep() {
    let (asked, _, plan) = run(seconds: 60) { _ in (0.001, 10) }
    #expect(asked[.overview] == 12)
    #expect(asked[.queues] == 12)
    #expect(asked[.bindings] == 2)
    #expect(plan.period(of: .queues) == 5)
  }

  @Test func aThousandQueuesCostNoMoreThanATwentiethOfACore() {
    // As measured with RabbitMQ 3.10: a list of 1,000 queues takes 0.2 s.
    let (asked, busy, _) = run(seconds: 600) { call in
      call == .queues ? (0.207, 1_000) : (0.01, 100)
    }
    #expect(busy / 600 < 0.05)
    #expect(asked[.queues, default: 0] >= 20)
  }

  @Test func moreThanAThousandQueuesAreListedOnceInThirtySecondsAtMost() {
    let (asked, busy, _) = run(seconds: 600) { call in
      call == .queues ? (0.05, 1_001) : (0.002, 100)
    }
    #expect(asked[.queues] == 20)
    #expect(busy / 600 < 0.05)
  }

  @Test func tenThousandQueuesAreListedRarely() {
    let (asked, busy, plan) = run(seconds: 1_200) { call in
      call == .queues ? (2.5, 10_000) : (0.01, 100)
    }
    #expect(busy / 1_200 < 0.05)
    #expect((1...8).contains(asked[.queues, default: 0]))
    #expect(plan.period(of: .queues) ?? 0 > 120)
    #expect(plan.singles(ofSeconds: 0.002) == 25)
  }

  @Test func clientsAreAskedForTogether() {
    var plan = PollingPlan(stepSeconds: 5)
    for call in PolledCall.allCases {
      plan.answered(call, seconds: call == .channels ? 1 : 0.001, bytes: 1, rows: 1, at: instant(1))
    }
    let due = plan.due(at: instant(6))
    #expect(!due.contains(.consumers))
    #expect(!due.contains(.connections))
    #expect(due.contains(.queues))
  }

  @Test func theCostIsWhatWasMeasured() {
    let (_, busy, plan) = run(seconds: 60) { _ in (0.01, 10) }
    let cost = plan.cost(at: instant(1_060))
    #expect(abs(cost.share - busy / 60) < 0.002)
    #expect(cost.queuesMilliseconds == 10)
    #expect(cost.stepSeconds == 5)
  }
}
