import JSONText
import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import Lab

/// Entry services in this process, with peers that really listen and without a broker.
struct EntryServiceTests {
  /// An entry service and the services that it calls.
  private struct Shop {
    let entry: EntryService
    let surroundings: Surroundings
    var servers: [HTTPServer] = []
    var workers: [String: WorkerService] = [:]

    func close() async {
      for server in servers { await server.stop() }
    }

    func buy(account: Int = 10, cents: Int = 1_000, traits: [String] = []) async -> Int {
      let purchase: JSON = [
        "account": .integer(Int64(account)), "cents": .integer(Int64(cents)),
        "traits": .array(traits.map(JSON.string)),
        "arrived": .integer(MonotonicClock.now().nanoseconds),
      ]
      let request = ServiceRequest(
        method: "POST",
        path: EntryService.path,
        body: purchase.bytes
      )
      return await entry.answer(request).status
    }

    var report: EntryReport {
      for case .entry(let report) in entry.report() { return report }
      return EntryReport()
    }

    var counters: ServiceCounters {
      for case .counters(let counters) in entry.report() { return counters }
      return ServiceCounters()
    }

    func callsAnswered(by name: String) -> UInt64 {
      for case .counters(let counters) in workers[name]?.report() ?? [] {
        return counters.callsAnswered
      }
      return 0
    }
  }

  /// Opens a shop whose called services listen, but for those that are named dead.
  private func shop(
    _ scenario: Scenario,
    _ way: CallWay = .synchronous,
    dead: Set<String> = []
  ) async throws -> Shop {
    let surroundings = try Surroundings(scenario, "shop")
    var shop = Shop(
      entry: EntryService(context: surroundings.context, plan: scenario.entry, way: way),
      surroundings: surroundings
    )
    for plan in scenario.services where !plan.isEntry && plan.queue == nil {
      let context = try Surroundings(scenario, plan.name).context
      let worker = WorkerService(context: context, plan: plan)
      let server = try await HTTPServer.start(group: LabProcess.anyLoop) { request in
        await worker.answer(request)
      }
      shop.entry.receive(.peer(name: plan.name, ports: [server.port]))
      shop.workers[plan.name] = worker
      if dead.contains(plan.name) { await server.stop() } else { shop.servers.append(server) }
    }
    return shop
  }

  private func scenario(
    _ change: (inout ServicePlan) -> Void = { _ in }
  ) -> Scenario {
    let calls = ["user", "status", "points"].map { CallPlan(service: $0) }
    let entry = ServicePlan.entry([.synchronous: calls, .asynchronous: Array(calls[..<2])]) {
      $0.publishes[.asynchronous] = [
        PublishPlan(exchange: "payments", key: "payment.succeeded", guarantee: .none)
      ]
      change(&$0)
    }
    return Scenario.small([
      entry, .called("user") { $0.isDeducting = true }, .called("status"), .called("points"),
      .consumer("trade"),
    ])
  }

  @Test func aSynchronousRequestCallsEverybodyInOrder() async throws {
    let shop = try await shop(scenario())
    #expect(await shop.buy() == 200)
    let steps = shop.report.waterfall
    #expect(steps.map(\.name) == ["user", "status", "points"])
    #expect(steps.allSatisfy { $0.outcome == .done })
    #expect(steps[0].startMilliseconds == 0)
    for (step, next) in zip(steps, steps.dropFirst()) {
      #expect(next.startMilliseconds >= step.startMilliseconds + step.milliseconds)
    }
    #expect(shop.counters == ServiceCounters(done: 1, callsAnswered: 1))
    #expect(shop.surroundings.published.isEmpty)
    await shop.close()
  }

  @Test func anAsynchronousRequestCallsTwoAndPublishes() async throws {
    let shop = try await shop(scenario(), .asynchronous)
    #expect(await shop.buy() == 200)
    #expect(shop.report.waterfall.map(\.name) == ["user", "status", RequestStep.publish])
    #expect(shop.surroundings.published.map(\.key) == ["payment.succeeded"])
    #expect(shop.callsAnswered(by: "points") == 0)
    #expect(shop.counters.published == 1)
    await shop.close()
  }

