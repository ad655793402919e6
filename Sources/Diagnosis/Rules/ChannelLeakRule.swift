import Telemetry

/// A connection opens more and more channels, and closes none.
enum ChannelLeakRule {
  static func findings(in window: Window) -> [Finding] {
    let channels = window.longTerm.channels
    if channels.isEmpty { return [] }
    let least = window.tuning[.channelLeakRises]
    return
      channels
      .filter { _, growth in
        Double(growth.rises) >= least
          && window.now.seconds(since: growth.lastRiseAt) < Limits.growthSeconds
      }
      .sorted { $0.key < $1.key }
      .compactMap { identifier, growth in
        window.connection(identifier).map { finding(of: $0, growth, in: window) }
      }
  }

  private static func finding(
    of connection: ConnectionSnapshot,
    _ growth: LongTerm.Channels,
    in window: Window
  ) -> Finding {
    let added = growth.now - growth.atFirst
    let seconds = growth.lastRiseAt.seconds(since: growth.since)
    var evidence = [
      "It opened \(Format.count(added)) in \(Format.span(seconds)), one after the other.",
      "The last one came \(Format.span(window.now.seconds(since: growth.lastRiseAt))) ago.",
    ]
    let consumers = window.newest.consumers.indices.count {
      window.newest.consumers[$0].connectionIdentifier == connection.identifier
    }
    evidence.append(
      consumers == 1
        ? "1 consumer is on them." : "\(Format.count(consumers)) consumers are on them."
    )
    return Finding(
      rule: .channelLeak,
      subject: .connection(identifier: connection.identifier, name: connection.name),
      triage: .publisher,
      text: "\(Format.count(growth.now)) channels, \(Format.count(growth.atFirst)) at first, "
        + "and none was closed",
      since: growth.since,
      uncertaintySeconds: window.refreshSeconds,
      evidence: evidence,
      advice: [
        Finding.Advice(action: "open", "see which of its channels do nothing"),
        Finding.Advice("look in the client for a channel that is opened again and again"),
        Finding.Advice(
          action: "close-connection",
          "close the connection: it begins anew when it connects again"
        ),
      ]
    )
  }
}
