import Telemetry
import Testing

@testable import Lab

/// What the model says of a scenario as a whole: who must know whom, who joins, what is in force.
struct LabModelFlowTests {
  private func model(_ scenario: Scenario, timeScale: Double = 1) -> LabModel {
    var configuration = LabConfiguration(endpoint: Surroundings.nowhere)
    configuration.timeScale = timeScale
    return LabModel(scenario: scenario, run: 7, configuration: configuration)
  }

  private func shipped(_ name: String) throws -> Scenario {
    try #require(ScenarioCatalog.shipped(named: name))
  }

  private func instant(_ seconds: Double) -> Instant {
    Instant.zero.advanced(bySeconds: seconds)
  }

  private func ready(_ key: ProcessKey, port: Int, in model: inout LabModel) {
    _ = model.willStart(key)
    model.received(.ready(port: port, processIdentifier: port), from: key, at: .zero)
  }

  /// A line of an event of `payments`.
  private func published(_ sequence: UInt64, at instant: Instant) -> ServiceEvent {
    .published(
      PublishedLine(
        identity: MessageIdentity(run: 7, start: 1, sequence: sequence),
        exchange: "payments",
        key: "payment.succeeded",
        beganAt: instant.nanoseconds
      )
    )
  }

  @Test func everybodyKnowsThoseWhomTheyCall() throws {
    let scenario = try shipped("payment")
    #expect(scenario.peers(of: .customers) == ["payment-sync", "payment-async"])
    let entry = ProcessKey(service: "payment", way: .asynchronous)
    #expect(
      Set(scenario.peers(of: entry))
        == ["user", "status", "trade", "notification", "points", "coupon"]
    )
    #expect(scenario.peers(of: ProcessKey(service: "points")).isEmpty)
  }

  @Test func callersGoToTheLivingProcessesAndToTheLastOneWhenAllAreDead() throws {
    var model = model(try shipped("payment"))
    let first = ProcessKey(service: "points")
    let added = model.add(like: first)
    let second = try #require(added)
    #expect(model.ports(of: "points").isEmpty)
    ready(first, port: 5001, in: &model)
    ready(second, port: 5002, in: &model)
    #expect(model.ports(of: "points") == [5001, 5002])
    model.ended(first, how: "was ended by signal 9")
    #expect(model.ports(of: "points") == [5002])
    model.ended(second, how: "was ended by signal 9")
    #expect(model.ports(of: "points") == [5002])
  }

  @Test func aServiceThatJoinsIsNoNewsToWhoeverPublishesAndAChangeForWhoeverCalls() throws {
    var model = model(try shipped("payment"))
    let caller = ProcessKey(service: "payment", way: .synchronous)
    ready(caller, port: 5001, in: &model)
    model.joined.append("coupon")
    var snapshot = model.snapshot(at: .zero)
    #expect(snapshot.joinable.isEmpty)
    #expect(snapshot.queues.map(\.name).last == "coupon")
    #expect(snapshot.notes.count == 2)
    #expect(snapshot.notes[0].hasPrefix("A: payment-sync does not call coupon yet"))
    #expect(snapshot.notes[1].hasPrefix("B: coupon has bound its queue coupon"))
    // Started again it knows of it.
    model.ended(caller, how: "was ended by signal 9")
    ready(caller, port: 5002, in: &model)
    snapshot = model.snapshot(at: .zero)
    #expect(snapshot.notes.map { $0.prefix(2) } == ["B:"])
  }

  @Test func eventsReachQueuesStraightOrByWayOfOthers() {
    let key = "payment.made"
    var first = ServicePlan.consumer("first")
    first.publishes[.asynchronous] = [PublishPlan(exchange: "", key: "second")]
    var scenario = Scenario.small([
      .entry([.synchronous: [CallPlan(service: "first")]]) { plan in
        plan.publishes[.asynchronous] = [PublishPlan(exchange: "payments", key: key)]
        plan.publishes[.alternative] = [PublishPlan(exchange: "", key: "third")]
      },
      first, .consumer("second") { $0.bindings = [] }, .consumer("third") { $0.bindings = [] },
      .consumer("fourth") { $0.bindings = [] },
    ])
    func ways(_ service: String) -> [CallWay] { Routing(scenario).ways(reaching: service) }
    #expect(ways("first") == [.asynchronous])
    #expect(ways("second") == [.asynchronous])
    #expect(ways("third") == [.alternative])
    #expect(ways("fourth").isEmpty)
    // What a consumer publishes for one way only, it does not publish for another.
    scenario.services[1].publishes = [.alternative: [PublishPlan(exchange: "", key: "fourth")]]
    #expect(ways("second").isEmpty)
    #expect(ways("fourth").isEmpty)
  }

  // MARK: Load

  @Test(arguments: [1.0, 10])
  func aStepAndASpikeEndByThemselves(timeScale: Double) throws {
    var model = model(try shipped("payment"), timeScale: timeScale)
    #expect(model.shapeInForce(at: .zero) == .steady)
    for kind in LoadShapeKind.allCases where kind != .steady {
      model.shape = LoadShape(kind: kind, factor: 3, seconds: 20)
      model.shapeBegan = instant(100)
      #expect(model.shapeInForce(at: instant(100 + 19 / timeScale)) == model.shape)
      let later = model.shapeInForce(at: instant(100 + 21 / timeScale))
      #expect((later == .steady) == (kind == .step || kind == .spike))
    }
  }

  @Test(arguments: [1.0, 4])
  func duringAStepTheForecastKnowsItsRest(timeScale: Double) throws {
    var model = model(try shipped("payment"), timeScale: timeScale)
    let points = ProcessKey(service: "points")
    model.perSecond = 5
    ready(points, port: 5001, in: &model)
    let way = CustomersReport.Way(way: .asynchronous, offered: 100)
    model.received(.customers(CustomersReport(ways: [way])), from: .customers, at: .zero)
    // One event for each customer; forty are done, ten a second.
    for sequence: UInt64 in 1...100 {
      model.received(published(sequence, at: instant(1)), from: .customers, at: instant(1))
    }
    model.measurePaces(at: instant(10))
    for sequence: UInt64 in 1...40 {
      let identity = MessageIdentity(run: 7, start: 1, sequence: sequence)
      model.received(.handled(HandledLine(identity: identity)), from: points, at: instant(12))
    }
    model.measurePaces(at: instant(14))
    model.shape = LoadShape(kind: .step, factor: 6, seconds: 20)
    model.shapeBegan = instant(10)
    let forecast = try #require(model.forecast("points", waiting: 60, at: instant(14)))
    #expect(forecast.donePerSecond == 10)
    #expect(abs(forecast.publishedPerSecond - 30 * timeScale) < 1e-9)
    #expect(abs((forecast.remainingSeconds ?? 0) - (20 / timeScale - 4)) < 1e-9)
    #expect(abs(forecast.laterShare - 1.0 / 6) < 1e-9)
    let after = try #require(model.forecast("points", waiting: 60, at: instant(40)))
    #expect(after.remainingSeconds == nil)
    #expect(abs(after.publishedPerSecond - 5 * timeScale) < 1e-9)
  }

  // MARK: Copies

  @Test func aGroupHasAQueueForEachCopyAndAnInspectionOfAllThatThereWere() throws {
    var model = model(try shipped("greetings"))
    let friends = try #require(model.scenario.service(named: "friends"))
    #expect(model.queueNames(of: "friends") == (1...20).map { "friends.\($0)" })
    #expect(model.queueNames(of: "replies") == ["replies"])
    #expect(model.queueNames(of: "greeter").isEmpty)
    model.knob = 100
    model.knob = 5
    #expect(model.queueNames(of: "friends").count == 5)
    #expect(model.mostCopies(of: friends) == 100)
    #expect(model.snapshot(at: .zero).knob?.value == 5)
    #expect(model.snapshot(at: .zero).knob?.unit == "")
  }

  @Test func aKnobThatTurnsCustomersLeavesTheNumberOfCopiesAlone() throws {
    var scenario = Scenario.small([.entry([:]), .consumer("friends") { $0.copies = 3 }])
    scenario.knob = KnobPlan(
      subject: .trait("risky"),
      label: LocalText(english: "risky", chinese: "有风险"),
      values: [0, 50],
      start: 50
    )
    var model = model(scenario)
    #expect(model.mostCopies(of: scenario.services[1]) == 3)
    #expect(model.queueNames(of: "friends").count == 3)
    #expect(model.snapshot(at: .zero).knob?.unit == "%")
  }

  // MARK: Faults

  @Test(arguments: [
    (FaultRequest(service: "points", kind: .slow), nil),
    (FaultRequest(service: "payment-async", kind: .noConfirms), nil),
    (FaultRequest(service: "customers", kind: .crash), nil),
    (FaultRequest(service: "points", kind: .queueFull), nil),
    (FaultRequest(service: FaultRequest.broker, kind: .memoryAlarm), nil),
    (FaultRequest(service: "customers", kind: .slow), "customers have no faults"),
    (FaultRequest(service: "points", kind: .wrongKey), "points publishes nothing"),
    (FaultRequest(service: "user", kind: .poison), "user has no queue"),
    (FaultRequest(service: "user", kind: .unbind), "user has no queue"),
    (FaultRequest(service: "payment", kind: .slow), "the scenario has no service 'payment'"),
    (
      FaultRequest(service: "points", kind: .slow, amount: 1),
      "slow takes 2 to 1000 times, not 1"
    ),
    (FaultRequest(service: "points", kind: .error, percent: 0), "a probability is 1 to 100 %"),
  ])
  func aFaultIsPutWhereItMeansSomething(request: FaultRequest, problem: String?) throws {
    var model = model(try shipped("payment"))
    #expect(model.problem(with: request) == "the scenario does not run")
    model.state = .running
    #expect(model.problem(with: request) == problem)
  }

  @Test func aMuteConsumerMayHoldItsWholePrefetch() throws {
    var model = model(try shipped("payment"))
    let points = ProcessKey(service: "points")
    ready(points, port: 5001, in: &model)
    model.received(.counters(ServiceCounters(inHand: 2)), from: points, at: .zero)
    #expect(model.heldByConsumers(of: "points") == 2)
    let prefetch = try #require(model.scenario.service(named: "points")?.queue?.prefetch)
    for kind in [FaultKind.split, .hang] {
      model.faults = []
      _ = model.put(FaultRequest(service: "points", kind: kind), at: .zero)
      #expect(model.heldByConsumers(of: "points") == prefetch)
    }
    model.ended(points, how: "was ended by signal 9")
    #expect(model.heldByConsumers(of: "points") == 0)
  }

  @Test func theBrokerIsAskedOnlyForQueuesInWhichSomethingMayWait() throws {
    var model = model(try shipped("payment"))
    for name in ["trade", "points"] { ready(ProcessKey(service: name), port: 1, in: &model) }
    #expect(model.depthLooks.isEmpty)
    model.received(published(1, at: instant(1)), from: .customers, at: instant(1))
    let identity = MessageIdentity(run: 7, start: 1, sequence: 1)
    let trade = ProcessKey(service: "trade")
    model.received(.handled(HandledLine(identity: identity)), from: trade, at: instant(1))
    #expect(model.depthLooks.map(\.queues) == [["points"]])
  }

  @Test func whatIsLostDoesNotWait() throws {
    var model = model(try shipped("payment"))
    ready(ProcessKey(service: "points"), port: 1, in: &model)
    for sequence: UInt64 in 1...10 {
      model.received(published(sequence, at: instant(1)), from: .customers, at: instant(1))
    }
    model.measurePaces(at: instant(2))
    let outstanding = model.book.outstanding(of: "points")
    #expect(outstanding.count == 10)
    for _ in 0...Limits.agreeingLooks {
      model.paces["points"]?.lookIntoBroker(outstanding: outstanding, held: 4)
    }
    let queues = model.queues(at: instant(9))
    let points = try #require(queues.first { $0.service == "points" })
    #expect((points.published, points.waiting, points.lost) == (10, 4, 6))
  }
}
