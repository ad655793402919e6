import Diagnosis
import Telemetry
import TestSupport
import Testing

/// Rates that change for good are told with the moment of the change; chance is not.
@Suite(.computing) struct RateStepTests {
  /// Messages come by chance, for some seconds.
  ///
  /// - Returns: The steps that were said, and how many seconds after the change each was.
  private func run(
    _ stage: inout Stage,
    _ seconds: Double,
    perSecond: Double,
    in queue: String = "orders",
    _ random: inout SplitMix
  ) -> [RateStep] {
    var said: [RateStep] = []
    var dice = random
    stage.run(seconds) { stage in
      said += stage.diagnosis.rateSteps
      stage.arrive(dice.poisson(perSecond * Stage.stepSeconds), in: queue)
    }
    random = dice
    return said + stage.diagnosis.rateSteps
  }

  private func stage() -> Stage {
    var stage = Stage()
    stage.addQueue("orders")
    return stage
  }

  @Test(arguments: [UInt64](1...5), [0.5, 2, 5, 10, 100])
  func chanceIsNoStep(seed: UInt64, perSecond: Double) {
    var random = SplitMix(seed: seed)
    var stage = stage()
    #expect(run(&stage, 600, perSecond: perSecond, &random).isEmpty)
  }

  @Test(
    arguments: [UInt64](1...5),
    [(20.0, 50.0), (50, 20), (5, 20), (100, 1_000), (40, 20), (0, 30)]
  )
  func aStepIsSaidWithItsTimeAndBothRates(seed: UInt64, rates: (Double, Double)) throws {
    var random = SplitMix(seed: seed)
    var stage = stage()
    #expect(run(&stage, 60, perSecond: rates.0, &random).isEmpty)
    let change = stage.now
    let said = run(&stage, 30, perSecond: rates.1, &random)
    try #require(said.count == 1, "\(said)")
    #expect(said[0].subject == .broker)
    #expect(abs(said[0].at.seconds(since: change)) <= 1.5, "\(said[0].at.seconds(since: change))")
    #expect(abs(said[0].now - rates.1) <= max(3, 0.25 * rates.1))
    #expect(abs(said[0].before - rates.0) <= max(2, 0.3 * rates.0))
    #expect(run(&stage, 200, perSecond: rates.1, &random).isEmpty)
  }

  @Test func whatIsOverAtOnceIsNoStep() {
    var random = SplitMix(seed: 3)
    var stage = stage()
    #expect(run(&stage, 60, perSecond: 20, &random).isEmpty)
    stage.arrive(100, in: "orders")
    #expect(run(&stage, 60, perSecond: 20, &random).isEmpty)
    #expect(run(&stage, 3, perSecond: 0, &random).isEmpty)
    #expect(run(&stage, 60, perSecond: 20, &random).isEmpty)
  }

  @Test func heapsThatComeNowAndThenAreNoSteps() {
    var stage = stage()
    var said: [RateStep] = []
    var steps = 0
    stage.run(200) { stage in
      said += stage.diagnosis.rateSteps
      if steps % 20 == 0 { stage.arrive(1_000, in: "orders") }
      steps += 1
    }
    #expect(said.isEmpty, "\(said)")
  }

  @Test func aQueueThatGetsMoreWithoutMoreBeingPublishedIsSaid() throws {
    var random = SplitMix(seed: 5)
    var stage = stage()
    stage.addQueue("audit")
    #expect(run(&stage, 60, perSecond: 40, &random).isEmpty)
    var said: [RateStep] = []
    let change = stage.now
    stage.run(30) { stage in
      said += stage.diagnosis.rateSteps
      stage.arrive(random.poisson(40 * Stage.stepSeconds), in: "orders")
      // A binding was added: the same messages go there, too.
      let copies = random.poisson(40 * Stage.stepSeconds)
      stage.count("audit") { queue in
        queue.ready += copies
        queue.enqueued += UInt64(copies)
      }
    }
    try #require(said.count == 1)
    #expect(said[0].subject == .queue(QueueIdentity(virtualHost: "/", name: "audit")))
    #expect(abs(said[0].at.seconds(since: change)) <= 1.5)
  }

  @Test func howeverOftenRatesChangeFewStepsAreSaid() {
    var random = SplitMix(seed: 9)
    var stage = stage()
    var said: [RateStep] = []
    for round in 0..<24 {
      said += run(&stage, 40, perSecond: round % 2 == 0 ? 20 : 200, &random)
    }
    #expect(said.count <= 6 * 16)
    #expect(said.count >= 6)
  }

  @Test func countersThatBeginAnewAreNoStep() {
    var random = SplitMix(seed: 4)
    var stage = stage()
    #expect(run(&stage, 60, perSecond: 20, &random).isEmpty)
    stage.snapshot.totals.published = 0
    stage.count("orders") { $0.enqueued = UInt64($0.ready) }
    #expect(run(&stage, 60, perSecond: 20, &random).isEmpty)
  }
}
