import Foundation
import Glibc
import TestSupport
import Testing

extension EndToEndTests {
  /// The broker alone, without a screen.
  @Suite(.enabled(if: Tool.amqpPublish.isUsable, "amqp-tools are not installed"))
  struct ServeTests {
    /// Starts the broker on a free port and waits for its ready line.
    private func serve() async throws -> (program: Program, url: String) {
      let port = try FreePort.next()
      let http = try FreePort.next()
      let program = try Program(
        try BuiltExecutable.path(),
        ["serve", "--amqp-port", "\(port)", "--management-port", "\(http)"]
      )
      try await program.waitForOutput("\n")
      #expect(
        program.output.text
          == "ready amqp=127.0.0.1:\(port) management=127.0.0.1:\(http) "
          + "pid=\(program.child.processIdentifier)\n"
      )
      return (program, "amqp://127.0.0.1:\(port)")
    }

    @Test func itServesClients() async throws {
      let (broker, url) = try await serve()
      _ = try await Program.run(Tool.amqpDeclareQueue.path, ["-u", url, "-q", "work"])
      let published = try await Program.run(
        Tool.amqpPublish.path,
        ["-u", url, "-r", "work", "-b", "one"]
      )
      #expect(published.isSuccess, "\(published)")
      let fetched = try await Program.run(Tool.amqpGet.path, ["-u", url, "-q", "work"])
      #expect(fetched.output == "one")
      #expect(broker.child.end == nil)
    }

    @Test(
      .enabled(if: Tool.pythonWithPika.isUsable, "python3-pika is not installed"),
      arguments: [SIGTERM, SIGINT]
    )
    func itTellsItsClientsWhenItStops(signal: Int32) async throws {
      let (broker, url) = try await serve()
      let script = SourceFolder.tests.appending(path: "AMQPServerTests/Scripts/wait_for_close.py")
      let client = try Program(
        Tool.pythonWithPika.path,
        [script.path],
        environment: ["AMQP_URL": url, "PYTHONDONTWRITEBYTECODE": "1"]
      )
      try await client.waitForOutput("open")
      broker.child.signal(signal)
      let told = try await client.finish()
      #expect(told.output == "open\nclosed 320 CONNECTION_FORCED\n", "\(told)")
      let result = try await broker.finish()
      #expect(result.termination == .exited(0), "\(result)")
      #expect(result.output.split(separator: "\n").count == 1)
    }

    /// The texts have names from the network in them, which the terminal must not obey.
    @Test func whatGoesWrongIsLogged() async throws {
      let (broker, url) = try await serve()
      for wrong in ["guest:guess@127", "guest:guest@127"] {
        let address = url.replacing("127", with: wrong, maxReplacements: 1) + "/a%1Bb"
        let refused = try await Program.run(
          Tool.amqpPublish.path,
          ["-u", address, "-r", "q", "-b", "x"]
        )
        #expect(!refused.isSuccess)
      }
      broker.child.signal(SIGTERM)
      let log = try await broker.finish().error
      #expect(log.contains("PLAIN login refused: user 'guest'"), "\(log)")
      #expect(log.contains("closed: NOT_ALLOWED - vhost a␛b not found"), "\(log)")
      #expect(!log.contains("\u{1B}"))
    }

    @Test func aTakenPortIsSaidInOneLine() async throws {
      let holder = try FreePort.Holder()
      let result = try await Program.run(
        try BuiltExecutable.path(),
        ["serve", "--amqp-port", "\(holder.port)"]
      )
      #expect(result.termination == .exited(1), "\(result)")
      #expect(result.output.isEmpty)
      #expect(result.error.split(separator: "\n").count == 1, "\(result)")
      #expect(result.error.contains("\(holder.port)"))
    }

    @Test func aBrokerThatIsKilledFreesItsPort() async throws {
      let (first, url) = try await serve()
      first.child.signal(SIGKILL)
      _ = try await first.finish()
      let port = try #require(url.split(separator: ":").last)
      let second = try Program(try BuiltExecutable.path(), ["serve", "--amqp-port", "\(port)"])
      try await second.waitForOutput("ready amqp=127.0.0.1:\(port) ")
    }
  }
}
