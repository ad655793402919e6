import AMQPClient
import AMQPServer
import Lab
import Telemetry
import TestSupport
import Testing

extension EndToEndTests {
  /// What a run leaves on a broker that is not ours: nothing that it made, and all that was there.
  struct LabBelongingsTests {
    /// Waits until these are the queues, and the exchanges that are not the broker's own.
    private func expect(_ wanted: Set<String>, on stage: LabStage) async throws {
      var last: Set<String> = []
      try await wait(for: "what stays", deadline: .seconds(10), seen: { "\(last)" }) {
        if let snapshot = stage.server.snapshots.take() {
          last = Set(snapshot.queues.map(\.name))
          last.formUnion(
            snapshot.exchanges.map(\.name).filter { !$0.isEmpty && !$0.hasPrefix("amq.") }
          )
        }
        return last == wanted
      }
    }

    @Test func aRunTakesAwayWhatItMade() async throws {
      let stage = try await LabStage.start("payment", load: 20, leavesNothing: true)
      try await expect(["payments", "trade", "notification", "points"], on: stage)
      _ = try await stage.measure("some", customers: 10)
      let ledger = await stage.runner.stop()
      #expect(ledger.onBroker == ["deleted on the broker again: 3 queues, 1 exchange"])
      #expect(ledger.lines.last == "  deleted on the broker again: 3 queues, 1 exchange")
      try await expect([], on: stage)
      await stage.endWithNothingLost()
    }

    @Test func whatWasThereAndWhatHoldsMessagesStays() async throws {
      let stage = try await LabStage.start(
        "payment",
        load: 20,
        leavesNothing: true,
        before: { channel in try await channel.declareQueue("points", durable: true) }
      )
      try await stage.put("notification", .crash)
      try await stage.wait(for: "a backlog") { snapshot in
        snapshot.queues.contains { $0.service == "notification" && $0.waiting >= 5 }
      }
      let ledger = await stage.runner.stop()
      let waiting = try #require(ledger.queues.first { $0.service == "notification" }?.waiting)
      #expect(
        ledger.onBroker == [
          "deleted on the broker again: 1 queue",
          "stay on the broker: notification (\(waiting) messages), payments (a queue is bound)",
          "were there before, and stay: points",
        ]
      )
      try await expect(["payments", "notification", "points"], on: stage)
      _ = await stage.end()
    }

    @Test func aGroupOfCopiesGoesWhole() async throws {
      let stage = try await LabStage.start("greetings", load: 1, leavesNothing: true)
      let value = try #require(stage.runner.snapshot.knob?.values.dropFirst().first)
      _ = await stage.runner.turnKnob(to: value)
      _ = try await stage.measure("some", customers: 3)
      let ledger = await stage.runner.stop()
      #expect(ledger.onBroker.count == 1, "\(ledger.onBroker)")
      try await expect([], on: stage)
      _ = await stage.end()
    }

    /// Quorum queues take back what was looked at some time after the channel is closed.
    @Test(.enabled(if: RabbitMQ.isUsable, "RabbitMQ is not installed"))
    func whatHoldsMessagesOnARabbitMQStaysWithThem() async throws {
      let rabbit = try await RabbitMQ()
      let runner = try await LabRunner.start(
        LabConfiguration(
          endpoint: ClientEndpoint(host: "127.0.0.1", port: rabbit.port),
          queueType: .quorum,
          executable: try BuiltExecutable.path(),
          paymentsPerSecond: 20,
          leavesNothing: true
        )
      )
      try await wait(for: "the scenario", deadline: .seconds(40)) {
        runner.snapshot.state == .running
      }
      _ = await runner.kill(service: "notification")
      try await wait(for: "a backlog", deadline: .seconds(40)) {
        runner.snapshot.queues.contains { $0.service == "notification" && $0.waiting >= 20 }
      }
      let ledger = await runner.stop()
      #expect(ledger.remainder == 0, "\(ledger.lines)")
      let waiting = try #require(ledger.queues.first { $0.service == "notification" }?.waiting)
      #expect(ledger.onBroker.first == "deleted on the broker again: 2 queues")
      #expect(ledger.onBroker.last?.contains("notification (\(waiting) messages)") == true)
      var last = ""
      try await wait(for: "its count", deadline: .seconds(30), seen: { last }) {
        last = try await rabbit.manage("GET", "/api/queues?columns=name,messages_ready")
        return last == "[{\"messages_ready\":\(waiting),\"name\":\"notification\"}]"
      }
    }

    @Test func onOurOwnBrokerTheyStay() async throws {
      let stage = try await LabStage.start("payment", load: 20)
      let ledger = await stage.runner.stop()
      #expect(ledger.onBroker == [])
      try await expect(["payments", "trade", "notification", "points"], on: stage)
      _ = await stage.end()
    }
  }
}
