import AMQP
import AMQPClient
import AMQPServer
import Diagnosis
import Logging
import NIOPosix
import Telemetry
import TestSupport
import Testing

/// How soon a rule speaks of what real clients do, where the lab's faults cannot make it so.
struct DiagnosisOfClientsTests {
  @Test func aConsumerThatLivesButHangsIsToldFromOneThatIsGone() async throws {
    let stage = try await ClientStage.start()
    let living = try await stage.connect("living", heartbeatSeconds: 2)
    let gone = try await stage.connect("gone", heartbeatSeconds: 8)
    let began = ContinuousClock.now
    var streams: [DeliveryStream] = []
    for (connection, queue) in [(living, "hangs"), (gone, "dies")] {
      let channel = try await connection.openChannel()
      try await channel.declareQueue(queue)
      try await channel.setPrefetch(count: 5)
      streams.append(try await channel.consume(queue))
      try await stage.publish(30, to: queue)
    }
    gone.setSilent(true)
    let hanging = try await stage.expect(
      .stuck,
      of: "hangs",
      "consumer never acknowledges",
      began,
      12
    )
    #expect(hanging.text.hasSuffix(": hang"), "\(hanging.text)")
    let silent = try await stage.expect(
      .stuck,
      of: "dies",
      "consumer's machine is away",
      began,
      12
    )
    #expect(silent.text.hasSuffix(": gone"), "\(silent.text)")
    withExtendedLifetime(streams) {}
    await stage.end()
  }

  @Test func oneConsumerThatHoldsAllIsNamed() async throws {
    let stage = try await ClientStage.start()
    let channel = try await stage.connect("greedy").openChannel()
    try await channel.declareQueue("work")
    let greedy = try await channel.consume("work")
    let began = ContinuousClock.now
    try await stage.publish(50, to: "work")
    let idle = try await stage.connect("idle").openChannel().consume("work")
    let finding = try await stage.expect(.hoarding, of: "work", "one of two holds all", began, 14)
    #expect(finding.text.contains("50"), "\(finding.text)")
    withExtendedLifetime((greedy, idle)) {}
    await stage.end()
  }

  @Test func messagesThatDieAreCountedByTheirReason() async throws {
    let stage = try await ClientStage.start()
    let channel = try await stage.connect("client").openChannel()
    try await channel.declareExchange("dead", type: "fanout")
    try await channel.declareQueue("dead")
    try await channel.bindQueue("dead", exchange: "dead")
    try await channel.declareQueue(
      "work",
      arguments: ["x-dead-letter-exchange": .text("dead")]
    )
    try await stage.publish(3, to: "work")
    let began = ContinuousClock.now
    for _ in 1...3 {
      let delivery = try #require(try await channel.get("work"))
      try await channel.reject(delivery.deliveryTag, requeue: false)
    }
    _ = try await stage.expect(.deadLetters, of: "work", "messages are rejected", began, 1)
    // It may have been said of the first already.
    try await wait(for: "all three", seen: { "\(stage.watch.findings)" }) {
      stage.watch.findings.contains { $0.text.contains("3 rejected") }
    }
    // What is dead waits for a person, not for a consumer.
    #expect(!stage.watch.findings.contains { $0.rule == .noConsumer })
    await stage.end()
  }

  @Test func connectionsThatComeAndGoAreNoticed() async throws {
    let stage = try await ClientStage.start()
    let began = ContinuousClock.now
    let coming = Task {
      while !Task.isCancelled {
        await (try stage.connect("short")).close()
        // The pace is what is tested.
        try await Task.sleep(for: .milliseconds(150))
      }
    }
    let finding = try await stage.expect(.churn, of: nil, "6 connections a second", began, 14)
    #expect(finding.text.contains("connections a second"), "\(finding.text)")
    coming.cancel()
    // It ends with its cancellation.
    _ = try? await coming.value
    await stage.end()
  }

  @Test func channelsThatAreNeverClosedAreNoticed() async throws {
    let stage = try await ClientStage.start()
    let connection = try await stage.connect("leaky")
    let began = ContinuousClock.now
    var channels: [AMQPChannel] = []
    for count in 1...22 {
      channels.append(try await connection.openChannel())
      try await wait(for: "channel \(count)") {
        stage.watch.newest?.connections.first { $0.name == "leaky" }?.channelCount == count
      }
    }
    _ = try await stage.expect(.channelLeak, of: nil, "22 channels, one by one", began, nil)
    withExtendedLifetime(channels) {}
    await stage.end()
  }

