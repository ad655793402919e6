import AMQPClient
import AMQPServer
import Foundation
import Logging
import NIOCore
import NIOPosix
import Telemetry
import TestSupport
import Testing
import Trust

/// The client over TLS, against our own encrypted listener.
@Suite(.timeLimit(.minutes(1)), .enabled(if: Tool.openssl.isUsable, "openssl is not installed"))
struct EncryptedClientTests {
  private struct Stage {
    let server: BrokerServer
    let certificates: TestCertificates
    let group: any EventLoopGroup

    /// The server's certificate is for `localhost`.
    func connect(
      _ trust: TrustSettings?,
      host: String = "localhost",
      port: Int? = nil
    ) async throws -> AMQPConnection {
      let tlsPort = try #require(server.tlsPort)
      return try await AMQPConnection.open(
        ClientEndpoint(host: host, port: port ?? tlsPort, trust: trust),
        name: "encrypted",
        group: group
      )
    }

    func error(
      _ trust: TrustSettings?,
      host: String = "localhost",
      port: Int? = nil
    ) async throws -> ClientError {
      try #require(
        await #expect(throws: ClientError.self) {
          try await connect(trust, host: host, port: port)
        }
      )
    }

    var trusted: TrustSettings { TrustSettings(authorityFile: certificates.authority) }
  }

  private func withStage(_ body: (Stage) async throws -> Void) async throws {
    let certificates = try await TestCertificates.make()
    let server = try await BrokerServer.start(
      ServerConfiguration(
        port: 0,
        tls: TLSSettings(
          port: 0,
          certificateFile: certificates.serverCertificate,
          keyFile: certificates.serverKey
        )
      ),
      logger: Logger(label: "encrypted") { _ in SwiftLogNoOpLogHandler() }
    )
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let stage = Stage(server: server, certificates: certificates, group: group)
    let result: Result<Void, any Error>
    do {
      result = .success(try await body(stage))
    } catch {
      result = .failure(error)
    }
    await server.stop()
    try await group.shutdownGracefully()
    try certificates.remove()
    try result.get()
  }

  @Test func longMessagesArriveWholeAndInOrder() async throws {
    try await withStage { stage in
      let connection = try await stage.connect(stage.trusted)
      let channel = try await connection.openChannel()
      try await channel.confirmSelect()
      try await channel.declareQueue("q")
      // Each is many records of TLS and more than one frame of AMQP.
      let bodies = (0..<20).map { number in
        ByteBuffer(repeating: UInt8(number), count: 150_000 + number)
      }
      for body in bodies { try await channel.publish(body, exchange: "", routingKey: "q") }
      let stream = try await channel.consume("q")
      var received: [ByteBuffer] = []
      for await delivery in stream {
        received.append(delivery.body)
        try await channel.acknowledge(delivery.deliveryTag)
        if received.count == bodies.count { break }
      }
      #expect(received == bodies)
      await connection.close()
    }
  }

  @Test func anyCertificateWillDoWhereThatWasSaid() async throws {
    try await withStage { stage in
      for host in ["localhost", "127.0.0.1"] {
        let connection = try await stage.connect(TrustSettings(isInsecure: true), host: host)
        #expect(connection.isOpen)
        await connection.close()
      }
    }
  }

  @Test func whoIsNotTrustedIsNotSpokenTo() async throws {
    try await withStage { stage in
      let unknown = try await stage.error(TrustSettings())
      #expect(unknown.code == .handshakeFailed)
      #expect(unknown.message.hasPrefix("nobody we trust vouches for its certificate; name"))
      let other = try await stage.error(stage.trusted, host: "127.0.0.1")
      #expect(other.code == .handshakeFailed)
      #expect(other.message.hasPrefix("its certificate is for another host than 127.0.0.1"))
      #expect(stage.server.snapshots.take()?.connections.isEmpty != false)
    }
  }

  @Test func thatOneSideIsEncryptedAndTheOtherIsNotIsSaid() async throws {
    try await withStage { stage in
      let plain = try await stage.error(stage.trusted, port: stage.server.port)
      #expect(plain.message == "it does not speak TLS there; try amqp://")
      let encrypted = try await stage.error(nil)
      #expect(encrypted.code == .handshakeFailed)
      #expect(encrypted.message == "it speaks TLS there; try amqps://")
    }
  }

  @Test func authoritiesThatCannotBeReadAreNamed() async throws {
    try await withStage { stage in
      for file in ["/no/file", "/dev/null"] {
        let error = try await stage.error(TrustSettings(authorityFile: file))
        #expect(error.code == .invalidArgument)
        #expect(error.message == "--cacert \(file): cannot be read as a PEM file of certificates")
      }
    }
  }
}
