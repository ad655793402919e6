import Diagnosis
import Lab
import Telemetry
import TestSupport
import Testing

extension EndToEndTests {
  /// How soon what is wrong is said, with the lab's own faults on its real processes.
  ///
  /// The bars are the issue's; half a second more for a machine that other tests use as well.
  struct DiagnosisClaimsTests {
    private static let slack = 0.5

    /// Waits for a verdict, and checks that it comes in time.
    private func expect(
      _ rule: Rule,
      of name: String? = nil,
      in watch: DiagnosisWatch,
      after cause: String,
      since began: ContinuousClock.Instant,
      within bar: Double? = nil,
      _ location: SourceLocation = #_sourceLocation
    ) async throws -> Finding {
      let sighting = try await watch.wait(for: rule, of: name, since: began)
      let taken = sighting.at - began
      VerdictTimes.note(rule, cause, taken, bar: bar)
      if let bar {
        #expect(
          taken < .seconds(bar + Self.slack),
          "\(rule.word) after \(taken)",
          sourceLocation: location
        )
      }
      return sighting.finding
    }

    /// Nothing is wrong for some seconds.
    private func expectPeace(
      in watch: DiagnosisWatch,
      for duration: Duration,
      _ location: SourceLocation = #_sourceLocation
    ) async throws {
      let end = ContinuousClock.now + duration
      try await TestSupport.wait(for: "the end of the peace", deadline: .seconds(60)) {
        ContinuousClock.now >= end
      }
      let trouble = watch.sightings.map(\.finding).filter { $0.rule.severity != .note }
      #expect(
        trouble.isEmpty,
        "\(trouble.map { "\($0.rule.word): \($0.text)" })",
        sourceLocation: location
      )
    }

    @Test func stuckGoneAndSlowConsumersAreToldApart() async throws {
      let stage = try await LabStage.start("payment", load: 10, mode: .asynchronous)
      let watch = DiagnosisWatch(stage.server)
      try await stage.wait(for: "customers") { $0.ways.allSatisfy { $0.succeeded > 20 } }
      try await expectPeace(in: watch, for: .seconds(12))

      let began = ContinuousClock.now
      let broken = try #require(watch.newest?.at)
      try await stage.put("notification", .hang)
      try await stage.put("trade", .crash)
      try await stage.put("points", .slow, 20)
      _ = try await expect(
        .noConsumer,
        of: "trade",
        in: watch,
        after: "consumer killed",
        since: began,
        within: 2
      )
      let stuck = try await expect(
        .stuck,
        of: "notification",
        in: watch,
        after: "consumer stopped (SIGSTOP)",
        since: began,
        within: 12
      )
      let since = try #require(stuck.since)
      #expect(abs(since.seconds(since: broken)) < 2, "stuck since the moment it was stopped")
      let behind = try await expect(
        .slow,
        of: "points",
        in: watch,
        after: "consumer works 20 times slower",
        since: began
      )
      let onset = try #require(behind.since).seconds(since: broken)
      // Its five places take half a second's customers first.
      #expect(abs(onset) < 2, "onset \(onset) s off")
      #expect(behind.triage == .consumer)
      VerdictTimes.note(
        .slow,
        "its onset, told \((onset * 10).rounded() / 10) s after the fault",
        .now - began,
        bar: nil
      )

      _ = await stage.runner.healAll()
      for service in ["trade", "notification", "points"] {
        _ = await stage.runner.bringBack(service: service)
      }
      try await stage.drain()
      try await wait(
        for: "the end of all trouble",
        deadline: .seconds(30),
        seen: { "\(watch.findings.map { "\($0.rule.word) \($0.text)" })" }
      ) {
        watch.findings.allSatisfy { $0.rule.severity == .note }
      }
      watch.stop()
      await stage.endWithNothingLost()
    }

    @Test func aPoisonMessageIsNamedWithItsBouncer() async throws {
      let stage = try await LabStage.start(
        "unreliable-downstream",
        load: 5,
        mode: .both
      )
      let watch = DiagnosisWatch(stage.server)
      try await stage.wait(for: "customers") { $0.ways.allSatisfy { $0.succeeded > 5 } }
      let began = ContinuousClock.now
      try await stage.put("partner", .poison, 60_000)
      let finding = try await expect(
        .poison,
        of: "partner",
        in: watch,
        after: "a poison message",
        since: began
      )
      #expect(finding.evidence.count >= 1)
      // From the first time that it came back, the bar holds; the fault waits for its message.
      let since = try #require(finding.since)
      let first = try #require(watch.sightings.first { $0.finding.rule == .poison })
      #expect(first.instant.seconds(since: since) < 3 + Self.slack)
      _ = await stage.runner.healAll()
      watch.stop()
      _ = await stage.end()
    }

    @Test func lostMessagesAlarmsAndFullQueuesAreSaidAtOnce() async throws {
      let stage = try await LabStage.start("payment", load: 10, mode: .asynchronous)
      let watch = DiagnosisWatch(stage.server)
      try await stage.wait(for: "customers") { $0.ways.allSatisfy { $0.succeeded > 20 } }

      var began = ContinuousClock.now
      try await stage.put("payment-async", .wrongKey)
      let lost = try await expect(
        .unroutable,
        of: "payments",
        in: watch,
        after: "wrong routing key",
        since: began,
        within: 1
      )
      #expect(lost.triage == .publisher)
      #expect(lost.text.contains("payment.succeeded") || lost.evidence.joined().contains("nearest"))
      _ = await stage.runner.healAll()

      began = .now
      try await stage.put("broker", .memoryAlarm)
      _ = try await expect(
        .alarm,
        of: "memory",
        in: watch,
        after: "memory alarm",
        since: began,
        within: 1
      )
      // That only follows from it.
      try await stage.wait(for: "who is blocked") { _ in
        let alarm = watch.findings.first { $0.rule == .alarm }
        return alarm?.symptoms.contains { $0.rule == .blocked } == true
      }
      VerdictTimes.note(.blocked, "memory alarm (its symptom)", .now - began, bar: nil)
      #expect(!watch.findings.contains { $0.rule == .blocked })
      _ = await stage.runner.healAll()

      began = .now
      try await stage.put("points", .crash)
      try await stage.put("points", .queueFull, 20)
      _ = try await expect(
        .noConsumer,
        of: "points",
        in: watch,
        after: "consumer killed",
        since: began,
        within: 2
      )
      try await stage.wait(for: "the limit") { _ in
        let point = watch.findings.first { $0.subject.shownName == "points" }
        return point?.symptoms.contains { $0.rule == .full } == true || point?.rule == .full
      }
      watch.stop()
      _ = await stage.end()
    }
  }
}