  @Test func aBindingThatAnotherMakesNeedlessIsNoticed() async throws {
    let stage = try await ClientStage.start()
    let channel = try await stage.connect("client").openChannel()
    let began = ContinuousClock.now
    try await channel.declareExchange("orders", type: "topic")
    try await channel.declareQueue("work")
    try await channel.bindQueue("work", exchange: "orders", routingKey: "order.#")
    try await channel.bindQueue("work", exchange: "orders", routingKey: "order.paid")
    let finding = try await stage.expect(
      .bindings,
      of: "orders",
      "a needless binding",
      began,
      nil
    )
    #expect(finding.evidence.joined().contains("order.paid"), "\(finding.evidence)")
    await stage.end()
  }

  @Test func aMessageThatIsHeldForLongIsOldThoughNothingWaits() async throws {
    let stage = try await ClientStage.start(Tuning(values: [.ageSeconds: 5]))
    let channel = try await stage.connect("slow").openChannel()
    try await channel.declareQueue("work")
    try await channel.setPrefetch(count: 10)
    let stream = try await channel.consume("work")
    // How long its work takes is known then.
    try await stage.publish(1, to: "work")
    for await delivery in stream {
      try await channel.acknowledge(delivery.deliveryTag)
      break
    }
    try await wait(for: "the first to be done") {
      stage.watch.newest?.queues.first?.acknowledged == 1
    }
    let began = ContinuousClock.now
    try await stage.publish(1, to: "work")
    _ = try await stage.expect(
      .age,
      of: "work",
      "one message is held (age.seconds = 5)",
      began,
      7
    )
    withExtendedLifetime(stream) {}
    await stage.end()
  }

  @Test func aQueueNearItsLimitIsToldBeforeItIsThere() async throws {
    let stage = try await ClientStage.start()
    let channel = try await stage.connect("slow").openChannel()
    try await channel.declareQueue("work", arguments: ["x-max-length": .signed32(100)])
    try await channel.setPrefetch(count: 1)
    let stream = try await channel.consume("work")
    let began = ContinuousClock.now
    try await stage.publish(96, to: "work")
    let finding = try await stage.expect(.full, of: "work", "95 of 100 wait", began, 1)
    #expect(finding.text.contains("95 of 100"), "\(finding.text)")
    withExtendedLifetime(stream) {}
    await stage.end()
  }

  @Test func aBacklogIsDatedFromItsFirstSecond() async throws {
    let stage = try await ClientStage.start()
    let channel = try await stage.connect("worker").openChannel()
    try await channel.declareQueue("work")
    try await channel.setPrefetch(count: 5)
    let stream = try await channel.consume("work")
    let working = stage.work(channel, on: stream, perSecond: 30)
    let usual = stage.load("work", perSecond: 10)
    // A queue is known after a minute.
    try await wait(for: "what is usual", deadline: .seconds(120)) {
      (stage.watch.newest?.queues.first?.acknowledged ?? 0) >= 800
    }
    // On a busy machine a worker may be slower for a moment than it was, and that is true then.
    #expect(stage.watch.troubles.filter { $0 != .slow } == [])
    let began = ContinuousClock.now
    let beganAt = try #require(stage.watch.newest?.at)
    let more = stage.load("work", perSecond: 50)
    let finding = try await stage.expect(
      .backlog,
      of: "work",
      "10/s become 60/s, 30/s are worked on",
      began,
      7
    )
    let onset = try #require(finding.since).seconds(since: beganAt)
    // The newest snapshot is up to a quarter of a second old.
    #expect(abs(onset) <= 1.25, "onset \(onset) s off")
    VerdictTimes.note(
      .backlog,
      "its onset, told \((onset * 100).rounded() / 100) s after it was",
      .now - began,
      bar: nil
    )
    let slow = try await stage.expect(
      .slow,
      of: "work",
      "60/s come in, 30/s are worked on",
      began,
      12
    )
    #expect(slow.triage == .load, "\(slow.text)")
    for task in [working, usual, more] { task.cancel() }
    await stage.end()
  }

