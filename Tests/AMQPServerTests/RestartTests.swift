import AMQP
import AMQPClient
import Foundation
import Logging
import NIOCore
import NIOPosix
import Telemetry
import TestSupport
import Testing

@testable import AMQPServer

/// A server that goes away and comes back on purpose.
@Suite struct RestartTests {
  /// A directory for the servers of one test.
  private final class Home: Sendable {
    let url = FileManager.default.temporaryDirectory.appending(path: "restart-\(UUID())")
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    deinit {
      // A test that failed early has made none.
      try? FileManager.default.removeItem(at: url)
    }

    func start(tls: TLSSettings? = nil) async throws -> BrokerServer {
      try await BrokerServer.start(
        ServerConfiguration(
          port: 0,
          snapshotInterval: .milliseconds(20),
          tls: tls,
          dataDirectory: url.path
        ),
        logger: Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() }
      )
    }

    func connect(_ server: BrokerServer) async throws -> (AMQPConnection, AMQPChannel) {
      let endpoint = ClientEndpoint(host: "127.0.0.1", port: server.port)
      let connection = try await AMQPConnection.open(endpoint, name: "client", group: group)
      let channel = try await connection.openChannel()
      try await channel.confirmSelect()
      return (connection, channel)
    }

    /// Whether nobody listens on the server's port.
    func isRefused(_ server: BrokerServer) async -> Bool {
      // Why there is no connection does not matter.
      let client = try? await RawClient.connect(port: server.port, group: group)
      guard let client else { return true }
      // It may be cut already.
      try? await client.close()
      return false
    }

    /// A queue with three messages that survive and one that does not.
    func fill(_ channel: AMQPChannel) async throws {
      try await channel.declareQueue("q", durable: true)
      for (body, mode) in [("a", 2), ("b", 2), ("-", 1), ("c", 2)] {
        try await channel.publishConfirmed(
          Array(body.utf8),
          exchange: "",
          routingKey: "q",
          properties: BasicProperties(deliveryMode: UInt8(mode))
        )
      }
    }

