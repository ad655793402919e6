import Telemetry

/// Connections or channels come and go, or pile up.
enum ChurnRule {
  static func findings(in window: Window) -> [Finding] {
    coming(in: window) + piled(in: window)
  }

  private static func coming(in window: Window) -> [Finding] {
    let churn = window.longTerm.churn
    // Each short connection has its channels: they are no trouble of their own.
    if let course = churn.connections {
      return [finding(course, "connections", evidence(of: churn, course, in: window), in: window)]
    }
    guard let course = churn.channels else { return [] }
    let busiest = window.newest.connections.indices.max {
      window.newest.connections[$0].channelCount < window.newest.connections[$1].channelCount
    }
    let most = busiest.map { window.newest.connections[$0] }
    var evidence = ["Connections stay: it is channels on them that are opened and closed."]
    if let most, most.channelCount > 0 {
      let channels = most.channelCount == 1 ? "channel" : "channels"
      evidence.append(
        "Most has \(most.placeName): \(Format.count(most.channelCount)) \(channels) now."
      )
    }
    return [finding(course, "channels", evidence, in: window)]
  }

  private static func finding(
    _ course: Churn.Course,
    _ things: String,
    _ evidence: [String],
    in window: Window
  ) -> Finding {
    let rate = Format.rate(Double(course.count) / course.seconds)
    return Finding(
      rule: .churn,
      subject: .broker,
      triage: .publisher,
      text: "\(rate) \(things) a second come and go",
      since: course.since,
      uncertaintySeconds: max(Limits.churnStepSeconds, window.refreshSeconds),
      evidence: [
        "\(Format.count(course.count)) were opened and closed within "
          + "\(Format.seconds(course.seconds.rounded()))."
      ] + evidence,
      advice: [
        Finding.Advice(
          "open one connection when the client starts and keep it, with a channel a thread"
        ),
        Finding.Advice(action: "connections", "see who comes"),
      ]
    )
  }

  private static func evidence(
    of churn: Churn,
    _ course: Churn.Course,
    in window: Window
  ) -> [String] {
    let count = window.newest.connections.count
    var evidence = [count == 1 ? "1 is open now." : "\(Format.count(count)) are open now."]
    let names = churn.newcomers.sorted {
      $0.value.count == $1.value.count
        ? $0.key.shownName < $1.key.shownName : $0.value.count > $1.value.count
    }
    if names.isEmpty {
      evidence.append("None lived long enough to be seen.")
    } else {
      let said = names.map { "\($0.key.shownName) (\(Format.count($0.value.count)))" }
      evidence.append("Seen to come: \(Examples.list(said)).")
    }
    return evidence
  }

  private static func piled(in window: Window) -> [Finding] {
    window.longTerm.piles
      .filter { name, pile in
        pile.steps.count >= 2 && pile.now >= Limits.pileConnections
          && pile.now >= Limits.pileTimes * pile.atFirst
          && window.now.seconds(since: pile.lastRiseAt) < Limits.growthSeconds
      }
      .sorted { $0.key.shownName < $1.key.shownName }
      .map { name, pile in
        let steps = ([pile.atFirst] + pile.steps).map { Format.count($0) }
        return Finding(
          rule: .churn,
          subject: .client(name: name.shownName),
          triage: .publisher,
          text: "\(Format.count(pile.now)) connections, \(Format.count(pile.atFirst)) at first, "
            + "and none was closed",
          since: pile.since,
          uncertaintySeconds: Limits.pilesSeconds,
          evidence: ["They became more step by step: \(steps.joined(separator: ", "))."],
          advice: [
            Finding.Advice(
              action: "connections",
              "see which of them do nothing, and close those"
            ),
            Finding.Advice("look whether it closes the old connection before it connects again"),
          ]
        )
      }
  }
}
