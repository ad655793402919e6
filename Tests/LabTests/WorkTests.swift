import Telemetry
import Testing

@testable import Lab

struct AccountsTests {
  private let plan = AccountPlan()

  @Test func aBalanceIsDeductedWhollyOrNotAtAll() throws {
    var accounts = Accounts(plan)
    let poor = try #require((0..<plan.count).first(where: plan.isPoor))
    #expect(accounts.deduct(cents: 400, from: poor) == .deducted(balanceCents: 100))
    #expect(accounts.deduct(cents: 101, from: poor) == .tooLittle(balanceCents: 100))
    #expect(accounts.deduct(cents: 100, from: poor) == .deducted(balanceCents: 0))
    #expect(accounts.deduct(cents: 1, from: poor) == .tooLittle(balanceCents: 0))
  }

  @Test(arguments: [0, 1, 5, 33, 100])
  func asManyAccountsArePoorAsThePlanSays(percent: Int) {
    var plan = plan
    plan.poorPercent = percent
    var accounts = Accounts(plan)
    let declined = (0..<plan.count).filter {
      let result = accounts.deduct(cents: Int64(plan.dearestCents), from: $0)
      return result == .tooLittle(balanceCents: Int64(plan.poorBalanceCents))
    }
    #expect(declined.count == plan.count * percent / 100)
  }

  @Test(arguments: [-1, 1_000, Int.max])
  func anAccountThatDoesNotExistHasNothingToDeduct(account: Int) {
    var accounts = Accounts(plan)
    #expect(accounts.deduct(cents: 1, from: account) == .unknownAccount)
  }

  @Test(arguments: [0, -100, Int64.min])
  func onlyAnAmountAboveZeroIsDeducted(cents: Int64) {
    var accounts = Accounts(plan)
    #expect(accounts.deduct(cents: cents, from: 0) == .unknownAccount)
  }
}

struct GateTests {
  @Test func neverMoreAreInThanThereArePlaces() async throws {
    let gate = Gate(places: 3)
    let inside = Inside()
    await withTaskGroup { group in
      for _ in 0..<200 {
        group.addTask {
          // The line is far shorter than it may be.
          try? await gate.withPlace {
            inside.enter()
            await Task.yield()
            inside.leave()
          }
        }
      }
    }
    let (now, most, total) = inside.counts
    #expect(now == 0)
    #expect((1...3).contains(most))
    #expect(total == 200)
    #expect(gate.load == (busy: 0, waiting: 0))
  }

  @Test func whoFindsTheLineTooLongIsTurnedAwayAtOnce() async throws {
    let gate = Gate(places: 1)
    let (blocked, unblock) = AsyncStream<Void>.makeStream()
    let turnedAway = Inside()
    await withTaskGroup { group in
      for _ in 0..<(Limits.waitingRequests + 3) {
        group.addTask {
          do {
            try await gate.withPlace {
              for await _ in blocked {}
            }
          } catch {
            // The place is taken and the line is full only now: let everybody through.
            turnedAway.enter()
            unblock.finish()
          }
        }
      }
    }
    #expect((1...2).contains(turnedAway.counts.total))
  }
}

struct WorkBenchTests {
  private func bench(
    _ plan: WorkPlan,
    in surroundings: Surroundings
  ) -> WorkBench {
    WorkBench(places: 1, plan: plan, context: surroundings.context, salt: 1)
  }

  private func seconds(_ body: () async throws -> Void) async rethrows -> Double {
    let began = MonotonicClock.now()
    try await body()
    return MonotonicClock.now().seconds(since: began)
  }

  @Test func aStepOfWorkTakesItsTime() async throws {
    let bench = bench(
      WorkPlan(meanMilliseconds: 30),
      in: try Surroundings(.small([.called("user")]), "user")
    )
    var outcomes: [Bool] = []
    let taken = try await seconds {
      for _ in 0..<2 { outcomes.append(try await bench.work()) }
    }
    #expect(outcomes == [true, true])
    #expect(taken >= 0.06)
  }

  @Test func aTimeScaleMakesItShorter() async throws {
    let surroundings = try Surroundings(.small([.called("user")]), "user", timeScale: 100)
    let bench = bench(WorkPlan(meanMilliseconds: 60_000), in: surroundings)
    let taken = try await seconds { _ = try await bench.work() }
    #expect(taken >= 0.6)
    // How late a busy machine is says nothing of the scale.
    #expect(surroundings.context.scaled(milliseconds: 60_000) == .milliseconds(600))
  }

