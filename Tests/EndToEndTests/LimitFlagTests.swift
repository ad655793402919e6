import TestSupport
import Testing

extension EndToEndTests {
  /// What the limits' flags refuse.
  @Suite struct LimitFlagTests {
    @Test(arguments: [
      ["--frame-max", "100"], ["--channel-max", "0"], ["--connection-max", "0"],
      ["--max-message-size", "1GB"], ["--memory-limit", "lots"], ["--memory-limit", "0"],
      ["--disk-free-limit", "-1"], ["--handshake-timeout", "0"], ["--heartbeat", "70000"],
    ])
    func aLimitThatMeansNothingIsRefusedByName(arguments: [String]) async throws {
      for command in [["serve"], []] {
        let result = try await Program.run(try BuiltExecutable.path(), command + arguments)
        #expect(!result.isSuccess)
        #expect(result.output.isEmpty)
        #expect(result.error.contains(arguments[0]), "\(result)")
      }
    }

    @Test func theDashboardsBrokerHasItsLimitsToo() async throws {
      let result = try await Program.run(
        try BuiltExecutable.path(),
        ["--queue-max", "1", "--amqp-port", "\(try FreePort.next())"]
      )
      #expect(result.output.contains("406"), "\(result)")
    }

    @Test func theHelpNamesRabbitMQsDefaults() async throws {
      let help = try await Program.run(try BuiltExecutable.path(), ["serve", "--help"])
      for text in ["131072", "2047", "0.4", "50MB", "(default: 60)"] {
        #expect(help.output.contains(text), "\(text)")
      }
    }
  }
}
