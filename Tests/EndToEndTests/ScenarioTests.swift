import TestSupport
import Testing

extension EndToEndTests {
  /// The story that the program is for: a consumer dies, customers notice nothing, nothing is lost.
  @Suite(.enabled(if: Tool.tmux.isUsable, "tmux is not installed"))
  struct ScenarioTests {
    @Test func aKilledConsumerHurtsNobodyAndLosesNothing() async throws {
      let tmux = try await Tmux.sluice(port: try FreePort.next())
      try await tmux.waitForScreen("traffic in three queues") { screen in
        let queues = queues(screen)
        return Scenario.queues.allSatisfy { (queues?.number($0, "in/s") ?? 0) > 0 }
      }
      let before = try await latency(tmux, "before the kill")

      try await moveCursorToNotification(tmux)
      try await tmux.press("K")
      try await tmux.waitForScreen("killed consumer") { screen in
        consumers(screen)?.row("notification")?.contains("killed") == true
      }
      try await tmux.waitForScreen("growing queue", deadline: .seconds(30)) { screen in
        (queues(screen)?.number("notification", "ready") ?? 0) >= 50
      }
      #expect(queues(try await tmux.screen())?.number("trade", "ready") ?? 99 < 20)
      let during = try await latency(tmux, "while it is dead")
      // The bar is 20 %, held by hand on a quiet machine; here other tests run beside it.
      let limit = max(2 * before, 500)
      #expect(during < limit, "p95 \(before) ms before, \(during) ms while it is dead")
      let customers = ways(try await tmux.screen())
      #expect(customers?.number("async", "failed") == 0)
      #expect(customers?.number("sync", "failed") ?? 0 > 0)

      try await tmux.press("u")
      try await tmux.waitForScreen("drained queue", deadline: .seconds(60)) { screen in
        queues(screen)?.number("notification", "ready") == 0
          && consumers(screen)?.row("notification")?.contains("killed") == false
      }
      try await quitAndCheckTheLedger(tmux)
    }

    /// What leaning on a broker costs, and what a reliable one gives back.
    @Test func aCrashedBrokerComesBackWithWhatWasConfirmed() async throws {
      let tmux = try await Tmux.sluice(port: try FreePort.next())
      try await tmux.waitForScreen("traffic in three queues") { screen in
        let queues = queues(screen)
        return Scenario.queues.allSatisfy { (queues?.number($0, "in/s") ?? 0) > 0 }
      }
      try await moveCursorToNotification(tmux)
      try await tmux.press("K")
      try await tmux.waitForScreen("growing queue", deadline: .seconds(30)) { screen in
        (queues(screen)?.number("notification", "ready") ?? 0) >= 20
      }
      try await tmux.press("f")
      try await tmux.waitForScreen("fault menu") { $0.contains("broker crash") }
      try await tmux.press("c")
      let screen = try await tmux.waitForScreen("the way back", deadline: .seconds(30)) { screen in
        screen.contains("messages survived, 0 lost")
      }
      Attachment.record(screen, named: "after the crash.txt")
      #expect(queues(screen)?.number("notification", "ready") ?? 0 >= 20)
      // Consumers connect again by themselves, and customers go on.
      try await tmux.waitForScreen("traffic again", deadline: .seconds(60)) { screen in
        (queues(screen)?.number("trade", "in/s") ?? 0) > 0
          && consumers(screen)?.row("trade") != nil
      }
      try await tmux.press("u")
      try await tmux.waitForScreen("drained queue", deadline: .seconds(60)) { screen in
        queues(screen)?.number("notification", "ready") == 0
      }
      try await quitAndCheckTheLedger(tmux, hasUnconfirmed: true)
    }

    private func queues(_ screen: String) -> ScreenTable? {
      ScreenTable(screen, headings: ["queue", "ready", "in/s"])
    }

    private func consumers(_ screen: String) -> ScreenTable? {
      ScreenTable(screen, headings: ["consumer", "held", "state"])
    }

    private func ways(_ screen: String) -> ScreenTable? {
      ScreenTable(screen, headings: ["done/s", "p95ms", "failed"])
    }

    /// Reads the asynchronous customers' p95 once it stands on enough of them.
    private func latency(_ tmux: Tmux, _ moment: String) async throws -> Double {
      var found = 0.0
      let screen = try await tmux.waitForScreen("p95 \(moment)", deadline: .seconds(30)) { screen in
        found = ways(screen)?.number("async", "p95ms") ?? 0
        return found > 0 && (ways(screen)?.number("async", "n") ?? 0) >= 20
      }
      Attachment.record(screen, named: "screen \(moment).txt")
      return found
    }

    /// Goes there as a person does: to the next panel, then down until the cursor is there.
    private func moveCursorToNotification(_ tmux: Tmux) async throws {
      try await tmux.press("Tab")
      try await tmux.press("g")
      for _ in 0..<Scenario.queues.count {
        let screen = try await tmux.waitForScreen("cursor on a consumer") { screen in
          Scenario.queues.contains { consumers(screen)?.hasCursor(on: $0) == true }
        }
        if consumers(screen)?.hasCursor(on: "notification") == true { return }
        try await tmux.press("j")
        try await tmux.waitForScreen("moved cursor") { consumers($0) != consumers(screen) }
      }
      throw DeadlineMissed(description: "the cursor never came to notification")
    }

    /// What was published and not confirmed may have arrived all the same.
    private func quitAndCheckTheLedger(_ tmux: Tmux, hasUnconfirmed: Bool = false) async throws {
      try await tmux.press("q")
      #expect(try await tmux.waitForExit(deadline: .seconds(30)) == 0)
      let screen = try await tmux.screen()
      Attachment.record(screen, named: "ledger.txt")
      #expect(screen.contains("published - acked - waiting - dead - lost = 0"), "\(screen)")
      let ledger = ScreenTable(screen, headings: ["queue", "published", "acked", "lost"])
      for queue in Scenario.queues {
        let published = ledger?.number(queue, "published") ?? 0
        #expect(published >= (hasUnconfirmed ? 20 : 50), "\(screen)")
        if !hasUnconfirmed {
          #expect(ledger?.number(queue, "acked") == published, "\(screen)")
        }
        #expect(ledger?.number(queue, "lost") == 0, "\(screen)")
      }
    }
  }
}
