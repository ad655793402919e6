import AMQPClient
import Foundation
import NIOCore
import NIOPosix
import TestSupport
import Testing

extension EndToEndTests {
  /// A terminal that takes nothing more, as behind a dead connection, holds up the screen alone.
  @Suite struct FrozenTerminalTests {
    private static let windows = 6
    private static let windowSeconds = 1.0
    private static let batch = 200
    /// More than the system holds for a terminal that nobody reads.
    private static let terminalBytes = 8_192

    @Test(.timeLimit(.minutes(2))) func theBrokerIsAsFastAsBefore() async throws {
      let session = try await Session.start(["--load", "0"])
      try await session.waitForServices()
      let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
      let endpoint = try ClientEndpoint(url: "amqp://127.0.0.1:\(session.port)")
      let connection = try await AMQPConnection.open(endpoint, name: "load", group: group)
      let channel = try await connection.openChannel()
      try await channel.declareQueue("load")
      let deliveries = try await channel.consume("load", noAck: true)
      var received = deliveries.makeAsyncIterator()

      /// Messages a second through the broker and back, for a while.
      func throughput() async throws -> Double {
        let start = ContinuousClock.now
        var count = 0
        while ContinuousClock.now - start < .seconds(Self.windowSeconds) {
          for _ in 0..<Self.batch {
            try await channel.publish([1, 2, 3], exchange: "", routingKey: "load")
          }
          for _ in 0..<Self.batch { _ = await received.next() }
          count += Self.batch
        }
        return Double(count) / ((ContinuousClock.now - start) / .seconds(1))
      }

      _ = try await throughput()
      var (free, frozen): ([Double], [Double]) = ([], [])
      for _ in 0..<Self.windows {
        free.append(try await throughput())
        try await freeze(session)
        let before = session.terminal.output.count
        frozen.append(try await throughput())
        // One read was on its way already when the reader stopped.
        #expect(session.terminal.output.count - before <= Self.terminalBytes)
        session.terminal.output.resume()
        try await wait(for: "next paint") { session.terminal.output.count > before }
      }
      await connection.close()
      try await group.shutdownGracefully()
      let share = median(frozen) / median(free)
      print("messages a second: \(median(free)) free, \(median(frozen)) frozen, share \(share)")
      // The bar is 5 %, held by hand on a quiet machine; here others work beside it.
      #expect(share > 0.8, "free \(free), frozen \(frozen)")
      session.terminal.type("q")
      #expect(try await session.terminal.waitForEnd(deadline: .seconds(30)) == .exited(0))
      session.expectRestoredTerminal()
    }

    /// Stops to read, and has the program write until it can write no more.
    private func freeze(_ session: Session) async throws {
      session.terminal.output.pause()
      for _ in 0..<8 { session.terminal.type("\u{C}") }
      let tasks = "/proc/\(session.terminal.child.processIdentifier)/task"
      try await wait(for: "thread that waits for the terminal") {
        // A thread may have ended since it was listed; then it waits for nothing.
        let threads = (try? FileManager.default.contentsOfDirectory(atPath: tasks)) ?? []
        return threads.contains { thread in
          // The number of the system call that it is in: 1 is write.
          FileManager.default.contents(atPath: "\(tasks)/\(thread)/syscall")
            .map { String(decoding: $0, as: UTF8.self).hasPrefix("1 ") } == true
        }
      }
    }

    private func median(_ values: [Double]) -> Double {
      let sorted = values.sorted()
      return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }
  }
}
