import AMQPClient
import Synchronization
import Telemetry
import Testing

@testable import Lab

struct LabModelTests {
  private func model() -> LabModel {
    LabModel(scenario: .payment, run: 7, mode: .both, perSecond: 5)
  }

  private func state(of role: Role, in model: LabModel) -> ServiceState? {
    model.snapshot(at: .zero).services.first { $0.name == role.rawValue }?.state
  }

  @Test func theSnapshotListsTheServicesInTheScenariosOrder() {
    let services = model().snapshot(at: .zero).services
    #expect(
      services.map(\.name)
        == ["customers", "payment", "user", "status", "trade", "notification", "points"]
    )
    #expect(services.compactMap(\.queue) == ["trade", "notification", "points"])
    #expect(services.allSatisfy { $0.state == .starting })
  }

  @Test func aServiceGoesFromItsStartOverItsDeathToItsReturn() {
    var model = model()
    #expect(model.willStart(.trade) == 1)
    model.received(.ready(port: 5, processIdentifier: 100), from: .trade)
    #expect(state(of: .trade, in: model) == .running(processIdentifier: 100))
    model.willKill(.trade)
    model.ended(.trade, how: "was ended by signal 9")
    #expect(state(of: .trade, in: model) == .killed)
    #expect(model.missing == [.trade])
    #expect(model.willStart(.trade) == 2)
    #expect(model.missing.isEmpty)
    #expect(state(of: .trade, in: model) == .starting)
    model.received(.ready(port: 6, processIdentifier: 101), from: .trade)
    #expect(state(of: .trade, in: model) == .running(processIdentifier: 101))
    #expect(model[.trade].port == 6)
  }

  @Test func aServiceThatEndsByItselfSaysWhy() {
    var model = model()
    _ = model.willStart(.user)
    model.ended(.user, how: "was ended by signal 11")
    #expect(state(of: .user, in: model) == .ended("it was ended by signal 11"))
    _ = model.willStart(.user)
    model.received(.failed(reason: "it cannot listen"), from: .user)
    model.ended(.user, how: "ended with exit code 1")
    #expect(state(of: .user, in: model) == .ended("it cannot listen"))
  }

  @Test func theLastOneThatWentComesBackFirst() {
    var model = model()
    for role in [Role.trade, .points, .user] {
      _ = model.willStart(role)
      model.ended(role, how: "ended with exit code 0")
    }
    _ = model.willStart(.user)
    #expect(model.missing == [.trade, .points])
  }

  @Test func sumsGoOnOverARestart() {
    var model = model()
    let identity = MessageIdentity(run: 7, start: 1, sequence: 1)
    _ = model.willStart(.trade)
    model.received(.counters(ServiceCounters(done: 10, callsAnswered: 12)), from: .trade)
    model.received(.handled(identity, isRedelivered: false), from: .trade)
    model.ended(.trade, how: "was ended by signal 9")
    _ = model.willStart(.trade)
    model.received(.counters(ServiceCounters(done: 1, callsAnswered: 2)), from: .trade)
    model.received(.handled(identity, isRedelivered: true), from: .trade)
    let trade = model.snapshot(at: .zero).services[4]
    #expect(trade.done == 13)
    #expect(trade.callsAnswered == 14)
  }

  @Test func customersOfAnEarlierProcessAreStillCounted() {
    var model = model()
    let latency = LatencySnapshot(p50: 1, p95: 2, p99: 3, sampleCount: 4, windowSeconds: 10)
    let way = CustomersReport.Way(
      way: .asynchronous,
      offered: 10,
      succeeded: 7,
      declined: 2,
      failed: 1,
      latency: latency
    )
    _ = model.willStart(.customers)
    model.received(.customers(CustomersReport(ways: [way])), from: .customers)
    #expect(model.ways[1].latency == latency)
    model.ended(.customers, how: "was ended by signal 9")
    #expect(model.ways[1].offered == 10)
    #expect(model.ways[1].latency == nil)
    _ = model.willStart(.customers)
    model.received(.customers(CustomersReport(ways: [way])), from: .customers)
    #expect(model.ways[1].offered == 20)
    #expect(model.ways[1].succeeded == 14)
  }

  @Test func onlyWaysThatWereOrAreInUseAreShown() {
    var model = model()
    model.mode = .asynchronous
    #expect(model.ways.map(\.way) == [.asynchronous])
    let way = CustomersReport.Way(way: .synchronous, offered: 1)
    model.received(.customers(CustomersReport(ways: [way])), from: .customers)
    #expect(model.ways.map(\.way) == [.synchronous, .asynchronous])
  }
}

