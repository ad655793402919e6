import Foundation
import Glibc
import TestSupport
import Testing

extension EndToEndTests {
  /// The management's HTTP API, asked by other people's programs.
  @Suite struct ManagementTests {
    /// A broker with its management, on free ports.
    private struct Served {
      let program: Program
      let amqp: Int
      let http: Int

      static func start(_ arguments: [String] = []) async throws -> Served {
        let (amqp, http) = (try FreePort.next(), try FreePort.next())
        let program = try Program(
          try BuiltExecutable.path(),
          ["serve", "--amqp-port", "\(amqp)", "--management-port", "\(http)"] + arguments
        )
        try await program.waitForOutput("ready amqp=127.0.0.1:\(amqp) management=127.0.0.1:\(http)")
        return Served(program: program, amqp: amqp, http: http)
      }

      /// Asks with curl, as guest.
      func curl(_ arguments: [String], _ path: String) async throws -> Program.Result {
        try await Program.run(
          Tool.curl.path,
          ["-s", "-m", "20", "-u", "guest:guest"] + arguments + ["http://127.0.0.1:\(http)\(path)"]
        )
      }
    }

    /// Asks, or half asks, and stays until it is cut.
    private func client(of broker: Served, asking: String) throws -> Program {
      let script = "exec 3<>/dev/tcp/127.0.0.1/$0; printf \"$1\" >&3; echo open; cat <&3; echo cut"
      return try Program(Tool.bash.path, ["-c", script, "\(broker.http)", asking])
    }

