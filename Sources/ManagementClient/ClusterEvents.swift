import Telemetry

/// What changes in a cluster from one look to the next, as events, and what the person does to it.
///
/// A management lists no events: nodes that go and come back, and leaders that move, are seen by
/// comparing what it lists.
///
/// - Isolation: none; whoever asks owns it.
struct ClusterEvents: Sendable {
  /// The newest ones, the oldest first, at most ``eventsLimit``.
  private(set) var events: [BrokerEvent] = []
  private var sequence: UInt64 = 0
  /// Nil before the first look.
  private var nodes: [String: NodeSnapshot]?
  private var leaders: [QueueIdentity: String] = [:]

  static let eventsLimit = 100
  /// Queues whose moved leaders are told one by one; of more only how many.
  static let toldLeadersLimit = 8

  /// Adds an event.
  mutating func record(_ text: String, _ severity: BrokerEvent.Severity, at wallTime: WallTime) {
    sequence += 1
    events.append(
      BrokerEvent(sequence: sequence, wallTime: wallTime, severity: severity, text: text)
    )
    if events.count > Self.eventsLimit { events.removeFirst(events.count - Self.eventsLimit) }
  }

  /// Looks at the nodes.
  mutating func look(at listed: [NodeSnapshot], at wallTime: WallTime) {
    let now = Dictionary(listed.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    defer { nodes = now }
    // A list without nodes comes from a user who may not see them.
    guard let before = nodes, !listed.isEmpty else { return }
    for node in listed {
      guard let old = before[node.name] else {
        record("node \(node.name) has joined the cluster", .information, at: wallTime)
        continue
      }
      if old.isRunning, !node.isRunning {
        record("node \(node.name) is down", .critical, at: wallTime)
      } else if !old.isRunning, node.isRunning {
        record("node \(node.name) is up again", .information, at: wallTime)
      }
      if old.partitions.isEmpty, !node.partitions.isEmpty {
        let others = node.partitions.joined(separator: ", ")
        record("node \(node.name) does not see \(others)", .critical, at: wallTime)
      } else if !old.partitions.isEmpty, node.partitions.isEmpty {
        record("node \(node.name) sees all others again", .information, at: wallTime)
      }
    }
    for name in before.keys.sorted() where now[name] == nil {
      record("node \(name) has left the cluster", .warning, at: wallTime)
    }
  }

  /// Looks at who leads the queues.
  ///
  /// - Parameters:
  ///   - listed: All queues; the leader is nil for one that has none, or whose leader nobody knows in
  ///     this moment, as while one is elected.
  ///   - wallTime: When.
  /// - Complexity: O(queues).
  mutating func look(
    at listed: [(queue: QueueIdentity, leader: String?)],
    at wallTime: WallTime
  ) {
    var now: [QueueIdentity: String] = [:]
    var moved: [(queue: QueueIdentity, from: String, to: String)] = []
    for (queue, leader) in listed {
      let old = leaders[queue]
      now[queue] = leader ?? old
      if let old, let leader, old != leader { moved.append((queue, old, leader)) }
    }
    leaders = now
    guard moved.count > Self.toldLeadersLimit else {
      for (queue, from, to) in moved {
        record("\(queue.name): its leader moved from \(from) to \(to)", .warning, at: wallTime)
      }
      return
    }
    let from = Set(moved.map(\.from)).sorted().joined(separator: ", ")
    let to = Set(moved.map(\.to)).sorted().joined(separator: ", ")
    record("leaders of \(moved.count) queues moved from \(from) to \(to)", .warning, at: wallTime)
  }
}
