/// What a transactional channel has said since its last commit, not yet done.
///
/// Messages are routed when they are published and enter their queues at the commit. A settled
/// delivery leaves the channel's ring at once, so that it cannot be settled twice, but still counts
/// as unacked in its queue (RabbitMQ, "AMQP 0-9-1 semantics: tx").
///
/// - Isolation: the broker's loop.
final class Transaction {
  /// A message that waits for the commit; it owns one reference.
  struct Publication {
    let message: Message
    let route: Route
    let isMandatory: Bool
  }

  /// A delivery that is settled at the commit; it owns the delivery's reference.
  struct Settled {
    let tag: UInt64
    let entry: UnackedEntry
    let settlement: Settlement
  }

  private(set) var publications: [Publication] = []
  private(set) var settled: [Settled] = []

  deinit {
    for publication in publications { publication.message.release() }
    for delivery in settled { delivery.entry.message.release() }
  }

  func add(_ publication: Publication) {
    publications.append(publication)
  }

  func add(_ delivery: Settled) {
    settled.append(delivery)
  }

  /// Hands all that waits to the caller, and begins anew.
  func takeAll() -> (publications: [Publication], settled: [Settled]) {
    defer {
      publications = []
      settled = []
    }
    return (publications, settled)
  }
}
