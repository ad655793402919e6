import Foundation
import Glibc
import JSONText
import TestSupport
import Testing

extension EndToEndTests {
  /// The dashboard on another Sluice.
  @Suite struct AttachToSluiceTests {
    @Test func anotherSluiceIsShownAndChanged() async throws {
      let (amqp, http) = (try FreePort.next(), try FreePort.next())
      let executable = try BuiltExecutable.path()
      let served = try Program(
        executable,
        ["serve", "--amqp-port", "\(amqp)", "--management-port", "\(http)"]
      )
      try await served.waitForOutput("ready amqp=127.0.0.1:\(amqp) management=127.0.0.1:\(http)")
      let put = try await Program.run(
        Tool.amqpDeclareQueue.path,
        ["--port", "\(amqp)", "-q", "orders", "-d"]
      )
      try #require(put.isSuccess, "\(put.error)")
      let published = try await Program.run(
        Tool.amqpPublish.path,
        ["--port", "\(amqp)", "-r", "orders", "-b", "hello"]
      )
      try #require(published.isSuccess, "\(published.error)")
      let shown = try await Program.run(
        executable,
        ["attach", "http://127.0.0.1:\(http)", "--refresh", "1s", "--config", "/dev/null"],
        deadline: .seconds(40)
      )
      #expect(shown.isSuccess, "\(shown.error)")
      #expect(shown.output.contains("orders"))
      #expect(shown.output.contains("Sluice 0."))
      #expect(shown.output.contains("ready 1"))
    }

    @Test func anotherSluiceIsToldOnceAndInLines() async throws {
      let (amqp, http) = (try FreePort.next(), try FreePort.next())
      let executable = try BuiltExecutable.path()
      let served = try Program(
        executable,
        ["serve", "--amqp-port", "\(amqp)", "--management-port", "\(http)"]
      )
      try await served.waitForOutput("ready amqp=127.0.0.1:\(amqp) management=127.0.0.1:\(http)")
      let url = "http://guest:guest@127.0.0.1:\(http)"
      let put = try await Program.run(
        Tool.amqpDeclareQueue.path,
        ["--port", "\(amqp)", "-q", "orders", "-d"]
      )
      try #require(put.isSuccess, "\(put.error)")
      let snapshot = try await Program.run(
        executable,
        ["snapshot", url, "--json"],
        deadline: .seconds(40)
      )
      #expect(snapshot.isSuccess, "\(snapshot.error)")
      let json = try JSON(parsing: snapshot.output.utf8.dropLast())
      guard case .array(let queues)? = json["queues"] else {
        Issue.record("no queues: \(snapshot.output)")
        return
      }
      #expect(queues.count == 1)
      // What a management does not count is not made up.
      #expect(json["ledger"] == .null)
      #expect(!snapshot.output.contains("guest:guest"))
      let watching = try Program(executable, ["watch", url])
      try await watching.waitForOutput("1 queue, 0 ready", deadline: .seconds(30))
      watching.child.signal(SIGTERM)
      #expect(try await watching.finish().isSuccess)
    }
  }

  /// The dashboard on a RabbitMQ that the test starts itself.
  @Suite(
    .serialized,
    .enabled(if: RabbitMQ.isUsable && Tool.tmux.isUsable, "rabbitmq-server or tmux is missing"),
    .timeLimit(.minutes(5))
  )
  struct AttachTests {
    private static let environment = [
      "SWIFT_BACKTRACE": "enable=no", "LANG": "C.UTF-8", "SLUICE_CONFIG": "/dev/null",
    ]

