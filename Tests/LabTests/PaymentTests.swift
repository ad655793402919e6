import Synchronization
import Telemetry
import Testing

@testable import Lab

struct PaymentTests {
  private let payment = Payment(
    identity: MessageIdentity(run: 1, start: 1, sequence: 1),
    account: 7,
    cents: 1000
  )

  /// Runs a payment over services that answer as told; what was called comes back in order.
  private func pay(
    _ way: CallWay,
    answers: [String: StepAnswer] = [:],
    publish: PublishAnswer = .confirmed
  ) async -> (outcome: PaymentOutcome, calls: [String]) {
    let calls = Mutex<[String]>([])
    let flow = PaymentFlow(
      call: { service, _ in
        calls.withLock { $0.append(service) }
        return answers[service] ?? .done
      },
      publish: { _ in
        calls.withLock { $0.append("publish") }
        return publish
      }
    )
    let outcome = await flow.pay(payment, way)
    return (outcome, calls.withLock { $0 })
  }

  @Test func aSynchronousPaymentCallsEverybodyInOrderAndPublishesNothing() async {
    let (outcome, calls) = await pay(.synchronous)
    #expect(outcome == .succeeded)
    #expect(calls == ["user", "status", "trade", "notification", "points"])
  }

  @Test func anAsynchronousPaymentAwaitsTwoServicesAndThePublish() async {
    let (outcome, calls) = await pay(.asynchronous)
    #expect(outcome == .succeeded)
    #expect(calls == ["user", "status", "publish"])
  }

  @Test(arguments: CallWay.allCases)
  func tooLittleBalanceEndsThePaymentWithNothingPublished(way: CallWay) async {
    let (outcome, calls) = await pay(way, answers: ["user": .declined])
    #expect(outcome == .declined)
    #expect(calls == ["user"])
  }

  @Test func aDeadServiceFailsASynchronousPayment() async {
    let dead = StepAnswer.failed(reason: "it does not listen")
    let (outcome, calls) = await pay(.synchronous, answers: ["notification": dead])
    #expect(outcome == .failed(step: "notification", reason: "it does not listen"))
    #expect(calls.last == "notification")
  }

  @Test func aDeadConsumerIsNothingToAnAsynchronousPayment() async {
    let dead = StepAnswer.failed(reason: "it does not listen")
    let (outcome, _) = await pay(.asynchronous, answers: ["notification": dead])
    #expect(outcome == .succeeded)
  }

  @Test func aPaymentWhoseMessageIsNotConfirmedHasFailed() async {
    let (outcome, _) = await pay(.asynchronous, publish: .failed(reason: "no queue is bound"))
    #expect(outcome == .failed(step: "publish", reason: "no queue is bound"))
  }
}

struct AccountsTests {
  @Test func aBalanceIsDeductedWhollyOrNotAtAll() {
    var accounts = Accounts()
    let poor = Accounts.poorEvery - 1
    #expect(accounts.deduct(cents: 400, from: poor) == .deducted(balanceCents: 100))
    #expect(accounts.deduct(cents: 101, from: poor) == .tooLittle(balanceCents: 100))
    #expect(accounts.deduct(cents: 100, from: poor) == .deducted(balanceCents: 0))
    #expect(accounts.deduct(cents: 1, from: poor) == .tooLittle(balanceCents: 0))
  }

  @Test func someAccountsAreTooPoorAndMostAreNot() {
    var accounts = Accounts()
    let declined = (0..<Accounts.count).filter {
      guard case .tooLittle = accounts.deduct(cents: Accounts.dearestCents, from: $0) else {
        return false
      }
      return true
    }
    #expect(declined.count == Accounts.count / Accounts.poorEvery)
  }

  @Test(arguments: [-1, Accounts.count, Int.max])
  func anAccountThatDoesNotExistHasNothingToDeduct(account: Int) {
    var accounts = Accounts()
    #expect(accounts.deduct(cents: 1, from: account) == .unknownAccount)
  }

  @Test(arguments: [0, -100, Int64.min])
  func onlyAnAmountAboveZeroIsDeducted(cents: Int64) {
    var accounts = Accounts()
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

  @Test func aStepOfWorkTakesItsTime() async throws {
    let bench = WorkBench(places: 1, duration: .milliseconds(30), loop: LabProcess.anyLoop)
    let began = MonotonicClock.now()
    try await bench.work()
    try await bench.work()
    #expect(MonotonicClock.now().seconds(since: began) >= 0.06)
  }
}

/// Counts who is inside.
private final class Inside: Sendable {
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
