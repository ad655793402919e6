import AMQPServer
import Logging
import NIOCore
import NIOPosix

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
