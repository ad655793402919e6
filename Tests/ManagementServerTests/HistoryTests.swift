import Broker
import JSONText
import Testing

@testable import ManagementServer

/// Rates and histories from samples.
@Suite struct HistoryTests {
  /// Samples each 5 s, from a minute that begins.
  private func history(_ sums: [Int64], _ query: [String: String] = [:]) -> History {
    let samples = sums.enumerated().map { index, sum in
      Sample(
        at: Int64(index) * 5_000_000_000,
        wallMilliseconds: 1_795_922_100_000 + Int64(index) * 5_000,
        values: [.queue(1): [sum, 0]]
      )
    }
    return History(samples: samples, ages: History.Ages(query))
  }

  private let figures = Figures(sums: ["publish"], gauges: ["messages"])

  private func details(_ history: History, _ values: Values = [0, 0]) -> JSON? {
    JSON.object(history.members(figures, values, of: .queue(1), history.ages.messages))[
      "publish_details"
    ]
  }

  @Test func theRateIsThatBetweenTheNewestTwoSamples() {
    #expect(details(history([0, 100, 150])) == ["rate": .number(10)])
    #expect(details(history([0])) == ["rate": .number(0)])
    #expect(details(history([])) == ["rate": .number(0)])
  }

  @Test func aHistoryGoesBackInStepsAndIsZeroBeforeTheFirstSample() {
    let query = ["msg_rates_age": "20", "msg_rates_incr": "10"]
    let seen = details(history([0, 100, 150], query))
    #expect(seen?["rate"]?.number == 10)
    #expect(
      seen?["samples"] == [
        ["sample": 150, "timestamp": 1_795_922_110_000],
        ["sample": 100, "timestamp": 1_795_922_100_000],
        ["sample": 0, "timestamp": 1_795_922_090_000],
      ]
    )
    #expect(seen?["avg_rate"]?.number == 7.5)
  }

  @Test(arguments: [
    ["msg_rates_age": "x", "msg_rates_incr": "5"], ["msg_rates_age": "60"],
    ["msg_rates_age": "60", "msg_rates_incr": "0"],
    ["msg_rates_age": "99999999", "msg_rates_incr": "1"],
  ])
  func aSpanThatMeansNothingIsNoSpan(query: [String: String]) {
    #expect(details(history([1, 2], query))?["samples"] == nil)
  }

  @Test func whatDidNotChangeIsIdleSinceTheFirstSampleThatSaysSo() {
    let history = history([0, 7, 7, 7])
    #expect(history.idleSince([7, 0], .queue(1)) == 1_795_922_105_000)
    #expect(history.idleSince([8, 0], .queue(1)) == nil)
    #expect(history.idleSince([7, 0], .queue(2)) == nil)
  }
}
