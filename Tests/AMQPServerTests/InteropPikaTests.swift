import Glibc
import TestSupport
import Testing

extension InteropTests {
  /// What RabbitMQ's tutorials teach, with pika; the scripts lie in `Scripts`.
  @Suite(.enabled(if: Tool.pythonWithPika.isUsable, "python3-pika is not installed"))
  struct PikaTests {
    @Test func helloWorld() async throws {
      try await InteropBroker.run { broker in
        let receiver = try await broker.receiver("hello_receive.py")
        try await broker.send("hello_send.py")
        try await receiver.waitForOutput("received 'Hello World!'")
        try await interrupt(receiver)
      }
    }

    @Test func workIsSharedAndAKilledWorkersTaskGoesToAnother() async throws {
      try await InteropBroker.run { broker in
        let doomed = try await broker.receiver("work_receive.py")
        try await broker.send("work_send.py", "hang")
        try await doomed.waitForOutput("got hang persistent=True")

        // It holds its one task, so all others go past it.
        let other = try await broker.receiver("work_receive.py")
        try await broker.send("work_send.py", "first", "second", "third")
        try await other.waitForOutput("got third persistent=True")
        #expect(!doomed.output.text.contains("first"))

        doomed.child.signal(SIGKILL)
        try await other.waitForOutput("got hang again persistent=True")
        try await interrupt(other)
        let tasks = other.output.text.split(separator: "\n").filter { $0.hasPrefix("got") }
        #expect(
          tasks.map { $0.split(separator: " ")[1] } == ["first", "second", "third", "hang"]
        )
      }
    }

    @Test func aFanoutExchangeCopiesToEveryReceiver() async throws {
      try await InteropBroker.run { broker in
        let first = try await broker.receiver("logs_receive.py", "logs", "fanout")
        let second = try await broker.receiver("logs_receive.py", "logs", "fanout")
        try await broker.send("logs_send.py", "logs", "fanout", "", "to all")
        for receiver in [first, second] {
          try await receiver.waitForOutput("received :to all")
          try await interrupt(receiver)
        }
      }
    }

    @Test func aDirectExchangeRoutesByKey() async throws {
      try await InteropBroker.run { broker in
        let errors = try await broker.receiver("logs_receive.py", "direct_logs", "direct", "error")
        let both = try await broker.receiver(
          "logs_receive.py",
          "direct_logs",
          "direct",
          "error",
          "info"
        )
        for key in ["info", "debug", "error"] {
          try await broker.send("logs_send.py", "direct_logs", "direct", key, "text")
        }
        try await errors.waitForOutput("received error:text")
        try await both.waitForOutput("received info:text\nreceived error:text")
        #expect(!errors.output.text.contains("info"))
        #expect(!both.output.text.contains("debug"))
        try await interrupt(errors)
        try await interrupt(both)
      }
    }

    @Test func aTopicExchangeRoutesByPattern() async throws {
      try await InteropBroker.run { broker in
        let receiver = try await broker.receiver(
          "logs_receive.py",
          "topic_logs",
          "topic",
          "kern.*",
          "*.critical",
          "#.end"
        )
        for key in ["kern.critical", "kern.a.b", "app.critical", "app.info", "a.b.end", "end"] {
          try await broker.send("logs_send.py", "topic_logs", "topic", key, "t")
        }
        // The last key comes last: whatever is missing now was not routed.
        try await receiver.waitForOutput("received end:t")
        let received = receiver.output.text.split(separator: "\n").filter {
          $0.hasPrefix("received")
        }
        #expect(
          received == [
            "received kern.critical:t", "received app.critical:t", "received a.b.end:t",
            "received end:t",
          ]
        )
        try await interrupt(receiver)
      }
    }

    @Test func remoteProcedureCallsFindTheirWayBack() async throws {
      try await InteropBroker.run { broker in
        let server = try await broker.receiver("rpc_server.py")
        let client = try await broker.python("rpc_client.py", ["30", "0", "90"]).finish()
        #expect(client.isSuccess, "\(client)")
        #expect(
          client.output == """
            fibonacci(30) = 832040
            fibonacci(0) = 0
            fibonacci(90) = 2880067194370816120

            """
        )
        try await interrupt(server)
      }
    }

    @Test func publisherConfirmsAndReturns() async throws {
      try await InteropBroker.run { broker in
        let result = try await broker.python("confirms.py").finish()
        #expect(result.isSuccess, "\(result)")
        #expect(
          result.output == """
            confirmed 100
            confirmed unroutable
            returned 312 NO_ROUTE back
            in order
            empty

            """
        )
      }
    }

    @Test func refusalsCarryTheCodesOfTheProtocol() async throws {
      try await InteropBroker.run { broker in
        let result = try await broker.python("refusals.py").finish()
        #expect(result.isSuccess, "\(result)")
        #expect(
          result.output == """
            passive declare: 404 NOT_FOUND
            get: 404 NOT_FOUND
            bind: 404 NOT_FOUND
            reserved exchange: 403 ACCESS_REFUSED
            other type: 406 PRECONDITION_FAILED
            exclusive queue of another: 405 RESOURCE_LOCKED
            gone with its connection: 404 NOT_FOUND
            unknown tag: 406 PRECONDITION_FAILED
            connection open

            """
        )
      }
    }

    /// Ends a receiver as a person would, with Ctrl-C, and sees it close its connection.
    private func interrupt(_ receiver: Program) async throws {
      receiver.child.signal(SIGINT)
      let result = try await receiver.finish()
      #expect(result.isSuccess, "\(result)")
      #expect(result.output.hasSuffix("closed\n"))
    }
  }
}

extension InteropBroker {
  /// Starts a script that consumes, and waits until it does.
  fileprivate func receiver(_ script: String, _ arguments: String...) async throws -> Program {
    let program = try python(script, arguments)
    try await program.waitForOutput("waiting")
    return program
  }

  /// Runs a script that publishes to its end.
  fileprivate func send(_ script: String, _ arguments: String...) async throws {
    let result = try await python(script, arguments).finish()
    #expect(result.isSuccess, "\(result)")
  }
}
