package import Telemetry

/// What became of every message, queue by queue, when a scenario has ended.
///
/// The sum is made of parts that know nothing of each other: what the producers say the
/// broker confirmed, what the consumers say they finished, and what the broker says still waits.
/// For every queue `published = acknowledged + waiting + dead + lost`, and ``remainder`` is what is left
/// over: anything but 0 means that somebody miscounts.
package struct LabLedger: Sendable, Hashable {
  /// One queue's part.
  package struct Queue: Sendable, Hashable {
    package var name: String
    /// The service that consumes it.
    package var service: String
    /// Messages that the producers believe the broker has for it.
    package var published: Int64
    /// Messages that were worked on and left the queue.
    package var acknowledged: Int64
    /// Messages that wait for a consumer, by the broker's count.
    package var waiting: Int64
    /// Messages that were given up: in the dead-letter queue where there is one.
    package var dead: Int64
    /// Messages that were accepted and are nowhere now.
    package var lost: Int64
    /// Times that a message was worked on again.
    ///
    /// Its consumer died before its acknowledgement, its work failed, or it was published twice. It
    /// counts once in the other figures.
    package var repeated: Int64
    /// Times that such work changed something twice.
    package var doubled: Int64
    /// Messages that a consumer worked on and that are none of this run's: published by a person,
    /// or left over by an earlier run; no other figure contains them.
    package var foreign: Int64

    /// What the other figures leave unexplained.
    package var remainder: Int64 { published - acknowledged - waiting - dead - lost }
  }

  package var scenario: String
  /// In the scenario's order.
  package var queues: [Queue]
  /// Publishes that were begun, as far as their processes could still report them.
  package var begun: UInt64
  /// Messages that the broker accepted.
  package var published: UInt64
  /// Messages that came back because no queue was bound.
  package var returned: UInt64
  /// Publishes that ended without an answer of the broker; their messages count as published
  /// when they turned up in a queue.
  package var unconfirmed: UInt64
  /// What the customers saw, synchronous first.
  package var ways: [CallWaySnapshot]
  /// What could not be found out, each as one sentence; the figures are then incomplete.
  package var problems: [String]
  /// What became of the queues and exchanges that the run made on a broker elsewhere.
  package var onBroker: [String] = []

  /// The sum of all that is unexplained, queue by queue; 0 when every message is accounted for.
  package var remainder: Int64 {
    queues.reduce(0) { $0 + abs($1.remainder) }
  }

  /// Whether every message is somewhere, as far as all could be asked.
  var isEven: Bool { remainder == 0 && problems.isEmpty && queues.allSatisfy { $0.lost == 0 } }

  /// The ledger for people, as lines of at most 80 columns plus a sentence for each problem.
  package var lines: [String] {
    var lines = ["ledger of scenario \(scenario)"]
    for way in ways {
      lines.append(
        "  \(LabLedger.name(of: way.way)): \(way.offered) came, \(way.succeeded) served, "
          + "\(way.declined) declined, \(way.failed) failed"
      )
    }
    lines.append(
      "  \(LabLedger.padded("queue", 14))"
        + ["published", "acked", "waiting", "dead", "lost", "repeated", "others"]
        .map { LabLedger.padded($0, -9) }.joined()
    )
    for queue in queues {
      let figures = [
        queue.published, queue.acknowledged, queue.waiting, queue.dead, queue.lost,
        queue.repeated, queue.foreign,
      ]
      lines.append(
        "  \(LabLedger.padded(queue.name, 14))"
          + figures.map { LabLedger.padded(String($0), -9) }.joined()
      )
    }
    if unconfirmed + returned > 0 {
      lines.append("  publishes refused: \(returned) returned, \(unconfirmed) unconfirmed")
    }
    lines += problems.map { "  \($0)" }
    lines.append("  published - acked - waiting - dead - lost = \(remainder)")
    lines += onBroker.map { "  \($0)" }
    return lines
  }

  /// The queues' accounts, as a report shows them.
  package var accounts: [LabQueueSnapshot] {
    queues.map { queue in
      LabQueueSnapshot(
        name: queue.name,
        service: queue.service,
        published: Int(queue.published),
        acknowledged: Int(queue.acknowledged),
        waiting: Int(queue.waiting),
        dead: Int(queue.dead),
        lost: Int(queue.lost),
        repeated: Int(queue.repeated),
        doubled: Int(queue.doubled)
      )
    }
  }

  private static func name(of way: CallWay) -> String {
    switch way {
    case .synchronous: "customers, sync "
    case .asynchronous: "customers, async"
    case .alternative: "customers, third"
    }
  }

  /// Fills up with spaces, on the right, or on the left for a negative width.
  private static func padded(_ text: String, _ width: Int) -> String {
    let fill = String(repeating: " ", count: max(0, abs(width) - text.count))
    return width < 0 ? fill + text : text + fill
  }
}
