import Foundation
import Glibc
import JSONText
import TestSupport
import Testing

extension EndToEndTests {
  /// `sluice compare` on the embedded broker alone, and what is no broker.
  @Suite(.timeLimit(.minutes(3))) struct CompareCommandTests {
    static let short = ["--seconds", "0.5", "--rounds", "1"]

    @Test func theEmbeddedBrokerIsMeasuredAndGone() async throws {
      let processes = MarkedProcesses()
      let home = try TemporaryFolder()
      let result = try await Program.run(
        try BuiltExecutable.path(),
        ["compare", "--broker", "embedded", "--json"] + Self.short,
        environment: processes.environment.merging(["TMPDIR": home.path]) { $1 },
        deadline: .seconds(90)
      )
      #expect(result.isSuccess, "\(result.error)")
      let json = try JSON(parsing: result.output.utf8.dropLast())
      #expect(json["is_complete"]?.boolean == true)
      guard case .array(let brokers)? = json["brokers"], let broker = brokers.first else {
        Issue.record("no broker: \(result.output)")
        return
      }
      try Comparing.expectFigures(broker)
      #expect(broker["platform"]?.text == "Sluice (Swift)")
      #expect(broker["process"]?["name"]?.text == "sluice")
      #expect(processes.alive == [])
      #expect(try FileManager.default.contentsOfDirectory(atPath: home.path) == [])
    }

    @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
    func aSignalEndsItWithoutALeftover(signal: Int32) async throws {
      let processes = MarkedProcesses()
      let home = try TemporaryFolder()
      let program = try Program(
        try BuiltExecutable.path(),
        ["compare", "--broker", "embedded", "--seconds", "60"],
        environment: processes.environment.merging(["TMPDIR": home.path]) { $1 }
      )
      try await Comparing.waitForProgress("in memory: embedded", program)
      program.child.signal(signal)
      let result = try await program.finish(deadline: .seconds(30))
      #expect(result.termination == .exited(1))
      #expect(result.error.hasSuffix("sluice: interrupted: nothing was compared\n"))
      #expect(result.output.isEmpty)
      #expect(processes.alive == [])
      #expect(try FileManager.default.contentsOfDirectory(atPath: home.path) == [])
    }

    @Test func aBrokerDoesNotOutliveAComparisonThatIsKilled() async throws {
      let processes = MarkedProcesses()
      let home = try TemporaryFolder()
      let program = try Program(
        try BuiltExecutable.path(),
        ["compare", "--broker", "embedded", "--seconds", "60"],
        environment: processes.environment.merging(["TMPDIR": home.path]) { $1 }
      )
      try await Comparing.waitForProgress("in memory: embedded", program)
      #expect(processes.alive.count == 2)
      program.child.signal(SIGKILL)
      try await wait(for: "end of both", deadline: .seconds(20), seen: { "\(processes.alive)" }) {
        processes.alive.isEmpty
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: home.path) == [])
    }

    @Test(arguments: [
      (["--broker", "amqp://ann:hunter2@h"], [64], "needs a name before it"),
      (["--broker", "r=http://ann:hunter2@h"], [64], "begins with amqp://, or amqps:// for TLS"),
      (["--broker", "r=amqp://h", "--insecure"], [64], "are for a --broker with amqps://"),
      (
        ["--broker", "r=amqps://ann:hunter2@h", "--cacert", "/no/file"], [78],
        "--cacert /no/file: cannot be read as a PEM file"
      ),
      (["--broker", "r=amqp://h:port"], [64], "a port is a number"),
      (["--broker", "embedded", "--broker", "embedded"], [64], "two brokers are called embedded"),
      (["--seconds", "0.1"], [64], "0.5 to 600"),
      (["--rounds", "0"], [64], "1 to 100"),
      (["--queue-type", "stream"], [64], "classic"),
      (["--broker", "r=amqp://ann:hunter2@127.0.0.1:1"], [1], "r: no connection to 127.0.0.1:1"),
      (["--broker", "r=amqp://ann@h", "--password-file", "/no/file"], [78], "/no/file: No such"),
    ])
    func whatCannotBeComparedCostsOneLine(
      arguments: [String],
      status: [Int32],
      words: String
    ) async throws {
      let result = try await Program.run(try BuiltExecutable.path(), ["compare"] + arguments)
      #expect(result.termination == .exited(status[0]))
      #expect(result.error.contains(words), "\(result.error)")
      #expect(result.error.split(separator: "\n").count == 1, "\(result.error)")
      #expect(result.output.isEmpty && !result.error.contains("hunter2"))
    }

