import AMQPServer
import Glibc
import Logging
import Testing

@testable import ManagementServer

/// What is left when the management ends.
@Suite struct EndingTests {
  /// Work for a loop that has ended is a line on standard error now and a crash to come, says
  /// SwiftNIO; in its strict mode it is a crash already.
  @Test func nothingIsLeftToDoOnALoopThatHasEnded() async {
    await #expect(processExitsWith: .success) {
      setenv("SWIFTNIO_STRICT", "1", 1)
      var logger = Logger(label: "test")
      logger.logLevel = .error
      let broker = try await BrokerServer.start(
        ServerConfiguration(port: 0, snapshotInterval: nil),
        logger: logger
      )
      for _ in 0..<200 {
        let management = try await ManagementServer.start(
          ManagementConfiguration(port: 0),
          of: broker,
          logger: logger
        )
        await management.stop()
      }
      await broker.stop()
    }
  }
}
