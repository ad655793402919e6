import Lab
import Telemetry
import TestSupport
import Testing

extension EndToEndTests {
  /// What the other scenarios say, each on its real processes.
  struct LabScenarioTests {
    /// A number that was measured; one that was not is no number at all, and fails any comparison.
    private func at(_ name: String, _ values: [String: Double]) -> Double { values[name] ?? .nan }

    @Test func onlyRiskyLoginsGetAMessageAndTheirShareCanBeTurned() async throws {
      let stage = try await LabStage.start("login", load: 20, timeScale: 2)
      guard case .success = await stage.runner.turnKnob(to: 0) else {
        Issue.record("the knob cannot be turned to 0")
        return
      }
      let none = try await stage.measureFresh("without risk")
      let before = none["sms.published"] ?? 0
      guard let most = stage.runner.snapshot.knob?.values.last,
        case .success = await stage.runner.turnKnob(to: most)
      else {
        Issue.record("the knob cannot be turned up")
        return
      }
      let risky = try await stage.measureFresh("with risk")
      #expect(try #require(risky["sms.published"]) > before + 10)
      #expect(at("risk.acked", risky) > at("sms.acked", risky) - 10)
      // The password is answered at once either way; the rest is not waited for.
      #expect(at("sync.p50", risky) > 1.5 * at("async.p50", risky))
      await stage.endWithNothingLost()
    }

    @Test func greetingsOneByOneTakeAsLongAsThereAreFriendsAndABroadcastDoesNot() async throws {
      let stage = try await LabStage.start("greetings", load: 1)
      let few = try await stage.measure("with few friends", customers: 4)
      let values = try #require(stage.runner.snapshot.knob?.values)
      let start = try #require(stage.runner.snapshot.knob?.value)
      let more = try #require(values.first { $0 >= 4 * start })
      guard case .success = await stage.runner.turnKnob(to: more) else {
        Issue.record("the knob cannot be turned to \(more)")
        return
      }
      let many = try await stage.measureFresh("with many friends", customers: 4)
      let growth = Double(more) / Double(start)
      #expect(at("sync.p50", many) > 0.5 * growth * at("sync.p50", few))
      #expect(at("async.p50", many) < 0.2 * at("sync.p50", many))
      // The replies come back through their own queue, the last one long before A is through.
      #expect(at("replies.delay", many) < at("sync.p50", many))
      await stage.endWithNothingLost()
    }

    @Test func aBoundedQueueRefusesAtOnceWhatAPoolLetsTimeOut() async throws {
      let stage = try await LabStage.start("shop-peak", load: 8)
      try await stage.wait(for: "customers") { $0.ways.allSatisfy { $0.succeeded > 5 } }
      let base = stage.runner.snapshot
      stage.runner.setShape(LoadShape(kind: .step, factor: 10, seconds: 16))
      let over = try await stage.wait(for: "the end of the peak", deadline: .seconds(60)) {
        $0.shape.kind == .steady && $0.at.seconds(since: base.at) > 16
      }
      let peak = LabMeasurements(over, since: base).values
      #expect(try #require(peak["sync.failed"]) > 0)
      #expect(peak["async.failed"] == 0)
      #expect(try #require(peak["alternative.refused"]) > 0)
      #expect(peak["alternative.refused"] == peak["alternative.failed"])
      #expect(at("alternative.p95", peak) < at("sync.p95", peak))
      try await stage.drain(deadline: .seconds(150))
      await stage.endWithNothingLost()
    }

    @Test func poisonEndsInTheDeadLetterQueueAndCrashesInDuplicatesThatAreKnown() async throws {
      let stage = try await LabStage.start("unreliable-downstream", load: 10, timeScale: 2)
      try await stage.put("partner-careful", .poison, 200)
      let poisoned = try await stage.wait(for: "dead letters") { snapshot in
        (snapshot.queues.first { $0.service == "partner-careful" }?.dead ?? 0) >= 2
      }
      #expect(poisoned.queues.allSatisfy { $0.lost == 0 })
      _ = await stage.runner.healAll()
      // Killed between the work and the acknowledgement.
      try await stage.wait(for: "work done twice", deadline: .seconds(90)) { snapshot in
        let plain = snapshot.queues.first { $0.service == "partner" }
        let careful = snapshot.queues.first { $0.service == "partner-careful" }
        if (plain?.doubled ?? 0) > 0, (careful?.repeated ?? 0) > 0 { return true }
        for name in ["partner", "partner-careful"] {
          _ = await stage.runner.kill(service: name)
          _ = await stage.runner.bringBack(service: name)
        }
        return false
      }
      let doubled = stage.runner.snapshot.queues.first { $0.service == "partner-careful" }?.doubled
      #expect(doubled == 0, "an idempotent consumer changes nothing twice")
      let ledger = await stage.end()
      #expect(ledger.remainder == 0, "\(ledger.lines)")
      #expect(ledger.queues.map(\.lost).reduce(0, +) == 0)
      #expect(ledger.queues.contains { $0.dead >= 2 })
    }

    @Test func allOfItLeansOnTheBroker() async throws {
      let stage = try await LabStage.start("broker-down", load: 20)
      _ = try await stage.measure("before", customers: 20)
      let base = stage.runner.snapshot
      try await stage.put(FaultRequest.broker, .brokerRestart, 4_000)
      let away = LabMeasurements(stage.runner.snapshot, since: base).values
      #expect(try #require(away["async.failed"]) > 0, "who waits for a confirm fails")
      #expect(away["sync.failed"] == 0, "who needs no broker notices nothing")
      #expect(away["alternative.failed"] == 0, "an outbox keeps what the broker cannot take")
      try await stage.wait(for: "customers again") { snapshot in
        LabMeasurements(snapshot, since: base).values["async.done"] ?? 0 > 60
      }
      let ledger = await stage.end()
      #expect(ledger.remainder == 0, "\(ledger.lines)")
      func lost(_ queue: String) -> Int64 { ledger.queues.first { $0.name == queue }?.lost ?? -1 }
      #expect(lost("metrics") > 0, "published and forgotten while nobody was there")
      #expect(lost("receipts") == 0, "confirmed and persistent")
      #expect(lost("invoices") == 0, "out of the outbox")
    }
  }
}
