import Synchronization
import Telemetry
import Testing

@testable import Lab

extension StepFault {
  static func sample(
    _ identifier: Int,
    _ kind: FaultKind,
    amount: Int = 0,
    percent: Int = 100,
    count: Int? = nil,
    seed: UInt64 = 1
  ) -> StepFault {
    StepFault(
      identifier: identifier,
      kind: kind,
      amount: amount,
      percent: percent,
      count: count,
      seed: seed
    )
  }
}

struct FaultSwitchboardTests {
  private func switchboard(_ fault: StepFault...) -> FaultSwitchboard {
    let faults = FaultSwitchboard { _ in }
    for fault in fault { faults.put(fault) }
    return faults
  }

  /// Which of the first steps are struck by latency.
  private func struck(_ faults: FaultSwitchboard, steps: Int = 2_000) -> [Bool] {
    (0..<steps).map { _ in faults.nextStep().extraMilliseconds > 0 }
  }

  @Test func withoutFaultsNothingHappens() {
    let faults = switchboard()
    #expect(faults.nextStep() == FaultSwitchboard.StepEffect())
    #expect(faults.nextPublish() == FaultSwitchboard.PublishEffect())
    #expect(faults.poison == nil)
    #expect(!faults.isSplit)
  }

  @Test func everyKindOfStepHasItsEffect() {
    #expect(switchboard(.sample(1, .latency, amount: 300)).nextStep().extraMilliseconds == 300)
    #expect(switchboard(.sample(1, .slow, amount: 10)).nextStep().factor == 10)
    #expect(switchboard(.sample(1, .error, amount: 100)).nextStep().isFailing)
    let jitter = switchboard(.sample(1, .jitter, amount: 500))
    let delays = (0..<1_000).map { _ in jitter.nextStep().extraMilliseconds }
    #expect(delays.allSatisfy { (0..<500).contains($0) })
    #expect(abs(delays.reduce(0, +) / 1_000 - 250) < 25)
  }

  @Test func everyKindOfPublishHasItsEffect() {
    typealias Effect = FaultSwitchboard.PublishEffect
    #expect(switchboard(.sample(1, .noConfirms)).nextPublish() == Effect(isUnconfirmed: true))
    #expect(switchboard(.sample(1, .wrongKey)).nextPublish() == Effect(hasWrongKey: true))
    #expect(switchboard(.sample(1, .duplicateIDs)).nextPublish() == Effect(isTwice: true))
    let big = switchboard(
      .sample(1, .oversizedBody, amount: 100),
      .sample(2, .oversizedBody, amount: 5)
    )
    #expect(big.nextPublish() == Effect(extraBytes: 105))
  }

