/// The account of one queue while a scenario runs, or of the queues that belong to one service.
///
/// Always `published = acknowledged + waiting + dead + lost`.
package struct LabQueueSnapshot: Sendable, Hashable {
  package var name: String
  /// The service that consumes it.
  package var service: String
  /// The ways of calling whose events come here.
  package var ways: [CallWay]
  /// Messages that the producer believes the broker has.
  package var published: Int
  /// Messages that were worked on, each counted once.
  package var acknowledged: Int
  /// Messages that are neither worked on nor known to be dead or lost.
  package var waiting: Int
  /// Messages that were given up and lie in the dead-letter queue.
  package var dead: Int
  /// Messages that are neither in the queue nor in anybody's hand, by the broker's own count.
  package var lost: Int
  /// Times that a message was worked on again.
  package var repeated: Int
  /// Times that work was repeated and changed something twice; the rest was known and skipped.
  package var doubled: Int
  /// From the customer's arrival to the end of the work.
  package var delay: LatencySnapshot?
  /// Until nothing waits, at the pace of the last seconds, in seconds; nil while it grows or when
  /// nothing waits.
  package var drainSeconds: Double?

  /// - Parameters:
  ///   - name: The queue, or what the queues of the group have in common.
  ///   - service: The service that consumes it.
  ///   - ways: The ways of calling whose events come here.
  ///   - published: What the producer believes the broker has.
  ///   - acknowledged: What was worked on.
  ///   - waiting: What is still to be worked on.
  ///   - dead: What was given up.
  ///   - lost: What is nowhere.
  ///   - repeated: What was worked on again.
  ///   - doubled: What changed something twice.
  ///   - delay: From the customer's arrival to the end of the work.
  ///   - drainSeconds: Until nothing waits.
  package init(
    name: String,
    service: String,
    ways: [CallWay] = [.asynchronous],
    published: Int = 0,
    acknowledged: Int = 0,
    waiting: Int = 0,
    dead: Int = 0,
    lost: Int = 0,
    repeated: Int = 0,
    doubled: Int = 0,
    delay: LatencySnapshot? = nil,
    drainSeconds: Double? = nil
  ) {
    self.name = name
    self.service = service
    self.ways = ways
    self.published = published
    self.acknowledged = acknowledged
    self.waiting = waiting
    self.dead = dead
    self.lost = lost
    self.repeated = repeated
    self.doubled = doubled
    self.delay = delay
    self.drainSeconds = drainSeconds
  }
}