    /// A broker with a user whose password is nowhere else, and a queue with three messages.
    private func broker() async throws -> RabbitMQ {
      let rabbit = try await RabbitMQ()
      try await rabbit.manage(
        "PUT",
        "/api/users/ann",
        #"{"password":"hunter2/x","tags":"administrator"}"#
      )
      try await rabbit.manage(
        "PUT",
        "/api/permissions/%2F/ann",
        #"{"configure":".*","write":".*","read":".*"}"#
      )
      try await rabbit.manage("PUT", "/api/queues/%2F/orders", #"{"durable":true}"#)
      for _ in 0..<3 {
        try await rabbit.manage(
          "POST",
          "/api/exchanges/%2F/amq.default/publish",
          #"{"properties":{},"routing_key":"orders","payload":"x","payload_encoding":"string"}"#
        )
      }
      return rabbit
    }

    private func address(_ rabbit: RabbitMQ) -> String {
      "http://ann:hunter2%2Fx@127.0.0.1:\(rabbit.managementPort)"
    }

    private func dashboard(_ arguments: [String]) async throws -> Tmux {
      try await Tmux(
        [try BuiltExecutable.path(), "attach", "--refresh", "1s"] + arguments,
        environment: Self.environment
      )
    }

    @Test func aPipeGetsOneFrameWithoutThePassword() async throws {
      let rabbit = try await broker()
      let result = try await Program.run(
        try BuiltExecutable.path(),
        ["attach", "--refresh", "1s"],
        environment: Self.environment.merging(["SLUICE_URL": address(rabbit)]) { $1 },
        deadline: .seconds(40)
      )
      #expect(result.isSuccess, "\(result.error)")
      #expect(result.output.contains("orders"))
      #expect(result.output.contains("http://127.0.0.1:\(rabbit.managementPort)"))
      #expect(!(result.output + result.error).contains("hunter2"))
    }

    @Test func thePasswordIsNotInTheListOfProcesses() async throws {
      let rabbit = try await broker()
      let program = try Program(
        try BuiltExecutable.path(),
        ["attach", address(rabbit), "--plain"],
        environment: Self.environment
      )
      try await program.waitForOutput("orders", deadline: .seconds(30))
      let process = program.child.processIdentifier
      let line = try String(contentsOfFile: "/proc/\(process)/cmdline", encoding: .utf8)
      #expect(line.contains("127.0.0.1:\(rabbit.managementPort)"))
      #expect(!line.contains("hunter2"))
      program.child.signal(SIGTERM)
      let result = try await program.finish()
      #expect(!(result.output + result.error).contains("hunter2"))
    }

    @Test func aWrongPasswordCostsOneLine() async throws {
      let rabbit = try await broker()
      let result = try await Program.run(
        try BuiltExecutable.path(),
        ["attach", "http://ann:wrong@127.0.0.1:\(rabbit.managementPort)"],
        environment: Self.environment
      )
      #expect(result.termination == .exited(78))
      #expect(result.error.contains("the password is wrong (401)"))
      #expect(result.error.split(separator: "\n").count == 1)
    }

    @Test func nothingIsChangedWithoutWriteAndAPurgeAsksFirst() async throws {
      let rabbit = try await broker()
      let looking = try await dashboard([address(rabbit)])
      try await looking.waitForScreen("queue", deadline: .seconds(30)) { $0.contains("orders") }
      try await looking.press("2", "P")
      try await looking.waitForScreen("refusal") { $0.contains("start with --write") }
      try await looking.press("Q")
      #expect(try await looking.waitForExit() == 0)

      let writing = try await dashboard([address(rabbit), "--write"])
      try await writing.waitForScreen("3 messages", deadline: .seconds(30)) {
        $0.contains("orders") && $0.contains("ready 3")
      }
      try await writing.press("2", "P")
      try await writing.waitForScreen("question") { $0.contains("┤purge orders├") }
      // The harmless button has the keys.
      try await writing.press("Enter")
      try await writing.waitForScreen("no question") { !$0.contains("┤purge orders├") }
      #expect(
        try await rabbit.manage("GET", "/api/queues/%2F/orders?columns=messages").contains("3")
      )
      try await writing.press("P", "y")
      try await writing.waitForScreen("purged") { $0.contains("orders is purged") }
      try await writing.press("Q")
      #expect(try await writing.waitForExit() == 0)
    }

    @Test func aBrokerThatStopsIsLostWithItsPictureAndFoundAgain() async throws {
      let rabbit = try await broker()
      let tmux = try await dashboard([address(rabbit)])
      try await tmux.waitForScreen("queue", deadline: .seconds(30)) { $0.contains("orders") }
      rabbit.child.signal(SIGSTOP)
      let lost = try await tmux.waitForScreen("lost connection", deadline: .seconds(40)) {
        $0.contains("NO DATA")
      }
      #expect(lost.contains("orders"))
      // No key waits for a broker.
      try await tmux.press("4")
      try await tmux.waitForScreen("consumers") { $0.contains("oldest held") }
      rabbit.child.signal(SIGCONT)
      try await tmux.waitForScreen("connection", deadline: .seconds(40)) {
        !$0.contains("NO DATA") && $0.contains("● live")
      }
      try await tmux.press("7")
      try await tmux.waitForScreen("the silence as an event", deadline: .seconds(20)) {
        $0.contains("no answer for ")
      }
      try await tmux.press("Q")
      #expect(try await tmux.waitForExit() == 0)
    }

    @Test func aSecondBrokerIsShownWithItsKey() async throws {
      let rabbit = try await broker()
      let other = try await RabbitMQ()
      try await other.manage("PUT", "/api/queues/%2F/invoices", #"{"durable":true}"#)
      let tmux = try await dashboard([address(rabbit), "--target", other.address])
      try await tmux.waitForScreen("queue", deadline: .seconds(30)) { $0.contains("orders") }
      try await tmux.press("@")
      try await tmux.waitForScreen("targets") {
        $0.contains("┤target├") && $0.contains("127.0.0.1:\(other.managementPort)")
      }
      try await tmux.press("j", "Enter")
      try await tmux.waitForScreen("other queue", deadline: .seconds(30)) {
        $0.contains("invoices") && !$0.contains("orders")
      }
      try await tmux.press("Q")
      #expect(try await tmux.waitForExit() == 0)
    }
  }
}