  @Test func faultsAddUp() {
    let faults = switchboard(
      .sample(1, .latency, amount: 100),
      .sample(2, .latency, amount: 20),
      .sample(3, .slow, amount: 3),
      .sample(4, .slow, amount: 5)
    )
    #expect(
      faults.nextStep() == FaultSwitchboard.StepEffect(extraMilliseconds: 120, factor: 15)
    )
    faults.heal(2)
    faults.heal(3)
    #expect(
      faults.nextStep() == FaultSwitchboard.StepEffect(extraMilliseconds: 100, factor: 5)
    )
  }

  @Test func oneWithTheSameNumberTakesThePlaceOfTheFirst() {
    let faults = switchboard(.sample(1, .latency, amount: 100), .sample(1, .latency, amount: 7))
    #expect(faults.nextStep().extraMilliseconds == 7)
    faults.heal(1)
    #expect(faults.nextStep().extraMilliseconds == 0)
  }

  @Test(arguments: [1, 30, 75, 100])
  func soManyPercentOfTheStepsAreStruck(percent: Int) {
    let hits = struck(switchboard(.sample(1, .latency, amount: 1, percent: percent))).count { $0 }
    #expect(abs(Double(hits) / 2_000 - Double(percent) / 100) < 0.035)
  }

  @Test func anErrorFailsSoManyPercentOfTheSteps() {
    let faults = switchboard(.sample(1, .error, amount: 40))
    let failing = (0..<2_000).count { _ in faults.nextStep().isFailing }
    #expect(abs(Double(failing) / 2_000 - 0.4) < 0.035)
  }

  @Test func theSameSeedStrikesTheSameSteps() {
    func steps(seed: UInt64) -> [Bool] {
      struck(switchboard(.sample(1, .latency, amount: 1, percent: 50, seed: seed)), steps: 200)
    }
    #expect(steps(seed: 5) == steps(seed: 5))
    #expect(steps(seed: 5) != steps(seed: 6))
  }

  @Test(arguments: [FaultKind.latency, .jitter, .error, .slow])
  func aHigherProbabilityStrikesTheStepsOfALowerOneAndMore(kind: FaultKind) {
    func steps(percent: Int) -> Set<Int> {
      let faults = switchboard(.sample(1, kind, amount: 100, percent: percent, seed: 8))
      return Set((0..<500).filter { _ in faults.nextStep() != FaultSwitchboard.StepEffect() })
    }
    #expect(steps(percent: 20).isStrictSubset(of: steps(percent: 60)))
  }

  @Test func stepsAndPublishesDoNotUseUpEachOthersChance() {
    let undisturbed = switchboard(.sample(1, .duplicateIDs, percent: 50))
    let disturbed = switchboard(.sample(1, .duplicateIDs, percent: 50))
    for _ in 0..<200 {
      _ = disturbed.nextStep()
      #expect(disturbed.nextPublish() == undisturbed.nextPublish())
    }
  }

  @Test func afterItsNumberOfStrikesAFaultIsOverAndSaysSo() {
    let over = Mutex<[Int]>([])
    let faults = FaultSwitchboard { identifier in over.withLock { $0.append(identifier) } }
    faults.put(.sample(1, .latency, amount: 10, count: 3))
    faults.put(.sample(2, .latency, amount: 1, percent: 50, count: 5))
    // Publishes are none of its business.
    _ = faults.nextPublish()
    let delays = (0..<100).map { _ in faults.nextStep().extraMilliseconds }
    #expect(delays.reduce(0, +) == 35)
    #expect(delays[..<3].allSatisfy { $0 >= 10 })
    #expect(over.withLock { $0 } == [1, 2])
  }

  @Test func poisonIsPoisonAsLongAsItsFaultIsInForceSomewhere() {
    let faults = switchboard(.sample(4, .poison, amount: 700))
    faults.setPoisons([4, 9])
    #expect(faults.isPoison(4) && faults.isPoison(9))
    #expect(!faults.isPoison(5) && !faults.isPoison(nil))
    // Healed, and put again at once: what the new fault puts is poison, what the old one put is not.
    faults.setPoisons([10])
    #expect(!faults.isPoison(4) && !faults.isPoison(9) && faults.isPoison(10))
  }

  @Test func poisonHasAnInterval() {
    let faults = switchboard(.sample(4, .poison, amount: 700))
    #expect(faults.poison?.amount == 700)
    #expect(faults.nextStep() == FaultSwitchboard.StepEffect())
    faults.heal(4)
    #expect(faults.poison == nil)
  }

  @Test(.timeLimit(.minutes(1))) func aSplitHoldsEverythingUntilItIsHealed() async throws {
    let faults = switchboard(.sample(1, .split), .sample(2, .split))
    let passed = Inside()
    #expect(faults.isSplit)
    await withTaskGroup { group in
      for _ in 0..<20 {
        group.addTask {
          await faults.passage()
          passed.enter()
        }
      }
      group.addTask {
        faults.heal(1)
        // The other one still holds.
        #expect(faults.isSplit)
        #expect(passed.counts.total == 0)
        faults.heal(2)
      }
    }
    #expect(passed.counts.total == 20)
    // Nothing holds any more, so this returns.
    await faults.passage()
  }
}
