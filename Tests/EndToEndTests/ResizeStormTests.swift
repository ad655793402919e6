import TestSupport
import Testing

extension EndToEndTests {
  /// A window that is dragged about.
  @Suite struct ResizeStormTests {
    private static let resizeCount = 200

    /// Sizes from 20x3 to 300x100, the same in each run.
    private static var sizes: [(columns: Int, rows: Int)] {
      var random = SplitMix(seed: 5)
      return (0..<resizeCount).map { _ in
        (Int.random(in: 20...300, using: &random), Int.random(in: 3...100, using: &random))
      }
    }

    @Test func itSurvivesAStormOfSizes() async throws {
      let session = try await Session.start()
      try await session.waitForServices()
      for (index, size) in Self.sizes.enumerated() {
        session.terminal.resize(columns: size.columns, rows: size.rows)
        // Every few it has the time to draw; the others come in the midst of that.
        guard index % 10 == 0 else { continue }
        let count = session.terminal.output.count
        try await wait(for: "paint of \(size)", seen: { session.terminal.tail }) {
          session.terminal.output.count > count
        }
      }
      session.terminal.resize(columns: 120, rows: 36)
      try await session.waitForText("what is wrong")
      session.terminal.type("q")
      #expect(try await session.terminal.waitForEnd() == .exited(0))
      session.expectRestoredTerminal()
    }

    @Test(.enabled(if: Tool.tmux.isUsable, "tmux is not installed"))
    func theLastFrameOfAStormIsRight() async throws {
      let tmux = try await Tmux.sluice(port: try FreePort.next())
      try await tmux.waitForScreen("queues") { $0.contains("points") }
      for size in Self.sizes { try await tmux.resize(columns: size.columns, rows: size.rows) }
      try await tmux.resize(columns: 120, rows: 36)
      try await tmux.waitForScreen("a right frame") { screen in
        let lines = screen.split(separator: "\n", omittingEmptySubsequences: false)
        let boxes = lines.filter { $0.hasPrefix("╭") || $0.hasPrefix("╰") || $0.hasPrefix("│") }
        return lines.first?.hasPrefix(" sluice ") == true && boxes.count > 20
          && boxes.allSatisfy { $0.count >= 118 && "╮╯│".contains($0.last ?? " ") }
          && lines.contains { $0.contains("q quit") }
      }
      try await tmux.press("q")
      #expect(try await tmux.waitForExit() == 0)
    }
  }
}