  @Test func everyRequestHasAnIdentityOfItsOwn() async throws {
    let shop = try await shop(scenario(), .asynchronous)
    await withTaskGroup { group in
      for _ in 0..<30 { group.addTask { #expect(await shop.buy() == 200) } }
    }
    let identities = shop.surroundings.published.map(\.identity)
    #expect(Set(identities).count == 30)
    #expect(Set(identities.map(\.sequence)) == Set(1...30))
    await shop.close()
  }

  @Test(arguments: [CallWay.synchronous, .asynchronous])
  func tooLittleBalanceIsDeclinedAndNothingFollows(way: CallWay) async throws {
    let scenario = scenario()
    let poor = try #require(
      (0..<scenario.accounts.count).first(where: scenario.accounts.isPoor)
    )
    let shop = try await shop(scenario, way)
    #expect(await shop.buy(account: poor, cents: scenario.accounts.poorBalanceCents) == 200)
    #expect(await shop.buy(account: poor, cents: 1) == 402)
    #expect(shop.report.waterfall.map(\.name) == ["user"])
    #expect(shop.report.waterfall.map(\.outcome) == [.declined])
    #expect(shop.callsAnswered(by: "status") == 1)
    #expect(shop.surroundings.published.count == (way == .asynchronous ? 1 : 0))
    await shop.close()
  }

  @Test func aDeadServiceFailsASynchronousRequestAndNoAsynchronousOne() async throws {
    let synchronous = try await shop(scenario(), dead: ["points"])
    #expect(await synchronous.buy() == 502)
    #expect(synchronous.report.waterfall.map(\.outcome) == [.done, .done, .failed])
    // The money is gone all the same: undoing it would be a chain of calls of its own.
    #expect(synchronous.callsAnswered(by: "user") == 1)
    #expect(synchronous.counters == ServiceCounters(done: 0, callsAnswered: 1))
    await synchronous.close()
    let asynchronous = try await shop(scenario(), .asynchronous, dead: ["points"])
    #expect(await asynchronous.buy() == 200)
    await asynchronous.close()
  }

  @Test func aRequestWhoseEventIsNotConfirmedHasFailed() async throws {
    let scenario = scenario { plan in
      plan.publishes[.asynchronous] = [PublishPlan(exchange: "payments", key: "payment.x")]
    }
    let shop = try await shop(scenario, .asynchronous)
    #expect(await shop.buy() == 502)
    #expect(shop.report.waterfall.last?.name == RequestStep.publish)
    #expect(shop.report.waterfall.last?.outcome == .failed)
    await shop.close()
  }

  @Test func onlyCustomersWithATraitTakeItsSteps() async throws {
    let scenario = scenario { plan in
      plan.calls[.asynchronous] = [
        CallPlan(service: "user"), CallPlan(service: "points", trait: "risky"),
      ]
      plan.publishes[.asynchronous] = [
        PublishPlan(exchange: "payments", key: "payment.risky", trait: "risky", guarantee: .none)
      ]
    }
    let shop = try await shop(scenario, .asynchronous)
    #expect(await shop.buy(traits: ["new"]) == 200)
    #expect(shop.report.waterfall.map(\.name) == ["user"])
    #expect(await shop.buy(traits: ["new", "risky"]) == 200)
    #expect(shop.report.waterfall.map(\.name) == ["user", "points", RequestStep.publish])
    await shop.close()
  }

  @Test func itsOwnWorkIsTheFirstStep() async throws {
    let shop = try await shop(scenario { $0.work = WorkPlan(meanMilliseconds: 20) })
    #expect(await shop.buy() == 200)
    let first = try #require(shop.report.waterfall.first)
    #expect(first.name == "shop")
    #expect(first.milliseconds >= 20)
    await shop.close()
    let failing = scenario { $0.work = WorkPlan(meanMilliseconds: 1, errorPercent: 100) }
    let broken = try await self.shop(failing)
    #expect(await broken.buy() == 500)
    #expect(broken.report.waterfall.map(\.outcome) == [.failed])
    #expect(broken.callsAnswered(by: "user") == 0)
    await broken.close()
  }

  @Test(.timeLimit(.minutes(1)))
  func whileAServiceHoldsEverythingUpThreadsAreBusyAndOthersWait() async throws {
    let shop = try await shop(scenario { $0.pool = 3 })
    let status = try #require(shop.workers["status"])
    status.receive(.fault(.sample(1, .split)))
    try await withThrowingTaskGroup { group in
      for _ in 0..<8 { group.addTask { #expect(await shop.buy() == 200) } }
      group.addTask {
        // Whatever else fails, the others are let go.
        defer { status.receive(.heal(fault: 1)) }
        try await wait(for: "three busy threads", deadline: .seconds(50)) {
          let report = shop.report
          return report.waitingRequests == 5 && report.waitsFor == "status"
        }
        #expect(shop.report.busyThreads == 3)
        #expect(shop.report.threads == 3)
        #expect(shop.counters.inHand == 8)
      }
      try await group.waitForAll()
    }
    #expect(shop.report.busyThreads == 0)
    #expect(shop.report.waitsFor == nil)
    #expect(shop.counters.inHand == 0)
    await shop.close()
  }

  @Test(arguments: [
    ("GET", "/request", "{}", 405), ("POST", "/", "{}", 404), ("POST", "/request", "no JSON", 400),
    ("POST", "/request", #"{"account":1,"cents":0,"arrived":1}"#, 400),
    ("POST", "/request", #"{"account":1000,"cents":1,"arrived":1}"#, 400),
    ("POST", "/request", #"{"account":-1,"cents":1,"arrived":1}"#, 400),
    ("POST", "/request", #"{"account":1,"cents":1}"#, 400),
  ])
  func whatIsNoRequestIsRefused(
    method: String,
    path: String,
    body: String,
    status: Int
  ) async throws {
    let shop = try await shop(scenario())
    let request = ServiceRequest(method: method, path: path, body: Array(body.utf8))
    #expect(await shop.entry.answer(request).status == status)
    #expect(shop.callsAnswered(by: "user") == 0)
    await shop.close()
  }

  @Test func aTurnOfTheKnobIsSaidToBeInForce() async throws {
    let shop = try await shop(scenario())
    shop.entry.receive(.knob(7))
    #expect(shop.surroundings.events == [.knobTurned(7)])
    await shop.close()
  }
}
