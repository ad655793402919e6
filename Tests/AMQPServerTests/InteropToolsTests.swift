import TestSupport
import Testing

extension InteropTests {
  /// The command line tools of rabbitmq-c.
  @Suite(.enabled(if: Tool.amqpPublish.isUsable, "amqp-tools are not installed"))
  struct ToolsTests {
    @Test func aMessagePublishedByOneToolIsFetchedByAnother() async throws {
      try await InteropBroker.run { broker in
        let declared = try await broker.run(.amqpDeclareQueue, "--queue=tools")
        #expect(declared.isSuccess, "\(declared)")
        #expect(declared.output == "tools\n")

        let published = try await broker.run(
          .amqpPublish,
          "--routing-key=tools",
          "--content-type=text/plain",
          "--header=colour: green",
          "--persistent",
          "--body=one message"
        )
        #expect(published.isSuccess, "\(published)")

        let fetched = try await broker.run(.amqpGet, "--queue=tools")
        #expect(fetched.output == "one message")
        // The tool says with code 2 that there was nothing.
        #expect(try await broker.run(.amqpGet, "--queue=tools").termination == .exited(2))
        #expect(try await broker.run(.amqpDeleteQueue, "--queue=tools").output == "0\n")
      }
    }

    @Test func messagesAreConsumedInOrderAndTheRestIsDeletedWithTheQueue() async throws {
      try await InteropBroker.run { broker in
        _ = try await broker.run(.amqpDeclareQueue, "--queue=ordered")
        for number in 1...5 {
          _ = try await broker.run(.amqpPublish, "-r", "ordered", "-b", "\(number);")
        }
        let consumed = try await broker.run(
          .amqpConsume,
          "--queue=ordered",
          "--count=3",
          "--prefetch-count=1",
          "/bin/cat"
        )
        #expect(consumed.isSuccess, "\(consumed)")
        #expect(consumed.output == "1;2;3;")
        #expect(try await broker.run(.amqpDeleteQueue, "--queue=ordered").output == "2\n")
      }
    }

    @Test func aQueueOfTheConsumersOwnReceivesFromAnExchange() async throws {
      try await InteropBroker.run { broker in
        let consumer = try Program(
          Tool.amqpConsume.path,
          ["--url", broker.url, "-e", "amq.topic", "-r", "order.#", "-A", "-c", "2", "/bin/cat"]
        )
        // It names its queue on standard error once it is bound.
        try await wait(for: "queue of the consumer") { consumer.error.text.contains("\n") }
        for key in ["order.paid", "other", "order"] {
          _ = try await broker.run(.amqpPublish, "-e", "amq.topic", "-r", key, "-b", "\(key);")
        }
        let result = try await consumer.finish()
        #expect(result.isSuccess, "\(result)")
        #expect(result.output == "order.paid;order;")
      }
    }

    @Test func linesOfAPipeBecomeMessages() async throws {
      try await InteropBroker.run { broker in
        _ = try await broker.run(.amqpDeclareQueue, "--queue=lines")
        let piped = try await Program.run(
          Tool.bash.path,
          ["-c", "printf 'a\\nb\\nc\\n' | \(Tool.amqpPublish.path) -u \(broker.url) -r lines -l"]
        )
        #expect(piped.isSuccess, "\(piped)")
        #expect(try await broker.run(.amqpDeleteQueue, "--queue=lines").output == "3\n")
      }
    }

    @Test func aMissingQueueIsRefusedByName() async throws {
      try await InteropBroker.run { broker in
        let refused = try await broker.run(.amqpGet, "--queue=nowhere")
        #expect(!refused.isSuccess)
        #expect(refused.error.contains("404"), "\(refused)")
        #expect(refused.error.contains("NOT_FOUND - no queue 'nowhere' in vhost '/'"))
      }
    }

    @Test func aWrongPasswordIsRefused() async throws {
      try await InteropBroker.run { broker in
        let refused = try await Program.run(
          Tool.amqpGet.path,
          ["--url=amqp://guest:wrong@127.0.0.1:\(broker.port)", "--queue=nowhere"]
        )
        #expect(!refused.isSuccess)
        #expect(refused.error.contains("403"), "\(refused)")
      }
    }
  }
}