    @Test(arguments: ["", #"GET /api/over"#, #"GET /api/overview HTTP/1.1\r\nHost: x\r\n\r\n"#])
    func itEndsWithoutAWordWhoeverIsConnected(asking: String) async throws {
      let broker = try await Served.start()
      let client = try client(of: broker, asking: asking)
      try await client.waitForOutput(asking.hasSuffix("n") ? "401" : "open")
      broker.program.child.signal(SIGTERM)
      let result = try await broker.program.finish()
      #expect(result.termination == .exited(0), "\(result)")
      #expect(!result.error.contains("error"), "\(result.error)")
      #expect(try await client.finish().output.hasSuffix("cut\n"))
    }

    @Test func whoDoesNotEndARequestIsCut() async throws {
      let broker = try await Served.start()
      let head = #"POST /api/definitions HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n"#
      let guest = #"Authorization: Basic Z3Vlc3Q6Z3Vlc3Q=\r\n"#
      let client = try client(of: broker, asking: head + guest + #"\r\n{"#)
      try await client.waitForOutput("open")
      broker.program.child.signal(SIGTERM)
      let result = try await broker.program.finish()
      #expect(result.termination == .exited(0), "\(result)")
      #expect(!result.error.contains("error"), "\(result.error)")
      #expect(try await client.finish().output.hasSuffix("cut\n"))
    }

    private static let folder = SourceFolder.tests.appending(path: "EndToEndTests")

    /// What RabbitMQ has and Sluice has not, each with a reason.
    private static func leftOut() throws -> [Regex<AnyRegexOutput>] {
      let file = folder.appending(path: "Expected/management-fields-left-out.txt")
      return try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        .filter { !$0.hasPrefix("#") }
        .map { try Regex(String($0.split(separator: "\t")[0])) }
    }

    @Test(.enabled(if: Tool.pythonWithPika.isUsable, "python3-pika is not installed"))
    func theFieldsAreRabbitMQs() async throws {
      let broker = try await Served.start()
      let script = Self.folder.appending(path: "Scripts/management_fields.py")
      let fields = Self.folder.appending(path: "Expected/management-fields.txt")
      let result = try await Program.run(
        Tool.pythonWithPika.path,
        [script.path, "\(broker.amqp)", "\(broker.http)", fields.path],
        deadline: .seconds(120)
      )
      try #require(result.isSuccess, "\(result)")
      var lines = result.output.split(separator: "\n").map(String.init)
      let last = lines.popLast()
      let summary = try #require(last)
      let numbers = summary.split { !$0.isNumber }.compactMap { Int($0) }
      try #require(numbers.count == 2, "\(summary)")
      let share = Double(numbers[0]) / Double(numbers[1]) * 100
      print("management \(summary) = \((share * 10).rounded() / 10) %")
      let reasons = try Self.leftOut()
      let unexplained = lines.filter { line in !reasons.contains { line.contains($0) } }
      #expect(unexplained == [], "RabbitMQ has these, and nothing says why Sluice has not")
      let unused = reasons.indices.filter { index in !lines.contains { $0.contains(reasons[index]) }
      }
      #expect(unused == [], "these reasons explain nothing any more")
      #expect(numbers[0] + lines.count == numbers[1])
    }

    @Test(.enabled(if: Tool.pythonWithRabbitmqadmin.isUsable, "rabbitmq-server is not installed"))
    func rabbitmqadminWorks() async throws {
      let broker = try await Served.start()
      let file = FileManager.default.temporaryDirectory.appending(
        path: "definitions-\(UUID()).json"
      )
      defer {
        // A test that failed early has made none.
        try? FileManager.default.removeItem(at: file)
      }
      func admin(_ command: String) async throws -> String {
        let words = command.split(separator: " ").map(String.init)
        let result = try await Program.run(
          Tool.pythonWithRabbitmqadmin.path,
          [Tool.rabbitmqadminScript, "-P", "\(broker.http)", "-f", "tsv"] + words
        )
        #expect(result.isSuccess, "\(command): \(result)")
        return result.output
      }
      let runs: [(command: String, says: String)] = [
        ("declare queue name=q durable=true", "queue declared"),
        ("declare exchange name=x type=topic", "exchange declared"),
        ("declare binding source=x destination=q routing_key=a.*", "binding declared"),
        ("publish exchange=x routing_key=a.b payload=hello", "Message published"),
        ("publish exchange=x routing_key=b payload=lost", "Message published but NOT routed"),
        ("list queues name messages durable", "q\t1\tTrue"),
        ("get queue=q ackmode=ack_requeue_true", "a.b\tx\t0\thello\t5\tstring\tFalse"),
        ("list bindings source routing_key", "x\ta.*"),
        ("declare policy name=p pattern=^q definition={\"max-length\":9}", "policy declared"),
        ("list policies name definition", "p\t{\"max-length\": 9}"),
        ("declare vhost name=v", "vhost declared"),
        ("declare user name=u password=p tags=monitoring", "user declared"),
        ("declare permission vhost=v user=u configure=.* write=.* read=.*", "permission declared"),
        ("list permissions vhost user", "v\tu"), ("export \(file.path)", "Exported definitions"),
        ("purge queue name=q", "queue purged"), ("delete queue name=q", "queue deleted"),
        ("delete exchange name=x", "exchange deleted"), ("delete user name=u", "user deleted"),
        ("delete vhost name=v", "vhost deleted"), ("import \(file.path)", "Uploaded definitions"),
        ("list queues name messages durable", "q\t0\tTrue"), ("list vhosts name", "v"),
        ("list users name tags", "u\tmonitoring"), ("show overview", "3.10.8"),
        ("list nodes name running", "True"),
      ]
      for (command, says) in runs {
        let output = try await admin(command)
        #expect(output.contains(says), "\(command): \(output)")
      }
    }

    @Test(.enabled(if: Tool.curl.isUsable, "curl is not installed"))
    func curlSeesEventsMetricsAndTheDescription() async throws {
      let broker = try await Served.start()
      let listener = try Program(
        Tool.curl.path,
        ["-s", "-N", "-u", "guest:guest", "http://127.0.0.1:\(broker.http)/api/events"]
      )
      try await listener.waitForOutput("event: overview\n")
      let declared = try await broker.curl(
        ["-X", "PUT", "-d", #"{"durable":true}"#, "-w", "%{http_code}"],
        "/api/queues/%2F/seen"
      )
      #expect(declared.output == "201")
      try await listener.waitForOutput(#""text":"queue 'seen' declared (guest, by HTTP)""#)
      let metrics = try await broker.curl(["-i"], "/metrics/per-object")
      #expect(metrics.output.contains("Content-Type: text/plain; version=0.0.4"))
      #expect(
        metrics.output.contains(#"rabbitmq_queue_messages_ready{vhost="/",queue="seen"} 0"#)
      )
      let description = try await broker.curl([], "/api/openapi.json")
      #expect(description.output.hasPrefix(#"{"openapi":"3.0.3""#))
      let huge = try await broker.curl(
        ["-X", "PUT", "-H", "Expect:", "-d", String(repeating: " ", count: 100_000), "-i"],
        "/api/queues/%2F/huge"
      )
      #expect(huge.output.contains("400 Bad Request"))
      listener.child.signal(SIGTERM)
      _ = try await listener.finish()
      // Who is still connected does not keep the broker from ending.
      let other = try Program(
        Tool.curl.path,
        ["-s", "-N", "-u", "guest:guest", "http://127.0.0.1:\(broker.http)/api/events"]
      )
      try await other.waitForOutput("event: overview\n")
      broker.program.child.signal(SIGTERM)
      #expect(try await broker.program.finish().isSuccess)
    }

    @Test(.enabled(if: Tool.curl.isUsable, "curl is not installed"))
    func aBodyThatIsTooLongIsRefusedAndTheBrokerGoesOn() async throws {
      let broker = try await Served.start()
      let file = FileManager.default.temporaryDirectory.appending(path: "sluice-\(UUID()).json")
      // A file that is left is in nobody's way.
      defer { try? FileManager.default.removeItem(at: file) }
      try Data(repeating: UInt8(ascii: " "), count: 9 << 20).write(to: file)
      let refused = try await broker.curl(
        ["-X", "POST", "-H", "Expect:", "--data-binary", "@\(file.path)", "-i"],
        "/api/definitions"
      )
      #expect(refused.output.contains("400 Bad Request"), "\(refused)")
      #expect(refused.output.contains("Exceeded HTTP request body size limit"))
      let overview = try await broker.curl([], "/api/overview")
      #expect(overview.output.contains("rabbitmq_version"))
    }

    @Test func aPortThatIsTakenIsSaidUnlessNobodyChoseIt() async throws {
      let first = try await Served.start()
      let second = try await Program.run(
        try BuiltExecutable.path(),
        ["serve", "--amqp-port", "0", "--management-port", "\(first.http)"]
      )
      #expect(second.termination == .exited(78))
      #expect(
        second.error.contains(
          "127.0.0.1:\(first.http) is in use; choose another port with --management-port"
        )
      )
      let without = try Program(
        try BuiltExecutable.path(),
        ["serve", "--amqp-port", "0", "--no-management"]
      )
      try await without.waitForOutput("pid=")
      #expect(!without.output.text.contains("management="))
    }
  }
}
