import TestSupport
import Testing

extension EndToEndTests {
  /// From a client's publish to the person's eye.
  @Suite(
    .enabled(
      if: Tool.tmux.isUsable && Tool.amqpPublish.isUsable,
      "tmux or amqp-tools are not installed"
    )
  )
  struct FreshnessTests {
    @Test func aPublishedMessageIsSoonOnTheScreen() async throws {
      let port = try FreePort.next()
      let tmux = try await Tmux.sluice(port: port)
      let url = "amqp://127.0.0.1:\(port)"
      try await tmux.waitForScreen("queues") { $0.contains("points") }
      _ = try await Program.run(Tool.amqpDeclareQueue.path, ["-u", url, "-q", "fresh"])
      try await tmux.waitForScreen("new queue") { readyCount($0) == 0 }

      for count in 1...3 {
        let published = try await Program.run(
          Tool.amqpPublish.path,
          ["-u", url, "-r", "fresh", "-b", "now"]
        )
        #expect(published.isSuccess, "\(published)")
        let start = ContinuousClock.now
        // The bar is 500 ms, held by hand on a quiet machine; here other tests run beside it.
        try await tmux.waitForScreen("message \(count)", deadline: .seconds(2)) {
          readyCount($0) == Double(count)
        }
        Attachment.record("\(ContinuousClock.now - start)", named: "publish-to-screen.txt")
      }
    }

    private func readyCount(_ screen: String) -> Double? {
      ScreenTable(screen, headings: ["queue", "ready"])?.number("fresh", "ready")
    }
  }
}

extension Tmux {
  /// Starts the dashboard on a port and waits for nothing.
  static func sluice(
    port: Int,
    _ arguments: [String] = [],
    environment: [String: String] = [:],
    columns: Int = 120,
    rows: Int = 36
  ) async throws -> Tmux {
    try await Tmux(
      [try BuiltExecutable.path(), "--amqp-port", "\(port)"] + arguments,
      environment: [
        "SWIFT_BACKTRACE": "enable=no", "LANG": "C.UTF-8", "SLUICE_CONFIG": "/dev/null",
      ]
      .merging(environment) { $1 },
      columns: columns,
      rows: rows
    )
  }
}