    @Test func aServerThatSaysNothingIsGivenUp() async throws {
      let silent = try FreePort.Holder()
      let result = try await Program.run(
        try BuiltExecutable.path(),
        ["compare", "--broker", "silent=amqp://127.0.0.1:\(silent.port)"],
        deadline: .seconds(40)
      )
      #expect(result.termination == .exited(1))
      #expect(
        result.error
          == "sluice: silent: no handshake within 10 seconds; it hangs, or is no AMQP broker\n"
      )
    }
  }

  /// `sluice compare` with a RabbitMQ that the test starts itself.
  @Suite(
    .serialized,
    .enabled(if: RabbitMQ.isUsable, "rabbitmq-server is missing"),
    .timeLimit(.minutes(5))
  )
  struct CompareWithRabbitMQTests {
    private static let password = "hunter2/x"

    /// A broker with a user whose password is nowhere else.
    private func broker() async throws -> (rabbit: RabbitMQ, argument: String) {
      let rabbit = try await RabbitMQ()
      try await rabbit.manage(
        "PUT",
        "/api/users/ann",
        #"{"password":"\#(Self.password)","tags":""}"#
      )
      try await rabbit.manage(
        "PUT",
        "/api/permissions/%2F/ann",
        #"{"configure":".*","write":".*","read":".*"}"#
      )
      return (rabbit, "rabbit=amqp://ann:hunter2%2Fx@127.0.0.1:\(rabbit.port)")
    }

    /// Whether none of our queues and exchanges is there.
    private func expectNothingLeft(_ rabbit: RabbitMQ) async throws {
      for what in ["queues", "exchanges"] {
        let names = try await rabbit.manage("GET", "/api/\(what)?columns=name")
        #expect(!names.contains("sluice.compare"), "\(names)")
      }
    }

    @Test func bothAreMeasuredSideBySide() async throws {
      let (rabbit, argument) = try await broker()
      let program = try Program(
        try BuiltExecutable.path(),
        ["compare", "--broker", "embedded", "--broker", argument, "--json", "--seconds", "1"]
          + ["--rounds", "1", "--queue-type", "quorum"]
      )
      try await Comparing.waitForProgress("in memory: rabbit", program)
      let commandLine = try #require(
        FileManager.default.contents(atPath: "/proc/\(program.child.processIdentifier)/cmdline")
      )
      #expect(!String(decoding: commandLine, as: UTF8.self).contains("hunter2"))
      let result = try await program.finish(deadline: .seconds(120))
      #expect(result.isSuccess, "\(result.error)")
      #expect(!(result.output + result.error).contains("hunter2"))
      let json = try JSON(parsing: result.output.utf8.dropLast())
      guard case .array(let brokers)? = json["brokers"], brokers.count == 2 else {
        Issue.record("not two brokers: \(result.output)")
        return
      }
      for broker in brokers { try Comparing.expectFigures(broker) }
      #expect(brokers[1]["product"]?.text == "RabbitMQ")
      #expect(brokers[1]["process"]?["name"]?.text == "beam.smp")
      #expect(brokers[1]["queue_type"]?.text == "quorum")
      let features = try #require(brokers[1]["features"])
      for name in ["quorum queues", "stream queues", "transactions (tx)", "direct reply-to"] {
        #expect(features[name]?.text == "yes", "\(name)")
      }
      // RabbitMQ has dropped it, and has no such plugin here.
      for name in ["immediate flag", "exchange type x-delayed-message"] {
        #expect(features[name]?.text == "no", "\(name)")
      }
      try await expectNothingLeft(rabbit)

      let wrong = argument.replacing("hunter2", with: "hunter3")
      let refused = try await Program.run(
        try BuiltExecutable.path(),
        ["compare", "--broker", wrong],
        deadline: .seconds(40)
      )
      #expect(refused.termination == .exited(1))
      #expect(refused.error.hasPrefix("sluice: rabbit: 403 ACCESS_REFUSED"))
      #expect(!refused.error.contains("hunter3"))
      let web = try await Program.run(
        try BuiltExecutable.path(),
        ["compare", "--broker", "web=amqp://127.0.0.1:\(rabbit.managementPort)"],
        deadline: .seconds(40)
      )
      #expect(web.termination == .exited(1))
      #expect(web.error.hasPrefix("sluice: web: "), "\(web.error)")
      #expect(web.error.contains("is no AMQP"), "\(web.error)")
    }

    @Test func aSignalLeavesNoQueueBehind() async throws {
      let (rabbit, argument) = try await broker()
      let program = try Program(
        try BuiltExecutable.path(),
        ["compare", "--broker", argument, "--seconds", "2"]
      )
      // The durable queues are those that would stay.
      try await Comparing.waitForProgress("durable, confirmed: rabbit", program)
      try await wait(for: "a queue", deadline: .seconds(20)) {
        try await rabbit.manage("GET", "/api/queues?columns=name").contains("sluice.compare")
      }
      program.child.signal(SIGINT)
      let result = try await program.finish(deadline: .seconds(40))
      #expect(result.termination == .exited(1))
      #expect(result.error.contains("interrupted"))
      try await expectNothingLeft(rabbit)
    }

    @Test func aBrokerThatDiesLeavesTheOtherMeasured() async throws {
      let (rabbit, argument) = try await broker()
      let program = try Program(
        try BuiltExecutable.path(),
        ["compare", "--broker", argument, "--broker", "embedded"] + ["--seconds", "2"]
          + ["--rounds", "1"]
      )
      try await Comparing.waitForProgress("durable, confirmed: rabbit", program)
      rabbit.child.signal(SIGKILL)
      let result = try await program.finish(deadline: .seconds(120))
      #expect(result.termination == .exited(1))
      #expect(result.output.contains("rabbit: durable, confirmed: failed: "))
      #expect(result.output.contains("rabbit: fan-out to 5: failed: "))
      let rates = result.output.split(separator: "\n").filter { $0.hasPrefix("  messages/s") }
      #expect(rates.count == 2 && rates.last?.contains("failed") == true, "\(result.output)")
      #expect(!result.output.contains("embedded: in memory: failed"))
      #expect(!(result.output + result.error).contains("hunter2"))
    }
  }

  /// What the suites have in common.
  enum Comparing {
    static func waitForProgress(_ text: String, _ program: Program) async throws {
      try await wait(
        for: "progress `\(text)`",
        deadline: .seconds(90),
        seen: { program.error.text }
      ) {
        program.error.text.contains(text)
      }
    }

    /// Each case was measured and no message went astray.
    static func expectFigures(_ broker: JSON) throws {
      for name in ["in_memory", "durable", "latency", "fan_out"] {
        let figures = try #require(broker["cases"]?[name])
        #expect(try #require(figures["deliveries_per_s"]?.number, "\(figures)") > 0)
        #expect(try #require(figures["broker_cpu_s_per_million"]?.number) > 0)
        #expect(try #require(figures["client_cpu_s_per_million"]?.number) > 0)
        for flaw in ["lost", "duplicated", "out_of_order", "strange", "refused"] {
          #expect(figures[flaw]?.count == 0, "\(name): \(flaw)")
        }
      }
      let latency = try #require(broker["cases"]?["latency"])
      for kind in ["delivery_us", "confirm_us"] {
        let p50 = try #require(latency[kind]?["p50"]?.number)
        let p99 = try #require(latency[kind]?["p99"]?.number)
        #expect(p50 > 0 && p50 <= p99, "\(kind)")
      }
      #expect(try #require(broker["memory_bytes"]?.count) > 1_000_000)
    }
  }
}

/// A directory that is gone with the value.
private final class TemporaryFolder {
  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "sluice-test-\(UUID())")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
  }

  deinit {
    // What is left in it was complained about by a test.
    try? FileManager.default.removeItem(atPath: path)
  }
}
