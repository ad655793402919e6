import Telemetry

/// Tells when a channel is to be made anew because everything that is published on it is refused.
///
/// RabbitMQ's channel asks the leader of a quorum queue at its first publish, and takes it from the
/// queue's record. A channel that is opened while a node fails may find a leader there that is gone,
/// and refuses every message from then on, until it is closed or that node is back (seen with
/// 3.10.8; rabbitmq-server 9241 mends it). That a queue is full has the same answer, so that it is
/// tried again more and more rarely.
struct RefusalWatch: Sendable {
  /// For how long everything is refused before the channel counts as broken.
  static let firstPatienceSeconds = 1.0
  static let longestPatienceSeconds = 60.0

  private var since: Instant?
  private var patienceSeconds = firstPatienceSeconds

  /// Forgets the refusals: a message was confirmed.
  mutating func confirmed() {
    since = nil
    patienceSeconds = Self.firstPatienceSeconds
  }

  /// Counts a refusal.
  ///
  /// - Returns: Whether the channel is to be made anew now.
  mutating func refused(at now: Instant) -> Bool {
    guard let since else {
      self.since = now
      return false
    }
    guard now.seconds(since: since) >= patienceSeconds else { return false }
    self.since = nil
    patienceSeconds = min(2 * patienceSeconds, Self.longestPatienceSeconds)
    return true
  }
}
