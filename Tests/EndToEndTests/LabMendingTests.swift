import Lab
import Telemetry
import TestSupport
import Testing

extension EndToEndTests {
  /// What is broken on purpose and healed leaves nothing behind.
  struct LabMendingTests {
    @Test(arguments: ["friends", "replies"])
    func poisonIsPoisonNoLongerWhenItIsHealed(service: String) async throws {
      let stage = try await LabStage.start("greetings", load: 2, timeScale: 2)
      try await stage.put(service, .poison, 100)
      try await stage.wait(for: "messages that come again and again") { snapshot in
        let queue = snapshot.queues.first { $0.service == service }
        return (queue?.repeated ?? 0) > 10 && (queue?.waiting ?? 0) >= 3
      }
      // Healed and put again in the same moment: the new one is in force, and so is its healing.
      try await stage.put(service, .poison, 100)
      stage.runner.setLoad(perSecond: 0)
      _ = await stage.runner.healAll()
      try await stage.wait(for: "empty queues") { snapshot in
        snapshot.queues.allSatisfy { $0.waiting == 0 }
      }
      await stage.endWithNothingLost()
    }

    @Test func aConsumerThatWasStartedAgainKnowsWhatIsHealed() async throws {
      let stage = try await LabStage.start("greetings", load: 2, timeScale: 2)
      try await stage.put("replies", .poison, 100)
      try await stage.wait(for: "poison that waits") { snapshot in
        (snapshot.queues.first { $0.service == "replies" }?.repeated ?? 0) > 10
      }
      // Dead while it is healed.
      _ = await stage.runner.kill(service: "replies")
      stage.runner.setLoad(perSecond: 0)
      _ = await stage.runner.healAll()
      try await stage.wait(for: "empty queues") { snapshot in
        snapshot.queues.allSatisfy { $0.waiting == 0 }
      }
      await stage.endWithNothingLost()
    }

    @Test(arguments: [true, false])
    func theKnobMayBeTurnedDownWhileTheGroupIsDead(comesBack: Bool) async throws {
      let stage = try await LabStage.start("greetings", load: 4)
      _ = await stage.runner.turnKnob(to: 100)
      _ = try await stage.measure("of the many", customers: 4)
      _ = await stage.runner.kill(service: "friends")
      _ = await stage.runner.turnKnob(to: 20)
      _ = try await stage.measure("of the few", customers: 20)
      if comesBack {
        _ = await stage.runner.bringBack(service: "friends")
        _ = try await stage.measure("again", customers: 4)
      }
      let ledger = await stage.end()
      #expect(ledger.remainder == 0, "\(ledger.lines)")
      #expect(ledger.queues.map(\.lost).reduce(0, +) == 0, "\(ledger.lines)")
      guard comesBack else { return }
      #expect(ledger.problems == [])
      #expect(ledger.queues.map(\.waiting).reduce(0, +) == 0, "\(ledger.lines)")
    }

    @Test func theBrokerIsAwayUntilItIsBack() async throws {
      let stage = try await LabStage.start("broker-down", load: 20)
      #expect(!stage.runner.snapshot.isBrokerAway)
      async let put: Void = stage.put(FaultRequest.broker, .brokerRestart, 3_000)
      try await stage.wait(for: "the broker's leave") { $0.isBrokerAway }
      try await put
      #expect(!stage.runner.snapshot.isBrokerAway)
      try await stage.put(FaultRequest.broker, .brokerCrash)
      #expect(!stage.runner.snapshot.isBrokerAway)
      let ledger = await stage.end()
      #expect(ledger.remainder == 0, "\(ledger.lines)")
    }

    /// What a reveal would say while much waits is what the ledger says in the end.
    @Test func whatACrashLosesIsKnownWhileTheRestStillWaits() async throws {
      let stage = try await LabStage.start("broker-down", load: 20)
      _ = await stage.runner.kill(service: "offers")
      try await stage.wait(for: "offers that wait") { snapshot in
        (snapshot.queues.first { $0.service == "offers" }?.waiting ?? 0) >= 100
      }
      try await stage.put(FaultRequest.broker, .brokerCrash)
      let base = stage.runner.snapshot
      let later = try await stage.wait(for: "more offers") { snapshot in
        snapshot.at.seconds(since: base.at) > 12
      }
      let told = later.queues
      let ledger = await stage.end()
      #expect(ledger.remainder == 0, "\(ledger.lines)")
      #expect(ledger.queues.contains { $0.lost > 0 }, "\(ledger.lines)")
      for queue in told {
        let lost = Int(ledger.queues.first { $0.name == queue.name }?.lost ?? -1)
        #expect(queue.lost <= lost, "\(queue) but \(lost) lost")
        // Of the others the consumers work on, so that a few may only be on their way. Here it is
        // just the last lines that may not have been read yet.
        guard queue.service == "offers" else { continue }
        #expect(queue.lost >= lost * 8 / 10, "\(queue) but \(lost) lost")
      }
    }
  }
}
