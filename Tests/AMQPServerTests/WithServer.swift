import AMQPClient
import AMQPServer
import Logging
import NIOCore
import NIOPosix
import Telemetry

/// Runs a broker on a free port, and a loop for its clients, as long as the body takes.
func withServer(
  limits: ServerLimits = ServerLimits(),
  _ body: (BrokerServer, any EventLoopGroup) async throws -> Void
) async throws {
  let server = try await BrokerServer.start(
    ServerConfiguration(port: 0, snapshotInterval: .milliseconds(20), limits: limits),
    logger: Logger(label: "server tests") { _ in SwiftLogNoOpLogHandler() }
  )
  let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
  let result: Result<Void, any Error>
  do {
    result = .success(try await body(server, group))
  } catch {
    result = .failure(error)
  }
  await server.stop()
  try await group.shutdownGracefully()
  try result.get()
}

/// Opens a channel of a client of its own.
func openChannel(of server: BrokerServer, _ group: any EventLoopGroup) async throws -> AMQPChannel {
  let endpoint = ClientEndpoint(host: "127.0.0.1", port: server.port)
  let connection = try await AMQPConnection.open(endpoint, name: "client", group: group)
  return try await connection.openChannel()
}

/// Whether the next snapshot has all these events.
func says(_ server: BrokerServer, _ texts: String...) -> Bool {
  guard let events = server.snapshots.take()?.events.map(\.text) else { return false }
  return texts.allSatisfy(events.contains)
}
