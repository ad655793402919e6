import TestSupport
import Testing

extension EndToEndTests {
  /// The lab as a person meets it: its screen, its keys, its lesson.
  @Suite(.enabled(if: Tool.tmux.isUsable, "tmux is not installed"))
  struct LabScreenTests {
    @Test func aServiceIsHungHealedAndTheLessonIsAnswered() async throws {
      let tmux = try await Tmux.sluice(port: try FreePort.next())
      try await tmux.press("6")
      try await tmux.waitForScreen("both ways", deadline: .seconds(30)) { screen in
        screen.contains("A synchronous calls") && screen.contains("5 steps in a row")
          && screen.contains("the customer has the answer:")
      }
      try await moveTo("notificati", tmux)
      try await tmux.press("f")
      try await tmux.waitForScreen("fault menu") { $0.contains("looking for the filter? press /") }
      try await tmux.press("4")
      let broken = try await tmux.waitForScreen("cascade and isolation", deadline: .seconds(40)) {
        $0.contains("cascades") && $0.contains("isolated") && $0.contains("faults now 1")
      }
      Attachment.record(broken, named: "one hangs.txt")
      // An active fault is seen from everywhere.
      try await tmux.press("2")
      try await tmux.waitForScreen("the fault on another screen") {
        $0.contains("fault notification hang")
      }
      try await tmux.press("6")
      try await tmux.press("U")
      try await tmux.waitForScreen("nothing broken") { $0.contains("faults now 0") }

      try await tmux.press("n")
      try await tmux.waitForScreen("question") { $0.contains("predict before you look") }
      try await tmux.press("b")
      try await tmux.waitForScreen("answer") { $0.contains("you predict b") }
      try await tmux.press("n")
      let revealed = try await tmux.waitForScreen("reveal") { $0.contains("1 right") }
      Attachment.record(revealed, named: "revealed.txt")
      let place = try Regex("[\u{7B}][a-z]")
      #expect(revealed.firstMatch(of: place) == nil, "a number is missing:\n\(revealed)")
      try await tmux.press("Escape")
      try await tmux.waitForScreen("closed page") { !$0.contains("Esc leave") }
      try await tmux.press("Q")
      try await tmux.waitForScreen("ledger", deadline: .seconds(30)) {
        $0.contains("published - acked - waiting - dead - lost = 0")
      }
    }

    @Test func aServiceJoinsWithAKeyAndTheScreenSaysWhoMustBeChanged() async throws {
      let tmux = try await Tmux.sluice(port: try FreePort.next())
      try await tmux.press("6")
      try await tmux.waitForScreen("services", deadline: .seconds(30)) {
        $0.contains("5 steps in a row")
      }
      try await tmux.press("a")
      try await tmux.waitForScreen("menu") { $0.contains("coupon") }
      try await tmux.press("Enter")
      try await tmux.waitForScreen("who must be changed", deadline: .seconds(20)) { screen in
        screen.contains("payment-sync does not call coupon yet")
      }
      try await tmux.press("Q")
      try await tmux.waitForScreen("ledger", deadline: .seconds(30)) {
        $0.contains("published - acked - waiting - dead - lost = 0")
      }
    }

    @Test func whatAPausedQueueHoldsIsNotWaitedForAtTheEnd() async throws {
      let tmux = try await Tmux.sluice(port: try FreePort.next())
      try await tmux.waitForScreen("services", deadline: .seconds(30)) {
        $0.contains("both ways") && $0.contains("›notification")
      }
      try await tmux.press("p")
      try await tmux.waitForScreen("a backlog") { $0.contains(/‖ paused [2-9]/) }
      let start = ContinuousClock.now
      try await tmux.press("q")
      try await tmux.waitForScreen("ledger", deadline: .seconds(30)) {
        $0.contains("published - acked - waiting - dead - lost = 0")
      }
      // Twice five seconds are granted to queues that drain.
      #expect(ContinuousClock.now - start < .seconds(8))
    }

    @Test func lessonsAreInChineseWhenTheLanguageIs() async throws {
      let tmux = try await Tmux.sluice(
        port: try FreePort.next(),
        ["--lang", "zh"],
        columns: 80,
        rows: 24
      )
      try await tmux.press("6")
      try await tmux.waitForScreen("the lab", deadline: .seconds(30)) {
        $0.contains("支付") && $0.contains("running") && $0.contains("steps")
      }
      try await tmux.press("n")
      let page = try await tmux.waitForScreen("question") { $0.contains("先预测，再观察") }
      // Each line of the frame ends where it began, wide characters or not.
      let frame = page.split(separator: "\n").filter { $0.contains("│") }
      let ends = Set(
        frame.compactMap { line in line.lastIndex(of: "│").map { columns(line[..<$0]) } }
      )
      #expect(frame.count > 5 && ends.count == 1, "\(ends)\n\(page)")
      try await tmux.press("Escape")
      try await tmux.press("Q")
    }

    /// Chinese characters and their punctuation take two columns of a terminal.
    private func columns(_ text: Substring) -> Int {
      text.unicodeScalars.reduce(0) { $0 + ((0x2E80...0xFFEF).contains($1.value) ? 2 : 1) }
    }

    /// Goes down until the cursor is there.
    private func moveTo(_ name: String, _ tmux: Tmux) async throws {
      for _ in 0..<10 {
        let screen = try await tmux.waitForScreen("a cursor") { $0.contains("›") }
        if screen.contains("›\(name)") { return }
        try await tmux.press("j")
        try await tmux.waitForScreen("moved cursor") { cursorLine($0) != cursorLine(screen) }
      }
      throw DeadlineMissed(description: "the cursor never came to \(name)")
    }

    private func cursorLine(_ screen: String) -> Substring? {
      screen.split(separator: "\n").first { $0.contains("›") && !$0.contains("lab ›") }
    }
  }
}
