import Telemetry
import Testing

@Suite struct PausedQueuesTests {
  private func snapshot(
    pausedQueue: Bool = false,
    consumers: [(queue: String, isPaused: Bool)]
  ) -> BrokerSnapshot {
    let start = Instant(nanoseconds: 0)
    return BrokerSnapshot(
      at: start,
      wallTime: WallTime(milliseconds: 0),
      identity: BrokerIdentity(label: "broker", endpoint: "amqp://127.0.0.1", startedAt: start),
      queues: ["a", "b"].map { name in
        QueueSnapshot(virtualHost: "/", name: name, isPaused: pausedQueue && name == "a")
      },
      consumers: consumers.enumerated().map { index, consumer in
        ConsumerSnapshot(
          identifier: UInt64(index),
          tag: "tag",
          virtualHost: "/",
          queue: consumer.queue,
          connectionIdentifier: 1,
          connectionName: "client",
          isPaused: consumer.isPaused,
          startedAt: start
        )
      }
    )
  }

  @Test func aQueueIsPausedByItself() {
    let some = snapshot(pausedQueue: true, consumers: [("a", false), ("b", false)])
    #expect(some.pausedQueues(in: "/") == ["a"])
  }

  @Test func orByTheLastOfItsConsumers() {
    #expect(
      snapshot(consumers: [("a", true), ("b", true), ("b", false)]).pausedQueues(in: "/") == ["a"]
    )
    #expect(snapshot(consumers: [("b", true), ("b", true)]).pausedQueues(in: "/") == ["b"])
  }

  @Test func oneWithoutConsumersIsNotPaused() {
    #expect(snapshot(consumers: []).pausedQueues(in: "/") == [])
  }

  @Test func anotherVirtualHostHasQueuesOfItsOwn() {
    let some = snapshot(pausedQueue: true, consumers: [("b", true)])
    #expect(some.pausedQueues(in: "/") == ["a", "b"])
    #expect(some.pausedQueues(in: "other") == [])
  }
}
