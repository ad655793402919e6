import Canvas
import Telemetry
import Testing

@testable import Dashboard

/// Whatever the refresh is, charts have no gaps and rates are right.
@Suite struct RefreshTests {
  private func model(refreshSeconds: Double, until end: Double) -> Model {
    var model = Model(
      size: Size(columns: 120, rows: 36),
      options: ViewOptions(refreshSeconds: refreshSeconds)
    )
    let world = SampleWorld.payment
    var step = 0
    // A snapshot comes late by up to a tenth, as on a busy machine.
    while Double(step) * refreshSeconds <= end {
      let lateness = refreshSeconds * 0.1 * Double(step % 3) / 2
      let at = Double(step) * refreshSeconds + lateness
      _ = update(&model, .snapshot(world.broker(at: at)))
      _ = update(&model, .lab(world.lab(at: at)))
      step += 1
    }
    return model
  }

  @Test(arguments: [0.1, 0.25, 0.5, 1, 2, 10])
  func chartsHaveNoGaps(refreshSeconds: Double) {
    let model = model(refreshSeconds: refreshSeconds, until: 80)
    let history = model.live.history
    for series in [history.ready, history.publishRate, history.ackRate, history.asynchronousP95] {
      let known = series.resampled(to: series.capacity).drop { $0.isNaN }
      #expect(known.count >= 4 * 50 && !known.contains { $0.isNaN })
    }
    for queue in history.queues {
      #expect(!queue.depth.resampled(to: 50).contains { $0.isNaN })
    }
  }

  @Test(arguments: [0.1, 0.5, 10])
  func ratesAreRight(refreshSeconds: Double) throws {
    var window = SlidingWindow<BrokerSnapshot>(seconds: Limits.rateSeconds)
    for step in 0...100 {
      let at = Double(step) * refreshSeconds * 0.99
      var totals = BrokerTotals()
      totals.published = UInt64(at * 1_000)
      let snapshot = BrokerSnapshot(
        at: Instant.zero.advanced(bySeconds: at),
        wallTime: WallTime(milliseconds: 0),
        identity: BrokerIdentity(label: "b", endpoint: "e", startedAt: .zero),
        totals: totals
      )
      _ = window.add(snapshot)
    }
    let (newest, base) = (try #require(window.newest), try #require(window.base))
    let rate = Rates.perSecond(
      newest.totals.published,
      since: base.totals.published,
      seconds: window.baseSeconds
    )
    #expect(abs((rate ?? 0) - 1_000) < 2)
    // Long enough to be no noise, and no longer than it must be.
    #expect(window.baseSeconds >= 1.9 && window.baseSeconds <= 2.1 + refreshSeconds)
  }

  @Test(arguments: [(0.1, 2.0), (0.5, 2.0), (1.0, 3.0), (10.0, 30.0)])
  func aPictureIsOldAfterThreeRefreshes(refreshSeconds: Double, limit: Double) {
    var model = model(refreshSeconds: refreshSeconds, until: 0)
    func wait(_ seconds: Double) {
      let now = SampleWorld.origin.advanced(bySeconds: seconds)
      _ = update(&model, .tick(now, SampleWorld.wall(seconds)))
    }
    wait(limit - 0.05)
    #expect(!model.isStale)
    wait(limit + 0.05)
    #expect(model.isStale)
  }
}
