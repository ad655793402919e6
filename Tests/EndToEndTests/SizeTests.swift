import Foundation
import TestSupport
import Testing

extension EndToEndTests {
  /// Small, large and changing terminals.
  @Suite(.enabled(if: Tool.tmux.isUsable, "tmux is not installed"))
  struct SizeTests {
    @Test func theScreenFollowsTheTerminalDownToAlmostNothingAndBack() async throws {
      let tmux = try await Tmux.sluice(port: try FreePort.next())
      try await tmux.waitForScreen("all queues") { hasAllQueues($0) }
      for (columns, rows) in [(80, 24), (40, 10), (20, 3), (10, 1), (200, 60)] {
        try await tmux.resize(columns: columns, rows: rows)
        try await tmux.waitForScreen("screen of \(columns)x\(rows)") { screen in
          // The first line is drawn at every size, and nothing of the larger screen is left.
          let lines = screen.split(separator: "\n", omittingEmptySubsequences: false)
          return !lines[0].allSatisfy(\.isWhitespace) && lines.allSatisfy { $0.count <= columns }
        }
        #expect(tmux.exitCode == nil, "it ended at \(columns)x\(rows)")
      }
      try await tmux.waitForScreen("all queues again") { hasAllQueues($0) }
      try await tmux.press("q")
      #expect(try await tmux.waitForExit() == 0)
    }

    @Test(arguments: [(40, 10), (20, 3), (1, 1)])
    func itStartsAndQuitsInASmallTerminal(columns: Int, rows: Int) async throws {
      let session = try await Session.start(columns: columns, rows: rows)
      try await session.waitForServices()
      session.terminal.type("\tjk?G?\u{3}")
      #expect(try await session.terminal.waitForEnd() == .exited(0))
      session.expectRestoredTerminal()
    }

    private func hasAllQueues(_ screen: String) -> Bool {
      let table = ScreenTable(screen, headings: ["queue", "ready"])
      return Scenario.queues.allSatisfy { table?.number($0, "ready") != nil }
    }
  }
}
