import Diagnosis
import Telemetry
import Testing

/// How far a trouble reaches.
@Suite struct ReachTests {
  /// Three queues, each with a consumer over a connection that a test names.
  private static func stage(_ connections: [(name: String, host: String)]) -> Stage {
    var stage = Stage()
    for (place, connection) in connections.enumerated() {
      let known = stage.snapshot.connections.first {
        $0.name == connection.name && $0.peerAddress.hasPrefix(connection.host)
      }
      let identifier =
        known?.identifier ?? stage.connect(connection.name, host: connection.host)
      let queue = ["alpha", "beta", "gamma"][place]
      stage.addQueue(queue)
      let consumer = stage.addConsumer(queue) { $0.connectionIdentifier = identifier }
      stage.disconnect(consumer)
    }
    stage.connect("elsewhere", host: "10.0.0.99")
    stage.run(5)
    return stage
  }

  private static func stop(_ queues: [String], _ stage: inout Stage) {
    for queue in queues {
      let gone = stage.snapshot.consumers.filter { $0.queue == queue }
      stage.snapshot.consumers.removeAll { $0.queue == queue }
      stage.count(queue) { queue in
        queue.consumerCount = 0
        queue.ready += 10
      }
      for consumer in gone { stage.disconnect(consumer.connectionIdentifier) }
    }
  }

  private static func reach(_ queue: String, _ stage: Stage) -> String? {
    stage.findings.first {
      $0.subject.queue == QueueIdentity(virtualHost: "/", name: queue)
    }?.reach
  }

  @Test func aTroubleAloneIsSaidToBeIsolated() {
    var stage = Self.stage([("a", "10.0.0.1"), ("b", "10.0.0.2"), ("c", "10.0.0.3")])
    Self.stop(["alpha"], &stage)
    stage.run(3)
    #expect(Self.reach("alpha", stage) == "isolated: nothing else came into trouble with it")
  }

  @Test func theOtherQueuesOfItsExchangeAreSaidToBeWell() {
    var stage = Self.stage([("a", "10.0.0.1"), ("b", "10.0.0.2"), ("c", "10.0.0.3")])
    stage.addExchange("orders") { $0.type = "fanout" }
    stage.survey(["alpha", "beta", "gamma"].map { BindingSnapshot("orders", to: $0, "") })
    Self.stop(["alpha"], &stage)
    stage.run(3)
    #expect(
      Self.reach("alpha", stage)
        == "isolated: nothing else came into trouble with it; "
        + "the 2 other queues of exchange orders are well"
    )
    // Long after, so that they do not belong together; but well they are not.
    stage.run(60)
    Self.stop(["beta"], &stage)
    stage.run(3)
    #expect(Self.reach("beta", stage) == "isolated: nothing else came into trouble with it")
  }

  @Test func theConnectionThatAllOfThemLostIsNamed() {
    var stage = Self.stage(Array(repeating: ("app", "10.0.0.7"), count: 3))
    Self.stop(["alpha", "beta", "gamma"], &stage)
    stage.run(3)
    #expect(
      Self.reach("beta", stage)
        == "not alone: alpha, gamma began within 30 s of it; "
        + "all 3 queues were consumed over connection app@10.0.0.7"
    )
  }

  @Test func theConnectionThatIsStillThereIsNamedToo() throws {
    var stage = Self.stage(Array(repeating: ("app", "10.0.0.7"), count: 3))
    stage.run(1)
    stage.die(1, in: "alpha", \.rejected)
    stage.run(5)
    stage.die(1, in: "gamma", \.rejected)
    stage.run(1)
    #expect(
      Self.reach("gamma", stage)
        == "not alone: alpha began within 30 s of it; "
        + "both queues are consumed over connection app@10.0.0.7"
    )
  }

  @Test func theHostIsNamedWhereConnectionsDiffer() {
    var stage = Self.stage([("a", "10.0.0.7"), ("b", "10.0.0.7"), ("c", "10.0.0.8")])
    Self.stop(["alpha", "beta"], &stage)
    stage.run(3)
    #expect(
      Self.reach("alpha", stage)
        == "not alone: beta began within 30 s of it; both queues were consumed from 10.0.0.7"
    )
  }

  @Test func theOnlyHostOfAllSaysNothing() {
    var stage = Self.stage([("a", "10.0.0.99"), ("b", "10.0.0.99"), ("c", "10.0.0.99")])
    Self.stop(["alpha", "beta"], &stage)
    stage.run(3)
    #expect(Self.reach("alpha", stage) == "not alone: beta began within 30 s of it")
  }

  @Test func theExchangeIsNamedWhereTheConsumersShareNothing() {
    var stage = Self.stage([("a", "10.0.0.1"), ("b", "10.0.0.2"), ("c", "10.0.0.3")])
    stage.addExchange("orders") { $0.type = "fanout" }
    stage.survey(["alpha", "beta", "gamma"].map { BindingSnapshot("orders", to: $0, "") })
    Self.stop(["alpha", "beta"], &stage)
    stage.run(3)
    #expect(
      Self.reach("alpha", stage)
        == "not alone: beta began within 30 s of it; "
        + "both queues are bound to exchange orders, 2 of its 3 queues"
    )
  }

  @Test func anExchangeInTroubleBelongsToIt() {
    var stage = Self.stage([("a", "10.0.0.1"), ("b", "10.0.0.2"), ("c", "10.0.0.3")])
    stage.addExchange("pay")
    stage.run(1)
    stage.lose(1, at: "pay")
    Self.stop(["alpha"], &stage)
    stage.run(3)
    #expect(Self.reach("alpha", stage) == "not alone: exchange pay began within 30 s of it")
  }

  @Test func whatBeganLongBeforeOrAfterDoesNotBelongToIt() {
    var stage = Self.stage([("a", "10.0.0.1"), ("b", "10.0.0.2"), ("c", "10.0.0.3")])
    Self.stop(["alpha"], &stage)
    stage.run(31)
    Self.stop(["beta"], &stage)
    stage.run(3)
    #expect(Self.reach("alpha", stage) == "isolated: nothing else came into trouble with it")
    #expect(Self.reach("beta", stage) == "isolated: nothing else came into trouble with it")
  }

  @Test func ofManyOnlyTheNumberIsSaid() {
    var stage = Stage()
    for number in 0..<30 { stage.addQueue("q\(number)") }
    stage.run(1)
    for number in 0..<5 { stage.count("q\(number)") { $0.ready = 1 } }
    stage.run(3)
    #expect(Self.reach("q0", stage) == "not alone: 4 others began within 30 s of it")
    for number in 5..<30 { stage.count("q\(number)") { $0.ready = 1 } }
    stage.run(3)
    #expect(Self.reach("q0", stage) == "not alone: more than 20 others began within 30 s of it")
  }

  @Test func notesReachNowhere() throws {
    var stage = Stage()
    stage.addExchange("orders")
    stage.survey([
      BindingSnapshot("orders", to: "a", "#"), BindingSnapshot("orders", to: "a", "b"),
    ])
    stage.run(1)
    #expect(try #require(stage.finding(.bindings)).reach.isEmpty)
  }
}
