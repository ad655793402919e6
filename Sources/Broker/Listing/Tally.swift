/// What went out of a queue otherwise than by `basic.deliver` with an acknowledgement to come.
///
/// RabbitMQ's management tells these apart; the queue's own sums do not. Nothing here is counted for
/// a message that a consumer gets: what consumers had is added when they leave.
package struct QueueTally: Sendable, Hashable {
  /// Deliveries to consumers with automatic acknowledgement that are gone.
  package var deliveredAutomatically: UInt64 = 0
  /// Messages fetched with `basic.get`, to be acknowledged.
  package var fetched: UInt64 = 0
  /// Messages fetched with `basic.get` that were settled at once.
  package var fetchedAutomatically: UInt64 = 0
  /// Times that `basic.get` found nothing.
  package var fetchedNothing: UInt64 = 0

  package init() {}
}

/// What a channel did that neither its consumers nor its own sums remember.
struct ChannelTally {
  var fetched: UInt64 = 0
  var fetchedAutomatically: UInt64 = 0
  var fetchedNothing: UInt64 = 0
  /// Of what was fetched, what had been out before.
  var fetchedAgain: UInt64 = 0
  /// Of what was fetched, what was acknowledged later.
  var fetchedAcknowledged: UInt64 = 0
  /// Unroutable messages that went back (`basic.return`).
  var returned: UInt64 = 0
  /// Unroutable messages that nobody was told of.
  var unroutable: UInt64 = 0
  /// Of consumers that are gone.
  var delivered: UInt64 = 0
  var deliveredAutomatically: UInt64 = 0
  var redelivered: UInt64 = 0
  var acknowledged: UInt64 = 0

  /// Keeps what a consumer did that is let go of.
  mutating func add(_ consumer: Consumer) {
    redelivered += consumer.redelivered
    if consumer.isAutomaticallyAcknowledged {
      deliveredAutomatically += consumer.delivered
    } else {
      delivered += consumer.delivered
      acknowledged += consumer.acknowledged
    }
  }
}

/// How often things went, and queues came, since the broker started (RabbitMQ, "Monitoring", churn).
package struct Churn: Sendable, Hashable {
  package var connectionsClosed: UInt64 = 0
  package var channelsClosed: UInt64 = 0
  /// Declarations, of queues that were there too.
  package var queuesDeclared: UInt64 = 0
  package var queuesCreated: UInt64 = 0
  package var queuesDeleted: UInt64 = 0

  package init() {}
}
