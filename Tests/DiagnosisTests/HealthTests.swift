import Diagnosis
import Telemetry
import TestSupport
import Testing

/// Ten minutes of brokers on which nothing is wrong: whatever is said of them but notes is false.
@Suite(.computing) struct HealthTests {
  private static let seeds: [UInt64] = [1, 2, 3]
  private static let tenMinutes = 600.0

  private func expectHealthy(_ simulation: Simulation, _ seed: UInt64) {
    #expect(
      simulation.troubles.isEmpty,
      "seed \(seed): \(simulation.troubles.joined(separator: "\n"))"
    )
  }

  @Test(arguments: seeds) func tenPaymentsASecond(_ seed: UInt64) {
    var simulation = Simulation(seed: seed)
    let queues = ["order.points", "order.sms", "order.trade"].map { simulation.addQueue($0) }
    for queue in queues { simulation.addConsumer(queue, .init(seconds: 0.05, places: 5)) }
    simulation.arrive(perSecond: 10, in: queues)
    simulation.run(Self.tenMinutes)
    expectHealthy(simulation, seed)
  }

  @Test(arguments: seeds) func aConsumerThatIsBusyForFourFifthsOfTheTime(_ seed: UInt64) {
    var simulation = Simulation(seed: seed)
    let queue = simulation.addQueue("work")
    simulation.addConsumer(queue, .init(seconds: 0.08))
    simulation.arrive(perSecond: 10, in: [queue])
    simulation.run(Self.tenMinutes)
    expectHealthy(simulation, seed)
  }

  @Test(arguments: seeds) func aShopWithAHundredOrdersASecond(_ seed: UInt64) {
    var simulation = Simulation(seed: seed)
    let queue = simulation.addQueue("orders")
    for _ in 0..<8 { simulation.addConsumer(queue, .init(seconds: 0.05)) }
    simulation.arrive(perSecond: 100, in: [queue])
    simulation.run(Self.tenMinutes)
    expectHealthy(simulation, seed)
  }

  @Test(arguments: [UInt64(1)]) func aThousandQueuesThatAreMostlyIdle(_ seed: UInt64) {
    var simulation = Simulation(seed: seed)
    for number in 1_000..<2_000 {
      let queue = simulation.addQueue("queue.\(number)")
      simulation.addConsumer(queue, .init(seconds: 0.2))
      simulation.arrive(perSecond: 0.02, in: [queue])
    }
    simulation.run(Self.tenMinutes)
    expectHealthy(simulation, seed)
  }

  @Test(arguments: seeds) func burstsThatAreWorkedOffInTime(_ seed: UInt64) {
    var simulation = Simulation(seed: seed)
    let queue = simulation.addQueue("bursts")
    for _ in 0..<3 { simulation.addConsumer(queue, .init(seconds: 0.05)) }
    simulation.arrive(perSecond: 5, in: [queue])
    simulation.run(Self.tenMinutes) { simulation in
      if Double.random(in: 0..<1, using: &simulation.random) < 0.025 {
        simulation.arrive(150, in: queue)
      }
    }
    expectHealthy(simulation, seed)
  }

  @Test(arguments: seeds) func aHundredAcknowledgedEveryFiveSeconds(_ seed: UInt64) {
    var simulation = Simulation(seed: seed)
    let queue = simulation.addQueue("batches")
    simulation.addConsumer(queue, .init(seconds: 0.002, prefetch: 250, batchSeconds: 5))
    simulation.arrive(perSecond: 20, in: [queue])
    let long = simulation.addQueue("long")
    simulation.addConsumer(long, .init(seconds: 0.002, prefetch: 2_000, batchSeconds: 40))
    simulation.arrive(perSecond: 20, in: [long])
    simulation.run(Self.tenMinutes)
    expectHealthy(simulation, seed)
  }

  @Test(arguments: seeds) func aHundredEachMinuteWorkedOffInFiveSeconds(_ seed: UInt64) {
    var simulation = Simulation(seed: seed)
    let queue = simulation.addQueue("nightly")
    simulation.addConsumer(queue, .init(seconds: 0.05))
    simulation.run(Self.tenMinutes) { simulation in
      if simulation.now.truncatingRemainder(dividingBy: 60) == 7 {
        simulation.arrive(100, in: queue)
      }
    }
    expectHealthy(simulation, seed)
  }

  @Test(arguments: seeds) func workThatTakesHalfAMinuteEach(_ seed: UInt64) {
    var simulation = Simulation(seed: seed)
    let alone = simulation.addQueue("films")
    simulation.addConsumer(alone, .init(seconds: 30, prefetch: 1, isKnown: true))
    simulation.arrive(perSecond: 1 / 60, in: [alone])
    let many = simulation.addQueue("pictures")
    simulation.addConsumer(many, .init(seconds: 30, places: 10, prefetch: 10, isKnown: true))
    simulation.arrive(perSecond: 0.2, in: [many])
    simulation.run(Self.tenMinutes)
    expectHealthy(simulation, seed)
  }

  @Test(arguments: seeds) func consumersReplacedWithTwentyMessagesInHand(_ seed: UInt64) {
    var simulation = Simulation(seed: seed)
    let queue = simulation.addQueue("orders")
    let work = Simulation.Work(seconds: 0.05, prefetch: 40, batchSeconds: 2)
    var consumers = (0..<4).map { _ in simulation.addConsumer(queue, work) }
    simulation.arrive(perSecond: 55, in: [queue])
    simulation.run(Self.tenMinutes) { simulation in
      // Two deployments, each of four that are replaced two seconds apart, between two batches.
      let second = simulation.now.truncatingRemainder(dividingBy: 301) - 101.5
      guard second >= 0, second < 8, second.truncatingRemainder(dividingBy: 2) == 0 else { return }
      consumers.append(simulation.addConsumer(queue, work))
      simulation.removeConsumer(consumers.removeFirst())
    }
    #expect(simulation.snapshot.queues[0].redelivered >= 120)
    expectHealthy(simulation, seed)
  }

  @Test(arguments: seeds) func aPipelineInWhichFiftyAlwaysWait(_ seed: UInt64) {
    var simulation = Simulation(seed: seed)
    let queue = simulation.addQueue("pipeline")
    simulation.addConsumer(queue, .init(seconds: 0.05))
    simulation.run(Self.tenMinutes) { simulation in
      let wanted = Int.random(in: 40...60, using: &simulation.random)
      simulation.arrive(max(0, wanted - simulation.snapshot.queues[0].ready), in: queue)
    }
    expectHealthy(simulation, seed)
  }

  @Test(arguments: seeds) func oneOfTenTriedTwice(_ seed: UInt64) {
    var simulation = Simulation(seed: seed)
    let queue = simulation.addQueue("calls")
    simulation.addConsumer(queue, .init(seconds: 0.05, places: 5, failing: 0.1))
    simulation.arrive(perSecond: 40, in: [queue])
    simulation.run(Self.tenMinutes)
    #expect(simulation.snapshot.queues[0].redelivered > 1_000)
    expectHealthy(simulation, seed)
  }

  @Test(arguments: seeds) func aLongPrefetchOnAQueueWithFewMessages(_ seed: UInt64) {
    var simulation = Simulation(seed: seed)
    let queue = simulation.addQueue("mails")
    for _ in 0..<2 { simulation.addConsumer(queue, .init(seconds: 2, prefetch: 250)) }
    simulation.arrive(perSecond: 0.5, in: [queue])
    simulation.run(Self.tenMinutes)
    expectHealthy(simulation, seed)
  }

  /// The same simulation finds what is wrong, or the tests above would mean nothing.
  @Test(arguments: seeds) func theSimulationShowsTroubleToo(_ seed: UInt64) {
    var simulation = Simulation(seed: seed)
    let queue = simulation.addQueue("work")
    simulation.addConsumer(queue, .init(seconds: 0.08))
    simulation.arrive(perSecond: 20, in: [queue])
    simulation.run(30)
    #expect(simulation.rules.contains(.slow))
  }
}
