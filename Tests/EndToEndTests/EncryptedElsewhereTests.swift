import AMQPClient
import Foundation
import Glibc
import JSONText
import NIOPosix
import TestSupport
import Testing
import Trust

extension EndToEndTests {
  /// The scenario and the comparison on brokers that speak AMQP over TLS.
  @Suite(.timeLimit(.minutes(4)), .enabled(if: Tool.openssl.isUsable, "openssl is not installed"))
  struct EncryptedElsewhereTests {
    private func run(_ arguments: [String]) async throws -> Program.Result {
      try await Program.run(try BuiltExecutable.path(), arguments, deadline: .seconds(90))
    }

    private func lab(_ broker: String, _ more: String...) -> [String] {
      ["lab", "--headless", "--duration", "3s", "--broker", broker] + more
    }

    @Test func ourOwnIsTrustedAsIsSaid() async throws {
      let certificates = try await TestCertificates.make()
      // It is in a folder of its own that nobody else uses.
      defer { try? certificates.remove() }
      let server = try Program(
        try BuiltExecutable.path(),
        [
          "serve", "--amqp-port", "0", "--tls-port", "0",
          "--tls-certificate", certificates.serverCertificate, "--tls-key", certificates.serverKey,
        ]
      )
      try await server.waitForOutput("\n")
      let match = try #require(
        server.output.text.firstMatch(of: /amqp=127\.0\.0\.1:(\d+) amqps=127\.0\.0\.1:(\d+)/)
      )
      let (plain, port) = (match.1, match.2)
      let works = try await run(
        lab("amqps://localhost:\(port)", "--cacert", certificates.authority)
      )
      #expect(works.isSuccess, "\(works)")
      #expect(works.output.contains("= 0"), "\(works.output)")
      for (broker, more, words) in [
        ("amqps://localhost:\(port)", [], "nobody we trust vouches for its certificate"),
        ("amqps://127.0.0.1:\(port)", ["--cacert", certificates.authority], "another host"),
        ("amqps://localhost:\(plain)", ["--insecure"], "does not speak TLS there; try amqp://"),
        ("amqp://localhost:\(port)", [], "it speaks TLS there; try amqps://"),
      ] as [(String, [String], String)] {
        let result = try await run(lab(broker) + more)
        #expect(!result.isSuccess)
        #expect(result.error.contains(words), "\(broker): \(result.error)")
        #expect(result.error.split(separator: "\n").count == 1, "\(result.error)")
      }
      let connection = try await AMQPConnection.open(
        ClientEndpoint(
          host: "localhost",
          port: try #require(Int(port)),
          trust: TrustSettings(authorityFile: certificates.authority)
        ),
        name: "test",
        group: MultiThreadedEventLoopGroup.singleton
      )
      server.child.signal(SIGKILL)
      let reason = await connection.waitUntilClosed()
      #expect(reason?.message == "the server closed the socket without a word")
      _ = try await server.finish()
    }

    @Test(.enabled(if: RabbitMQ.isUsable, "RabbitMQ is not installed"))
    func aRabbitMQIsPlayedOnAndMeasured() async throws {
      let certificates = try await TestCertificates.make()
      // As above.
      defer { try? certificates.remove() }
      let (port, managementPort) = (try FreePort.next(), try FreePort.next())
      let files = [
        "cacertfile": certificates.authority,
        "certfile": certificates.serverCertificate, "keyfile": certificates.serverKey,
      ]
      let rabbit = try await RabbitMQ(
        configuration: [
          "listeners.ssl.1 = 127.0.0.1:\(port)", "management.ssl.ip = 127.0.0.1",
          "management.ssl.port = \(managementPort)",
        ] + files.flatMap { ["ssl_options.\($0) = \($1)", "management.ssl.\($0) = \($1)"] }
      )
      let trust = ["--cacert", certificates.authority]
      let works = try await run(lab("amqps://localhost:\(port)", "--queue-type", "quorum") + trust)
      #expect(works.isSuccess, "\(works)")
      #expect(works.output.contains("deleted on the broker again: 4 queues, 1 exchange"))
      #expect(try await rabbit.manage("GET", "/api/queues") == "[]")

      let frame = try await run(
        [
          "--broker", "amqps://localhost:\(port)", "--management",
          "https://localhost:\(managementPort)", "--refresh", "1s",
        ] + trust
      )
      #expect(frame.isSuccess, "\(frame)")
      #expect(frame.output.contains("lab payment"), "\(frame.output)")
      #expect(frame.output.contains("nodes 1"), "\(frame.output)")

      let compared = try await run(
        [
          "compare", "--broker", "rabbit=amqps://localhost:\(port)", "--seconds", "0.5",
          "--rounds", "1", "--json",
        ] + trust
      )
      #expect(compared.isSuccess, "\(compared)")
      let json = try JSON(parsing: compared.output.utf8.dropLast())
      #expect(json["is_complete"]?.boolean == true)
      withExtendedLifetime(rabbit) {}
    }
  }
}