    func texts(_ channel: AMQPChannel) async throws -> [String] {
      var texts: [String] = []
      while let message = try await channel.get("q", noAck: true) {
        texts.append(String(buffer: message.body))
      }
      return texts
    }
  }

  @Test func aRestartTellsClientsIsAwayAndComesBackWithWhatIsPersistent() async throws {
    let home = Home()
    let server = try await home.start()
    let (connection, channel) = try await home.connect(server)
    try await home.fill(channel)
    async let restarted = server.restart(pause: .seconds(1))
    let reason = await connection.waitUntilClosed()
    #expect(reason?.code == .connectionClosed(.connectionForced))
    try await wait(for: "a refused connection") { await home.isRefused(server) }
    #expect(await server.restart(pause: .zero) == .failure(.isDown))
    #expect(await server.crash() == .failure(.isDown))
    let text = try await restarted.get()
    #expect(
      text.hasPrefix("restarted: 3 of 4 messages survived, 1 lost, 1 connections cut, "),
      "\(text)"
    )
    let (_, again) = try await home.connect(server)
    #expect(try await home.texts(again) == ["a", "b", "c"])
    try await wait(for: "the event") {
      server.snapshots.take()?.events.contains { event in
        event.text.hasPrefix("the broker was restarted (you, f): 3 of 4 messages survived")
      } == true
    }
    await server.stop()
  }

  @Test func aRestartWithoutAPauseKeepsThePort() async throws {
    let home = Home()
    let server = try await home.start()
    for _ in 1...3 {
      let (_, channel) = try await home.connect(server)
      try await home.fill(channel)
      _ = try await server.restart(pause: .zero).get()
      let (_, again) = try await home.connect(server)
      #expect(try await home.texts(again) == ["a", "b", "c"])
    }
    await server.stop()
  }

  @Test func aCrashWithAPauseRefusesWhoConnectsAndComesBack() async throws {
    let home = Home()
    let server = try await home.start()
    let (connection, channel) = try await home.connect(server)
    try await home.fill(channel)
    async let crashed = server.crash(pause: .seconds(1))
    // Without a word, as from a process that died.
    #expect(await connection.waitUntilClosed()?.code == .connectionClosed(nil))
    try await wait(for: "a refused connection") { await home.isRefused(server) }
    let text = try await crashed.get()
    #expect(text.hasPrefix("crashed and back: 3 of 4 messages survived, 1 lost"), "\(text)")
    let (_, again) = try await home.connect(server)
    #expect(try await home.texts(again) == ["a", "b", "c"])
    await server.stop()
  }

  @Test func theEncryptedPortComesBackToo() async throws {
    let home = Home()
    let certificates = try await TestCertificates.make()
    let server = try await home.start(
      tls: TLSSettings(
        port: 0,
        certificateFile: certificates.serverCertificate,
        keyFile: certificates.serverKey
      )
    )
    let port = try #require(server.tlsPort)
    _ = try await server.restart(pause: .milliseconds(10)).get()
    try await RawClient.connect(port: port, group: home.group).close()
    try await RawClient.connect(port: server.port, group: home.group).close()
    await server.stop()
    try certificates.remove()
  }

  @Test func aStopWhileTheBrokerIsAwayIsAStop() async throws {
    let home = Home()
    let server = try await home.start()
    let (_, channel) = try await home.connect(server)
    try await home.fill(channel)
    async let restarted = server.restart(pause: .seconds(600))
    try await wait(for: "a refused connection") { await home.isRefused(server) }
    await server.stop()
    #expect(await restarted == .failure(OperatorRefusal(message: "the broker has stopped")))
    // The directory is nobody's now.
    let next = try await home.start()
    let (_, reader) = try await home.connect(next)
    #expect(try await home.texts(reader) == ["a", "b", "c"])
    await next.stop()
  }

  /// A client that is silent holds a broker up that ends in order, but only for a while.
  @Test func aStopWhileClientsAreAskedToGoIsAStop() async throws {
    let home = Home()
    let server = try await home.start()
    let silent = try await RawClient.connect(port: server.port, group: home.group)
    try await silent.open()
    async let restarted = server.restart(pause: .zero)
    try await wait(for: "the farewell") {
      silent.methods.contains { method in
        if case .connectionClose(let close) = method { close.replyCode == 320 } else { false }
      }
    }
    async let stopped: Void = server.stop()
    // The restart is about to end what the stop is to end.
    try await wait(for: "the stop") { server.hasStopped }
    try await silent.close()
    await stopped
    #expect(await restarted == .failure(OperatorRefusal(message: "the broker has stopped")))
    let next = try await home.start()
    await next.stop()
  }

  @Test func aRestartNeedsADirectory() async throws {
    try await withServer { server, _ in
      let refusal = OperatorRefusal(message: "nothing would survive: there is no data directory")
      #expect(await server.restart(pause: .zero) == .failure(refusal))
    }
  }

  @Test func aLimitByHandRefusesWhatAClientPublishes() async throws {
    try await withServer { server, group in
      let channel = try await openChannel(of: server, group)
      _ = try await channel.declareQueue("q")
      try await channel.confirmSelect()
      #expect(
        await server.perform(.limitQueue(virtualHost: "/", name: "q", maximumLength: 1))
          == .success("queue q takes no message beyond 1")
      )
      try await channel.publishConfirmed([1], exchange: "", routingKey: "q")
      let refused = await #expect(throws: ClientError.self) {
        try await channel.publishConfirmed([2], exchange: "", routingKey: "q")
      }
      #expect(refused?.code == .nacked)
      #expect(
        await server.perform(.limitQueue(virtualHost: "/", name: "q", maximumLength: nil))
          == .success("queue q has no limit by hand any more")
      )
      try await channel.publishConfirmed([3], exchange: "", routingKey: "q")
      #expect(
        await server.perform(.limitQueue(virtualHost: "/", name: "x", maximumLength: 1))
          == .failure(OperatorRefusal(message: "there is no queue 'x'"))
      )
    }
  }
}

extension OperatorRefusal {
  fileprivate static let isDown = OperatorRefusal(message: "the broker is down already")
}
