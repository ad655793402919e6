import Testing

@testable import Compare

/// Medians of rounds, and who was the limit.
@Suite struct MeasurementTests {
  private func round(
    _ rate: Int,
    client: Double = 1,
    broker: Double? = 2,
    busiest: Double = 0.5,
    waitsForDisk: Bool = false,
    flaws: Flaws = Flaws()
  ) -> RoundMeasurement {
    RoundMeasurement(
      seconds: 2,
      publishedCount: rate * 2,
      deliveredCount: rate * 2,
      flaws: flaws,
      delivery: Percentiles(p50: Double(rate), p99: 10, maximum: Double(rate * 3), count: 5),
      clientCPUSeconds: client,
      busiestShare: busiest,
      brokerCPUSeconds: broker,
      brokerMemoryBytes: rate,
      waitsForDisk: waitsForDisk,
      coreCount: 4
    )
  }

  @Test func medianAndFlawsOverAllRounds() throws {
    let rounds = [round(100, flaws: Flaws(lost: 1)), round(900), round(200, flaws: Flaws(lost: 2))]
    let summary = try #require(CaseSummary(rounds))
    #expect(summary.rate == 200 && summary.lowestRate == 100 && summary.highestRate == 900)
    #expect(summary.flaws == Flaws(lost: 3))
    #expect(summary.delivery == Percentiles(p50: 200, p99: 10, maximum: 2_700, count: 15))
    // 1 s for 400 deliveries; 2 s for 400.
    #expect(summary.clientCPU == 2_500 && summary.brokerCPU == 5_000)
    #expect(summary.brokerMemoryBytes == 900)
    #expect(CaseSummary([]) == nil)
  }

  @Test func aClientThatNeverWaitsIsTheLimit() {
    #expect(round(1, busiest: 0.9).isClientBound)
    #expect(!round(1, busiest: 0.5).isClientBound)
  }

  @Test func onAFullMachineWhoeverUsesMoreIsTheLimit() {
    // 2 s of 4 cores are 8 s.
    #expect(round(1, client: 5, broker: 3).isClientBound)
    #expect(!round(1, client: 3, broker: 5).isClientBound)
    #expect(!round(1, client: 3, broker: 2).isClientBound)
    #expect(round(1, client: 7.9, broker: nil).isClientBound)
    #expect(!round(1, client: 3, broker: nil).isClientBound)
  }

  @Test func aBrokerWithLittleToDoIsNotTheLimitUnlessItsDiskIs() {
    #expect(round(1, client: 2, broker: 0.5).isClientBound)
    #expect(!round(1, client: 1.4, broker: 0.5).isClientBound)
    #expect(!round(1, client: 2, broker: 0.5, waitsForDisk: true).isClientBound)
  }

  @Test func onlyMostRoundsMakeItAtLeast() throws {
    let two = [round(1, busiest: 1), round(1, busiest: 1), round(1)]
    #expect(try #require(CaseSummary(two)).isClientBound)
    let one = [round(1, busiest: 1), round(1), round(1)]
    #expect(try !#require(CaseSummary(one)).isClientBound)
  }

  @Test func aPublisherIsBusyWithoutItsWaits() {
    let times = PublisherTimes(count: 1, total: 10, waiting: 4, sending: 5)
    // 1 s of its own and 2 s of its loop.
    #expect(times.busyShare(loopSeconds: 2) == 0.3)
    // What the loop does while it waits is not its own.
    #expect(times.busyShare(loopSeconds: 9) == 0.6)
    #expect(PublisherTimes().busyShare(loopSeconds: 1) == 0)
  }
}
