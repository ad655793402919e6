import TestSupport
import Testing

/// Other people's clients, with their own tests, against `sluice serve`.
///
/// Serialized: a suite is many processes, some close every connection, and each wants the machine.
/// `.ci/test conformance` runs them.
@Suite(
  .serialized,
  .enabled(if: ConformanceSuite.isWanted, "minutes and downloads: set SLUICE_CONFORMANCE=1")
)
struct ConformanceTests {
  @Test(arguments: ConformanceSuite.all)
  func everyIdThatPassesOnRabbitMQPassesHere(suite: ConformanceSuite) async throws {
    let expected = try suite.expectedIdentifiers()
    try #require(!expected.isEmpty)
    let port = try FreePort.next()
    let broker = try Program(try BuiltExecutable.path(), ["serve", "--amqp-port", "\(port)"])
    try await broker.waitForOutput("ready amqp=127.0.0.1:\(port) ")

    let outcome = try await suite.run(port: port)
    let missing = expected.subtracting(outcome.passed).sorted()
    #expect(
      missing.isEmpty,
      """
      \(suite.name): \(missing.count) of \(expected.count) did not pass:
      \(missing.joined(separator: "\n"))
      \(outcome.log)
      """
    )
    #expect(broker.child.end == nil, "the broker ended")
  }
}