  /// The time that is told at first, compared with the time that it took.
  @Test func theEndOfABacklogIsForetold() async throws {
    let stage = try await ClientStage.start()
    let channel = try await stage.connect("worker").openChannel()
    try await channel.declareQueue("work")
    try await stage.publish(1_500, to: "work")
    try await channel.setPrefetch(count: 20)
    let stream = try await channel.consume("work")
    let working = stage.work(channel, on: stream, perSecond: 60, isAlwaysBusy: true)
    let coming = stage.load("work", perSecond: 10)
    let began = ContinuousClock.now
    let first = try await stage.watch.wait(for: .draining, of: "work", since: began)
    let told = try #require(stage.emptySeconds(of: first.finding))
    try await wait(for: "the end of the backlog", deadline: .seconds(90)) {
      stage.watch.newest?.queues.first?.ready == 0
    }
    let taken = (ContinuousClock.now - first.at) / .seconds(1)
    #expect(abs(told - taken) <= 0.2 * taken, "\(told) s told, \(taken) s taken")
    VerdictTimes.note(
      .draining,
      "1,500 wait, 60/s - 10/s: told \(told) s, taken \((taken * 10).rounded() / 10) s",
      first.at - began,
      bar: nil
    )
    working.cancel()
    coming.cancel()
    await stage.end()
  }

  // MARK: - What takes minutes

  @Test func aLittleMoreThatStaysEachMinuteIsNoticed() async throws {
    let stage = try await ClientStage.start(Tuning(values: [.leakMinutes: 3]))
    let channel = try await stage.connect("worker").openChannel()
    try await channel.declareQueue("work")
    let stream = try await channel.consume("work")
    let working = Task {
      var count = 0
      for await delivery in stream {
        count += 1
        // One of ten is forgotten.
        if count % 10 != 0 { try await channel.acknowledge(delivery.deliveryTag) }
      }
    }
    let coming = stage.load("work", perSecond: 2)
    let began = ContinuousClock.now
    let finding = try await stage.expect(
      .leak,
      of: "work",
      "one message of ten is forgotten, 12 a minute (leak.minutes = 3)",
      began,
      nil,
      deadline: .seconds(330)
    )
    #expect(finding.evidence.joined().contains("least of each minute"), "\(finding.evidence)")
    coming.cancel()
    working.cancel()
    await stage.end()
  }

  @Test func muchMoreThanUsualIsNoticedAndNoTrouble() async throws {
    let stage = try await ClientStage.start()
    let channel = try await stage.connect("worker").openChannel()
    try await channel.declareQueue("work")
    let stream = try await channel.consume("work", noAck: true)
    let working = Task { for await _ in stream {} }
    let usual = stage.load("work", perSecond: 5)
    try await wait(for: "what is usual", deadline: .seconds(120)) {
      (stage.watch.newest?.queues.first?.enqueued ?? 0) >= 400
    }
    #expect(stage.watch.troubles == [])
    let began = ContinuousClock.now
    let more = stage.load("work", perSecond: 50)
    let finding = try await stage.expect(.surge, of: "work", "5/s become 55/s", began, nil)
    #expect(finding.rule.severity == .note)
    for task in [usual, more, working] { task.cancel() }
    await stage.end()
  }

  @Test func consumersOfTwoBuildsAreNoticed() async throws {
    let stage = try await ClientStage.start()
    var streams: [DeliveryStream] = []
    let began = ContinuousClock.now
    for version in ["1.4.1", "1.4.2"] {
      let connection = try await stage.connect(
        "shop-\(version)",
        properties: ["product": .text("shop"), "version": .text(version)]
      )
      let channel = try await connection.openChannel()
      try await channel.declareQueue("work")
      streams.append(try await channel.consume("work"))
    }
    let finding = try await stage.expect(
      .generations,
      of: "work",
      "two versions of a client for a minute",
      began,
      nil,
      deadline: .seconds(90)
    )
    #expect(finding.text.contains("1.4"), "\(finding.text)")
    withExtendedLifetime(streams) {}
    await stage.end()
  }
}
