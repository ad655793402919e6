import Telemetry
import Testing

@testable import Lab

struct LabModelTests {
  /// A model of the payment scenario.
  private func model(
    mode: CallMode = .both,
    change: (inout Scenario) -> Void = { _ in }
  ) throws -> LabModel {
    var scenario = try #require(ScenarioCatalog.shipped(named: "payment"))
    change(&scenario)
    var configuration = LabConfiguration(endpoint: Surroundings.nowhere)
    configuration.mode = mode
    return LabModel(scenario: scenario, run: 7, configuration: configuration)
  }

  private let trade = ProcessKey(service: "trade")

  private func state(of name: String, in model: LabModel) -> ServiceState? {
    var model = model
    return model.snapshot(at: .zero).services.first { $0.name == name }?.state
  }

  private func handled(_ sequence: UInt64, milliseconds: Double? = nil) -> ServiceEvent {
    .handled(
      HandledLine(
        identity: MessageIdentity(run: 7, start: 1, sequence: sequence),
        milliseconds: milliseconds
      )
    )
  }

  @Test func theSnapshotListsTheServicesInTheScenariosOrder() throws {
    var model = try model()
    let snapshot = model.snapshot(at: .zero)
    let services = snapshot.services
    #expect(
      services.map(\.name) == [
        "customers", "payment-sync", "payment-async", "user", "status", "trade", "notification",
        "points",
      ]
    )
    #expect(services.compactMap(\.queue) == ["trade", "notification", "points"])
    #expect(services.filter(\.isProducer).map(\.name) == ["payment-async"])
    #expect(services.allSatisfy { $0.state == .starting })
    #expect(model.joinable == ["coupon"])
  }

  @Test func aServiceGoesFromItsStartOverItsDeathToItsReturn() throws {
    var model = try model()
    let first = model.willStart(trade)
    #expect(first == 1)
    model.received(.ready(port: 5, processIdentifier: 100), from: trade, at: .zero)
    #expect(state(of: "trade", in: model) == .running(processIdentifier: 100))
    model.willKill(trade)
    model.ended(trade, how: "was ended by signal 9")
    #expect(state(of: "trade", in: model) == .killed)
    #expect(model.missing == [trade])
    let second = model.willStart(trade)
    #expect(second == 2)
    #expect(model.missing.isEmpty)
    #expect(state(of: "trade", in: model) == .starting)
    model.received(.ready(port: 6, processIdentifier: 101), from: trade, at: .zero)
    #expect(state(of: "trade", in: model) == .running(processIdentifier: 101))
    #expect(model[trade].port == 6)
  }

  @Test func aServiceThatEndsByItselfSaysWhy() throws {
    var model = try model()
    let user = ProcessKey(service: "user")
    _ = model.willStart(user)
    model.ended(user, how: "was ended by signal 11")
    #expect(state(of: "user", in: model) == .ended("it was ended by signal 11"))
    _ = model.willStart(user)
    model.received(.failed(reason: "it cannot listen"), from: user, at: .zero)
    model.ended(user, how: "ended with exit code 1")
    #expect(state(of: "user", in: model) == .ended("it cannot listen"))
  }

  @Test func aServiceThatHangsIsStillThere() throws {
    var model = try model()
    _ = model.willStart(trade)
    model.received(.ready(port: 5, processIdentifier: 100), from: trade, at: .zero)
    model.setHung(trade, true)
    #expect(state(of: "trade", in: model) == .hung(processIdentifier: 100))
    #expect(model[trade].isRunning)
    model.setHung(trade, false)
    #expect(state(of: "trade", in: model) == .running(processIdentifier: 100))
  }

  @Test func theLastOneThatWentComesBackFirst() throws {
    var model = try model()
    let keys = ["trade", "points", "user"].map { ProcessKey(service: $0) }
    for key in keys {
      _ = model.willStart(key)
      model.ended(key, how: "ended with exit code 0")
    }
    _ = model.willStart(keys[2])
    #expect(model.missing == [keys[0], keys[1]])
  }

  @Test func sumsGoOnOverARestart() throws {
    var model = try model()
    _ = model.willStart(trade)
    let first = ServiceCounters(done: 10, callsAnswered: 12)
    model.received(.counters(first), from: trade, at: .zero)
    model.received(handled(1), from: trade, at: .zero)
    model.ended(trade, how: "was ended by signal 9")
    _ = model.willStart(trade)
    let second = ServiceCounters(done: 1, callsAnswered: 2, inHand: 1)
    model.received(.counters(second), from: trade, at: .zero)
    model.received(handled(1), from: trade, at: .zero)
    let snapshot = model.snapshot(at: .zero).services.first { $0.name == "trade" }
    #expect(snapshot?.done == 13)
    #expect(snapshot?.callsAnswered == 14)
    #expect(snapshot?.inHand == 1)
  }

  @Test func customersOfAnEarlierProcessAreStillCounted() throws {
    var model = try model()
    let latency = LatencySnapshot(p50: 1, p95: 2, p99: 3, sampleCount: 4, windowSeconds: 10)
    let way = CustomersReport.Way(
      way: .asynchronous,
      offered: 10,
      succeeded: 7,
      declined: 2,
      failed: 1,
      refused: 1,
      latency: latency
    )
    _ = model.willStart(.customers)
    model.received(.customers(CustomersReport(ways: [way])), from: .customers, at: .zero)
    #expect(model.ways[1].latency == latency)
    model.ended(.customers, how: "was ended by signal 9")
    #expect(model.ways[1].offered == 10)
    #expect(model.ways[1].latency == nil)
    _ = model.willStart(.customers)
    model.received(.customers(CustomersReport(ways: [way])), from: .customers, at: .zero)
    #expect(model.ways[1].offered == 20)
    #expect(model.ways[1].succeeded == 14)
    #expect(model.ways[1].refused == 2)
  }

  @Test func onlyWaysThatWereOrAreInUseAreShown() throws {
    var model = try model(mode: .asynchronous)
    #expect(model.ways.map(\.way) == [.asynchronous])
    let way = CustomersReport.Way(way: .synchronous, offered: 1)
    model.received(.customers(CustomersReport(ways: [way])), from: .customers, at: .zero)
    #expect(model.ways.map(\.way) == [.synchronous, .asynchronous])
  }

  @Test func theThreadsOfAWayAreThoseOfAllItsProcesses() throws {
    var model = try model()
    let first = ProcessKey(service: "payment", way: .synchronous)
    let added = model.add(like: first)
    let second = try #require(added)
    #expect(model[second].name == "payment-sync-2")
    let reports = [
      EntryReport(busyThreads: 3, threads: 40, waitingRequests: 1, waitsFor: "user"),
      EntryReport(busyThreads: 30, threads: 40, waitingRequests: 5, waitsFor: "points"),
    ]
    for (key, report) in zip([first, second], reports) {
      model.received(.entry(report), from: key, at: .zero)
    }
    let way = try #require(model.ways.first { $0.way == .synchronous })
    #expect((way.busyThreads, way.threads, way.waitingRequests) == (33, 80, 6))
    #expect(way.waitsFor == "points")
    model.ended(second, how: "was ended by signal 9")
    #expect(model.ways[0].threads == 40)
  }

  @Test func furtherProcessesAreNumberedAndHaveALimit() throws {
    var model = try model()
    let points = ProcessKey(service: "points")
    for number in 2...Limits.instances {
      let added = model.add(like: points)
      #expect(added == ProcessKey(service: "points", number: number))
    }
    let oneTooMany = model.add(like: points)
    #expect(oneTooMany == nil)
    let third = ProcessKey(service: "points", number: 3)
    _ = model.willStart(third)
    model[third].isLeaving = true
    model.ended(third, how: "ended with exit code 0")
    #expect(!model.missing.contains(third))
    let added = model.add(like: points)
    #expect(added == third)
  }

  @Test func aFaultIsOverWhenItsProcessSaysSo() throws {
    var model = try model()
    let first = model.put(FaultRequest(service: "trade", kind: .slow), at: .zero)
    let second = model.put(FaultRequest(service: "trade", kind: .error), at: .zero)
    #expect(first.identifier != second.identifier)
    model.received(.faultOver(first.identifier), from: trade, at: .zero)
    #expect(model.faults == [second])
  }

  @Test func delaysBelongToTheServiceWhoseWorkEnded() throws {
    var model = try model()
    for number: UInt64 in 1...10 {
      model.received(handled(number, milliseconds: 200), from: trade, at: .zero)
      // A delay that goes on is none yet.
      model.received(handled(number), from: ProcessKey(service: "points"), at: .zero)
    }
    let queues = model.queues(at: .zero)
    #expect(queues.map(\.name) == ["trade", "notification", "points"])
    #expect(abs((queues[0].delay?.p50 ?? 0) - 200) < 1)
    #expect(queues[0].delay?.sampleCount == 10)
    #expect(queues[2].delay == nil)
  }

  @Test func triesInVainAreRepetitions() throws {
    var model = try model()
    _ = model.willStart(trade)
    model.received(handled(1), from: trade, at: .zero)
    model.received(handled(1), from: trade, at: .zero)
    model.received(.counters(ServiceCounters(givenBack: 5)), from: trade, at: .zero)
    let queues = model.queues(at: .zero)
    #expect(queues[0].repeated == 6)
    #expect(model.ledger(with: []).queues[0].repeated == 6)
  }
}