  @Test func aFaultMakesAStepLongerAndFailsIt() async throws {
    let surroundings = try Surroundings(.small([.called("user")]), "user")
    let bench = bench(WorkPlan(meanMilliseconds: 10), in: surroundings)
    surroundings.context.faults.put(.sample(1, .slow, amount: 5))
    surroundings.context.faults.put(.sample(2, .latency, amount: 20))
    surroundings.context.faults.put(.sample(3, .error, amount: 100))
    var isDone = true
    let taken = try await seconds { isDone = try await bench.work() }
    #expect(!isDone)
    #expect(taken >= 0.07)
  }

  @Test func aPlanThatFailsAlwaysFailsAndOneThatFailsNeverDoesNot() async throws {
    let surroundings = try Surroundings(.small([.called("user")]), "user")
    let bad = bench(WorkPlan(meanMilliseconds: 0, errorPercent: 100), in: surroundings)
    let good = bench(WorkPlan(meanMilliseconds: 0), in: surroundings)
    for _ in 0..<20 {
      #expect(try await !bad.work())
      #expect(try await good.work())
    }
  }
}

struct WorkPlanTests {
  private func draws(_ plan: WorkPlan, seed: UInt64) -> [Double] {
    var random = SeededRandom(seed: seed)
    return (0..<20_000).map { _ in plan.milliseconds(&random) }
  }

  private func mean(_ numbers: [Double]) -> Double {
    numbers.reduce(0, +) / Double(numbers.count)
  }

  private func deviation(_ numbers: [Double]) -> Double {
    let mean = mean(numbers)
    return self.mean(numbers.map { ($0 - mean) * ($0 - mean) }).squareRoot()
  }

  @Test(arguments: 1...5)
  func aFixedStepIsAlwaysTheMean(seed: UInt64) {
    let draws = draws(WorkPlan(meanMilliseconds: 70), seed: seed)
    #expect(draws.allSatisfy { $0 == 70 })
  }

  @Test(arguments: 1...5)
  func aUniformStepIsWithinTheSpreadAndEvenlySo(seed: UInt64) {
    let plan = WorkPlan(distribution: .uniform, meanMilliseconds: 100, spreadPercent: 40)
    let draws = draws(plan, seed: seed)
    #expect(draws.allSatisfy { (60...140).contains($0) })
    #expect(abs(mean(draws) - 100) < 1)
    #expect(abs(deviation(draws) - 80 / 12.0.squareRoot()) < 1)
  }

  @Test(arguments: 1...5)
  func aNormalStepHasTheSpreadAsItsDeviation(seed: UInt64) {
    let plan = WorkPlan(distribution: .normal, meanMilliseconds: 100, spreadPercent: 20)
    let draws = draws(plan, seed: seed)
    #expect(abs(mean(draws) - 100) < 1)
    #expect(abs(deviation(draws) - 20) < 1)
    let near = draws.count { abs($0 - 100) < 20 }
    #expect(abs(Double(near) / Double(draws.count) - 0.683) < 0.02)
  }

  @Test func noStepTakesLessThanNoTime() {
    let plan = WorkPlan(distribution: .normal, meanMilliseconds: 10, spreadPercent: 100)
    let draws = draws(plan, seed: 3)
    #expect(draws.allSatisfy { $0 >= 0 && $0.isFinite })
    // With such a spread one in six would be below.
    #expect(draws.contains(0))
  }

  @Test(arguments: 1...5)
  func anExponentialStepIsMostlyShortAndSometimesVeryLong(seed: UInt64) {
    let plan = WorkPlan(distribution: .exponential, meanMilliseconds: 100)
    let draws = draws(plan, seed: seed)
    #expect(draws.allSatisfy { $0 >= 0 && $0.isFinite })
    #expect(abs(mean(draws) - 100) < 3)
    let shorter = draws.count { $0 < 100 }
    #expect(abs(Double(shorter) / Double(draws.count) - 0.632) < 0.02)
    #expect(draws.contains { $0 > 600 })
  }

  @Test func theSameSeedDrawsTheSame() {
    let plan = WorkPlan(distribution: .normal, meanMilliseconds: 50, spreadPercent: 30)
    #expect(draws(plan, seed: 9) == draws(plan, seed: 9))
    #expect(draws(plan, seed: 9) != draws(plan, seed: 10))
  }
}
