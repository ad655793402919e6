import AMQPClient
import Telemetry
import Testing

@testable import Lab

struct LabRunnerTests {
  private func configuration(executable: String = "/bin/false") -> LabConfiguration {
    LabConfiguration(endpoint: Surroundings.nowhere, executable: executable)
  }

  /// Runs a program that is no service and returns the sentence of the failure.
  private func failure(of executable: String) async throws -> String {
    let runner = try await LabRunner.start(configuration(executable: executable))
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

  private func refusal(_ result: Result<String, LabRefusal>) -> String? {
    switch result {
    case .success: nil
    case .failure(let refusal): refusal.description
    }
  }

  @Test func anUnknownScenarioIsRefusedWithThoseThatThereAre() async {
    var configuration = configuration()
    configuration.scenario = .shipped("weather")
    let error = await #expect(throws: LabError.self) { try await LabRunner.start(configuration) }
    #expect(error?.code == .unknownScenario)
    let names = ScenarioCatalog.names.joined(separator: ", ")
    #expect(error?.description == "unknown scenario 'weather'; choose one of: \(names)")
  }

  @Test func aScenarioWithAMistakeIsRefusedWithItsLine() async {
    var configuration = configuration()
    configuration.scenario = .text("name = \"shop\"\nnonsense = 1\n", file: "shop.toml")
    let error = await #expect(throws: LabError.self) { try await LabRunner.start(configuration) }
    #expect(error?.code == .badScenario)
    #expect(error?.description.hasPrefix("shop.toml:2: nonsense") == true)
  }

  @Test(arguments: [-1, Double.nan, 1e9])
  func aLoadBeyondTheLimitsIsRefused(perSecond: Double) async {
    var configuration = configuration()
    configuration.paymentsPerSecond = perSecond
    let error = await #expect(throws: LabError.self) { try await LabRunner.start(configuration) }
    #expect(error?.code == .badConfiguration)
  }

  @Test(arguments: [0, 0.05, 101, Double.nan])
  func aTimeScaleBeyondTheLimitsIsRefused(timeScale: Double) async {
    var configuration = configuration()
    configuration.timeScale = timeScale
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

  @Test func aTimedRunOfAScenarioThatCannotStartIsAnErrorWithTheSentence() async throws {
    let runner = try await LabRunner.start(configuration())
    let error = await #expect(throws: LabError.self) {
      try await runner.play(for: .seconds(60)) { _ in }
    }
    #expect(error?.description.hasSuffix("it ended with exit code 1") == true)
    _ = await runner.stop()
  }

  @Test func nobodyCanBeKilledOrBroughtBackThatIsNotThere() async throws {
    let runner = try await LabRunner.start(configuration())
    #expect(
      refusal(await runner.kill(service: "nobody")) == "the scenario has no service 'nobody'"
    )
    _ = await failure(of: runner)
    _ = await runner.stop()
    let dead = refusal(await runner.kill(service: "trade"))
    #expect(dead?.hasPrefix("trade cannot be killed: it ended:") == true)
    #expect(refusal(await runner.bringBack(service: nil)) == "the scenario does not run")
    #expect(refusal(await runner.join(service: "coupon")) == "the scenario does not run")
    #expect(
      refusal(await runner.add(service: "points"))
        == "there is no more of 'points' to be had (at most 10)"
    )
    #expect(
      refusal(await runner.removeOne(service: "points"))
        == "'points' has only one process; K kills it"
    )
    #expect(refusal(await runner.turnKnob(to: 5)) == "this scenario has nothing to turn")
    #expect(refusal(await runner.heal(fault: 1)) == "that fault is over already")
    #expect(
      refusal(await runner.put(FaultRequest(service: "points", kind: .slow)))
        == "the scenario does not run"
    )
  }

  @Test func wishesBeyondTheLimitsAreCut() async throws {
    let runner = try await LabRunner.start(configuration())
    runner.setLoad(perSecond: .infinity)
    #expect(runner.snapshot.offeredPerSecond == 0)
    runner.setLoad(perSecond: 1e9)
    #expect(runner.snapshot.offeredPerSecond == Limits.arrivalsPerSecond)
    runner.setMessageBytes(.max)
    #expect(runner.snapshot.messageBytes == Limits.messageBytes)
    runner.setMessageBytes(-1)
    #expect(runner.snapshot.messageBytes == 0)
    _ = await runner.stop()
  }

  @Test func whatAServiceKeepsIsRemovedWithItsRun() throws {
    let directory = try #require(TemporaryDirectory(.lab))
    let store = SeenStore(path: "\(directory.path)/points.seen", run: 7)
    store.insert(MessageIdentity(run: 7, start: 1, sequence: 1))
    #expect(TemporaryDirectory.exists(directory.path))
    directory.remove()
    #expect(!TemporaryDirectory.exists(directory.path))
  }
}