struct ServiceArgumentsTests {
  private var arguments: ServiceArguments {
    ServiceArguments(
      role: .notification,
      name: "notification",
      endpoint: ClientEndpoint(
        host: "::1",
        port: 5690,
        user: "a:b@c",
        password: "s3cret/ü",
        virtualHost: "/shop %1"
      ),
      run: 0xDEAD_BEEF,
      start: 3,
      seed: .max
    )
  }

  @Test func theySurviveTheCommandLine() throws {
    let read = try ServiceArguments(commandLine: arguments.commandLine, password: "s3cret/ü")
    #expect(read == arguments)
  }

  @Test func thePasswordIsNotOnTheCommandLine() {
    #expect(!arguments.commandLine.contains { $0.contains("s3cret") })
  }

  @Test(arguments: [
    ([], "--role is missing"), (["--role"], "--role needs a value"),
    (["--role", "boss"], "--role cannot be 'boss'"),
    (["--port", "1"], "lab-service knows no '--port'; it is started by sluice itself"),
    (["--role", "user", "--name", "user"], "--run is missing"),
  ])
  func whatIsWrongWithThemIsSaid(commandLine: [String], problem: String) {
    #expect(throws: ServiceArguments.Problem(text: problem)) {
      try ServiceArguments(commandLine: commandLine, password: nil)
    }
  }

  @Test func anAddressThatIsNoneIsRefused() {
    var commandLine = arguments.commandLine
    commandLine[5] = "http://127.0.0.1"
    #expect(throws: ServiceArguments.Problem(text: "--broker cannot be 'http://127.0.0.1'")) {
      try ServiceArguments(commandLine: commandLine, password: nil)
    }
  }
}

struct LabRunnerTests {
  /// A port where nobody listens.
  private let nowhere = ClientEndpoint(host: "127.0.0.1", port: 1)

  /// Runs a program that is no service and returns the sentence of the failure.
  private func failure(of executable: String) async throws -> String {
    let runner = try await LabRunner.start(
      LabConfiguration(endpoint: nowhere, executable: executable)
    )
    let sentence = await failure(of: runner)
    let ledger = await runner.stop()
    #expect(ledger.published == 0)
    #expect(runner.snapshot.state == .failed(sentence))
    #expect(await runner.stop() == ledger)
    return sentence
  }

  /// Waits until the scenario has failed and returns the sentence.
  private func failure(of runner: LabRunner) async -> String {
    let (states, continuation) = AsyncStream.makeStream(of: LabState.self)
    runner.onSnapshot { continuation.yield($0.state) }
    for await state in states {
      if case .failed(let sentence) = state { return sentence }
    }
    return ""
  }

  @Test func anUnknownScenarioIsRefusedWithThoseThatThereAre() async {
    let configuration = LabConfiguration(scenario: "weather", endpoint: nowhere)
    let error = await #expect(throws: LabError.self) { try await LabRunner.start(configuration) }
    #expect(error?.code == .unknownScenario)
    #expect(error?.description == "unknown scenario 'weather'; choose one of: payment")
  }

  @Test(arguments: [-1, Double.nan, 1e9])
  func aLoadBeyondTheLimitsIsRefused(perSecond: Double) async {
    let configuration = LabConfiguration(endpoint: nowhere, paymentsPerSecond: perSecond)
    let error = await #expect(throws: LabError.self) { try await LabRunner.start(configuration) }
    #expect(error?.code == .badConfiguration)
  }

  @Test func servicesThatEndAtOnceAreAFailureWithASentence() async throws {
    let sentence = try await failure(of: "/bin/false")
    #expect(sentence.hasPrefix("the "))
    #expect(sentence.hasSuffix(" service ended: it ended with exit code 1"))
  }

  @Test func aProgramThatDoesNotExistIsAFailureWithASentence() async throws {
    let sentence = try await failure(of: "/nowhere/sluice")
    #expect(sentence.contains("could not be started"))
  }

  @Test func nobodyCanBeKilledOrBroughtBackThatIsNotThere() async throws {
    let runner = try await LabRunner.start(
      LabConfiguration(endpoint: nowhere, executable: "/bin/false")
    )
    guard case .failure(let unknown) = await runner.kill(service: "nobody") else {
      Issue.record("it killed nobody")
      return
    }
    #expect(unknown.description == "the scenario has no service 'nobody'")
    _ = await failure(of: runner)
    _ = await runner.stop()
    guard case .failure(let dead) = await runner.kill(service: "trade"),
      case .failure(let late) = await runner.bringBack(service: nil)
    else {
      Issue.record("it ended the scenario and something goes on")
      return
    }
    #expect(dead.description.hasPrefix("trade cannot be killed: it ended:"))
    #expect(late.description == "the scenario does not run")
  }
}
