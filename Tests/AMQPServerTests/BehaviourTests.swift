import TestSupport
import Testing

extension InteropTests {
  /// The scenarios in `Behaviour`, whose outcomes were recorded with RabbitMQ 3.10.8.
  @Suite(.enabled(if: Tool.pythonWithPika.isUsable, "python3-pika is not installed"))
  struct BehaviourTests {
    @Test func everyScenarioEndsAsWithRabbitMQ() async throws {
      try await InteropBroker.run { broker in
        let result = try await broker.behaviour().finish(deadline: .seconds(180))
        #expect(result.isSuccess, "\(result.output)\(result.error)")
        #expect(result.output.contains("scenarios as RabbitMQ"))
      }
    }
  }
}
