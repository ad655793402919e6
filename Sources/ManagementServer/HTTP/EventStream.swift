import AMQPServer
import Broker
import Hummingbird
import JSONText
import NIOCore
import Telemetry

/// What happens on the broker, as lines for one client (WHATWG HTML, "Server-sent events").
///
/// Each second come the events that are new, and one `overview` with the totals and their rates; the
/// first line of all says so when nothing happens, so that a client can tell a quiet broker from a
/// lost connection.
struct EventStream: Sendable {
  let office: Office

  /// Between two looks at the broker.
  static let interval = Duration.seconds(1)

  var body: ResponseBody {
    ResponseBody { writer in
      var seen: UInt64?
      var before: BrokerListing?
      while !Task.isCancelled {
        guard
          let (listing, events) = await office.broker.withBroker({
            ($0.listing([]), $0.recentEvents)
          })
        else { break }
        var text = ""
        for event in events where event.sequence > seen ?? 0 {
          // Who comes later hears what is new, not what was.
          if seen != nil { text += Self.line("event", event.json, id: event.sequence) }
        }
        seen = events.last?.sequence ?? seen ?? 0
        text += Self.line("overview", listing.overview(since: before))
        before = listing
        try await writer.write(ByteBuffer(string: text))
        try await Task.sleep(for: Self.interval)
      }
      try await writer.finish(nil)
    }
  }

  /// One event; JSON has no line breaks.
  private static func line(_ name: String, _ json: JSON, id: UInt64? = nil) -> String {
    let identifier = id.map { "id: \($0)\n" } ?? ""
    return identifier + "event: \(name)\ndata: \(String(decoding: json.bytes, as: UTF8.self))\n\n"
  }
}

extension BrokerEvent {
  fileprivate var json: JSON {
    [
      "sequence": .count(sequence), "timestamp": .integer(wallTime.milliseconds),
      "severity": .string("\(severity)"), "text": .string(text),
    ]
  }
}

extension BrokerListing {
  /// Sums, gauges and the rates since another look.
  fileprivate func overview(since before: BrokerListing?) -> JSON {
    let seconds = before.map { at.seconds(since: $0.at) } ?? 0
    var members: [(String, JSON)] = [
      ("timestamp", .integer(wallTime.milliseconds)), ("messages_ready", .count(totals.ready)),
      ("messages_unacknowledged", .count(totals.unacked)),
      ("connections", .whole(objectCounts.connections)), ("queues", .whole(objectCounts.queues)),
      ("consumers", .whole(objectCounts.consumers)),
    ]
    for (index, name) in Figures.channel.sums.enumerated() {
      let value = counts.values[index]
      let change = before.map { Double(value - $0.counts.values[index]) }
      members.append((name, .integer(value)))
      if let change, seconds > 0 { members.append((name + "_rate", .number(change / seconds))) }
    }
    return object(members)
  }
}
