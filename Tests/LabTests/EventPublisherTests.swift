import Telemetry
import Testing

@testable import Lab

/// What a producer does before a broker has anything to say to it.
struct EventPublisherTests {
  private let greetings = PublishPlan(exchange: "payments", key: "payment.new", guarantee: .none)
  private let replies = PublishPlan(exchange: "replies", key: "reply", guarantee: .none)

  private func scenario(_ friends: ServicePlan) -> Scenario {
    Scenario.small([.entry([:]) { $0.publishes[.asynchronous] = [greetings] }, friends])
  }

  @Test func whatIsNotConfirmedIsPublishedWhetherOrNotThereIsABroker() async throws {
    let surroundings = try Surroundings(scenario(.consumer("friends")), "shop")
    let publisher = EventPublisher(context: surroundings.context)
    let request = CustomerRequest.sample(way: .asynchronous)
    #expect(await publisher.publish(greetings, request) == .published)
    let line = try #require(surroundings.published.first)
    #expect(line.identity == request.identity)
    #expect((line.exchange, line.key, line.copies) == ("payments", "payment.new", 1))
    #expect(line.beganAt >= request.arrivedAt)
    var counters = ServiceCounters()
    publisher.count(into: &counters)
    #expect(counters.published == 1)
  }

  @Test func whatIsToBeConfirmedFailsWithoutABroker() async throws {
    let surroundings = try Surroundings(scenario(.consumer("friends")), "shop")
    let publisher = EventPublisher(context: surroundings.context)
    let plan = PublishPlan(exchange: "payments", key: "payment.new")
    #expect(
      await publisher.publish(plan, .sample())
        == .failed(reason: "the broker cannot be reached")
    )
    #expect(surroundings.published.isEmpty)
  }

  @Test func aProducerThatForgetsConfirmsIsFastAndWrong() async throws {
    let surroundings = try Surroundings(scenario(.consumer("friends")), "shop")
    let publisher = EventPublisher(context: surroundings.context)
    surroundings.context.faults.put(.sample(1, .noConfirms))
    let plan = PublishPlan(exchange: "payments", key: "payment.new")
    #expect(await publisher.publish(plan, .sample()) == .published)
    #expect(surroundings.published.count == 1)
  }

  @Test func aWrongKeyIsNotKnownToItsProducer() async throws {
    let surroundings = try Surroundings(scenario(.consumer("friends")), "shop")
    let publisher = EventPublisher(context: surroundings.context)
    surroundings.context.faults.put(.sample(1, .wrongKey))
    #expect(await publisher.publish(greetings, .sample()) == .published)
    #expect(surroundings.published.map(\.key) == ["payment.new"])
  }

  @Test func aBroadcastSaysHowManyCopiesItHas() async throws {
    let scenario = scenario(.consumer("friends"))
      .turningCopies(of: "friends", values: [1, 5, 20], start: 5)
    let surroundings = try Surroundings(scenario, "shop", knob: 5)
    let publisher = EventPublisher(context: surroundings.context)
    _ = await publisher.publish(greetings, .sample(1))
    publisher.setKnob(20)
    _ = await publisher.publish(greetings, .sample(2))
    #expect(surroundings.published.map(\.copies) == [5, 20])
  }

  @Test func copiesThatNobodyTurnsAreThoseOfTheScenario() async throws {
    let surroundings = try Surroundings(scenario(.consumer("friends") { $0.copies = 3 }), "shop")
    let publisher = EventPublisher(context: surroundings.context)
    _ = await publisher.publish(greetings, .sample())
    #expect(surroundings.published.map(\.copies) == [3])
  }

  @Test func aReplySaysHowManyRepliesThereWillBe() async throws {
    let scenario = scenario(.consumer("friends") { $0.copies = 3 })
    let surroundings = try Surroundings(scenario, "friends")
    let publisher = EventPublisher(context: surroundings.context)
    // The second friend has been greeted.
    var wish = CustomerRequest.sample()
    wish.identity.copy = 2
    wish.copies = 3
    _ = await publisher.publish(replies, wish)
    // What is no copy has no others.
    wish.identity.copy = 0
    _ = await publisher.publish(replies, wish)
    #expect(surroundings.published.map(\.copies) == [3, 1])
    #expect(surroundings.published.map(\.identity.copy) == [2, 0])
  }
}
