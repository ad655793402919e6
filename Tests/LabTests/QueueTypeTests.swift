import AMQP
import AMQPClient
import Testing

@testable import Lab

/// What queues are declared with, by their type.
struct QueueTypeTests {
  private let plan = QueuePlan(name: "sms", bindings: [], maximumLength: 10, hasDeadLetters: true)

  @Test func aClassicQueueIsDeclaredWithoutAType() {
    let arguments = plan.arguments(of: .classic)
    #expect(arguments["x-queue-type"] == nil)
    #expect(arguments["x-max-length"] == .signed64(10))
    #expect(plan.retryArguments(of: .classic)["x-dead-letter-strategy"] == nil)
  }

  @Test func aQuorumQueueKeepsItsOtherArguments() {
    let arguments = plan.arguments(of: .quorum)
    #expect(arguments["x-queue-type"] == .text("quorum"))
    for name in ["x-max-length", "x-overflow", "x-dead-letter-routing-key"] {
      #expect(arguments[name] == plan.arguments(of: .classic)[name])
    }
  }

  @Test func aQueueThatIsNotDurableIsNeverAQuorumQueue() {
    var plan = plan
    plan.isDurable = false
    #expect(plan.arguments(of: .quorum)["x-queue-type"] == nil)
  }

  @Test func whatWaitsForItsNextTryIsNotDroppedOnTheWayBack() {
    let arguments = plan.retryArguments(of: .quorum)
    #expect(arguments["x-queue-type"] == .text("quorum"))
    #expect(arguments["x-dead-letter-strategy"] == .text("at-least-once"))
    #expect(arguments["x-overflow"] == .text("reject-publish"))
    #expect(arguments["x-dead-letter-routing-key"] == .text("sms"))
  }
}
