import JSONText
import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import Lab

/// The customers in this process, in front of shops that only answer.
struct CustomersServiceTests {
  /// A shop that answers everybody alike and keeps what they wanted.
  private final class Shop: Sendable {
    private let bodies = Mutex<[JSON]>([])
    private let server = Mutex<HTTPServer?>(nil)

    var purchases: [JSON] { bodies.withLock { $0 } }
    var port: Int { server.withLock { $0?.port ?? 0 } }

    init(status: Int) async throws {
      let started = try await HTTPServer.start(group: LabProcess.anyLoop) { [self] request in
        // A purchase that is no JSON is missed by the test.
        let purchase = try? JSON(parsing: request.body)
        bodies.withLock { $0 += [purchase].compactMap { $0 } }
        return ServiceResponse(status: request.path == EntryService.path ? status : 404, [:])
      }
      server.withLock { $0 = started }
    }

    func stop() async {
      await server.withLock { $0 }?.stop()
    }
  }

  private var scenario: Scenario {
    var scenario = Scenario.small([
      .entry([.synchronous: [], .asynchronous: []])
    ])
    scenario.traits = ["always": 100, "never": 0, "risky": 30]
    scenario.knob = KnobPlan(
      subject: .trait("risky"),
      label: LocalText(english: "risky", chinese: "有风险"),
      values: [0, 30, 100],
      start: 30
    )
    return scenario
  }

  private func customers(of shops: [CallWay: Shop]) throws -> CustomersService {
    let scenario = scenario
    let surroundings = try Surroundings(scenario, ServiceArguments.customers, timeScale: 0.1)
    let customers = CustomersService(context: surroundings.context)
    for (way, shop) in shops {
      customers.receive(.peer(name: scenario.entryName(of: way), ports: [shop.port]))
    }
    return customers
  }

  private func report(of customers: CustomersService) -> CustomersReport {
    for case .customers(let report) in customers.report() { return report }
    return CustomersReport()
  }

  @Test func everyArrivalIsOneCustomerForEachWayWithTheSamePurchase() async throws {
    let shops = [
      CallWay.synchronous: try await Shop(status: 200), .asynchronous: try await Shop(status: 200),
    ]
    let customers = try customers(of: shops)
    customers.receive(.mode(.both))
    customers.receive(.burst(customers: 20))
    await customers.finish()
    let report = report(of: customers)
    #expect(report.haveAllGoneHome)
    for way in report.ways where way.way != .alternative {
      #expect((way.offered, way.succeeded, way.failed) == (20, 20, 0))
      #expect(way.latency?.sampleCount == 20)
    }
    let purchases = shops.values.map { shop in Set(shop.purchases) }
    #expect(purchases[0].count == 20)
    #expect(purchases[0] == purchases[1])
    for shop in shops.values { await shop.stop() }
  }

  @Test func onlyTheWaysInUseGetCustomers() async throws {
    let shop = try await Shop(status: 200)
    let customers = try customers(of: [.asynchronous: shop])
    customers.receive(.mode(.asynchronous))
    customers.receive(.burst(customers: 5))
    await customers.finish()
    #expect(report(of: customers).ways.map(\.offered) == [0, 5, 0])
    await shop.stop()
  }

  @Test(arguments: [
    (200, [5, 0, 0, 0]), (402, [0, 5, 0, 0]), (429, [0, 0, 5, 5]), (502, [0, 0, 5, 0]),
  ])
  func anAnswerIsCountedForWhatItIs(status: Int, counts: [UInt64]) async throws {
    let shop = try await Shop(status: status)
    let customers = try customers(of: [.synchronous: shop])
    customers.receive(.mode(.synchronous))
    customers.receive(.burst(customers: 5))
    await customers.finish()
    let way = report(of: customers).ways[0]
    #expect([way.succeeded, way.declined, way.failed, way.refused] == counts)
    await shop.stop()
  }

  @Test func whoFindsNobodyHasFailed() async throws {
    let customers = try customers(of: [:])
    customers.receive(.mode(.both))
    customers.receive(.burst(customers: 3))
    await customers.finish()
    #expect(report(of: customers).ways.map(\.failed) == [3, 3, 0])
  }

  @Test func theyComeByThemselvesAtTheRateThatWasSet() async throws {
    let shop = try await Shop(status: 200)
    let customers = try customers(of: [.synchronous: shop])
    customers.receive(.mode(.synchronous))
    // A tenth of it, as time passes here.
    customers.receive(.load(perSecond: 1_000))
    try await wait(for: "fifty customers", deadline: .seconds(50)) {
      report(of: customers).ways[0].offered >= 50
    }
    await customers.finish()
    let offered = report(of: customers).ways[0].offered
    // Nobody comes after they have gone home.
    customers.receive(.burst(customers: 10))
    #expect(report(of: customers).ways[0].offered == offered)
    await shop.stop()
  }

  @Test func traitsAreAsFrequentAsTheScenarioAndTheKnobSay() async throws {
    let shop = try await Shop(status: 200)
    let customers = try customers(of: [.synchronous: shop])
    customers.receive(.mode(.synchronous))
    func risky(after first: Int) -> Double {
      let new = shop.purchases[first...]
      let risky = new.count { $0["traits"] == ["always", "risky"] }
      #expect(new.allSatisfy { [["always"], ["always", "risky"]].contains($0["traits"]) })
      return Double(risky) / Double(new.count)
    }
    customers.receive(.burst(customers: 400))
    try await wait(for: "answers", deadline: .seconds(50)) {
      report(of: customers).outstanding == 0
    }
    #expect(abs(risky(after: 0) - 0.3) < 0.08)
    customers.receive(.knob(100))
    customers.receive(.burst(customers: 50))
    await customers.finish()
    #expect(risky(after: 400) == 1)
    await shop.stop()
  }

  @Test func theStreetHasRoomForSoManyOnly() async throws {
    let door = FaultSwitchboard { _ in }
    door.put(.sample(1, .split))
    let server = try await HTTPServer.start(group: LabProcess.anyLoop) { _ in
      await door.passage()
      return ServiceResponse(status: 200, [:])
    }
    let surroundings = try Surroundings(scenario, ServiceArguments.customers, timeScale: 0.1)
    let customers = CustomersService(context: surroundings.context)
    customers.receive(.peer(name: scenario.entryName(of: .synchronous), ports: [server.port]))
    customers.receive(.mode(.synchronous))
    customers.receive(.burst(customers: Limits.outstandingCustomers + 7))
    #expect(report(of: customers).ways[0].failed == 7)
    door.heal(1)
    await customers.finish()
    let way = report(of: customers).ways[0]
    #expect(way.offered == way.succeeded + way.failed)
    await server.stop()
  }
}
