import AMQP
import Telemetry

/// Finding the message that comes back again and again, which no consumer can work on perhaps.
///
/// One is remembered for each queue. It costs something only where messages come back, and where one
/// that came back leaves: how often it did stands beside its place in the queue.
extension Queue {
  /// Notes that a message came back; called before anything can take it away again.
  ///
  /// - Parameters:
  ///   - entry: The delivery that is over.
  ///   - returned: As it waits now; in a quorum queue it has another place.
  ///   - now: In nanoseconds of the broker's clock.
  @inline(never)
  func noteReturn(of entry: UnackedEntry, as returned: ReadyEntry, at now: Int64) {
    let consumer = entry.consumer?.identifier
    if mostReturned?.identifier == ReadyEntry.place(in: entry.place) {
      mostReturned?.identifier = returned.place
      mostReturned?.count += 1
      mostReturned?.consumerIdentifier = consumer
    } else if returned.deliveryCount > mostReturned?.count ?? 0 {
      let identifier = returned.message.rawProperties.text(.messageID)
      mostReturned = ReturnedMessage(
        identifier: returned.place,
        messageIdentifier: identifier.map { String(decoding: $0, as: UTF8.self) },
        routingKey: Name(returned.message.routingKey).text,
        count: returned.deliveryCount,
        since: Instant(nanoseconds: now),
        consumerIdentifier: consumer
      )
    }
  }

  /// Notes that a message leaves for good.
  ///
  /// - Parameter mark: Its place, and how often it came back.
  @inline(__always)
  func noteLeaving(_ mark: UInt64) {
    if ReadyEntry.hasReturned(mark) { forgetReturned(mark) }
  }

  @inline(never)
  private func forgetReturned(_ mark: UInt64) {
    if mostReturned?.identifier == ReadyEntry.place(in: mark) { mostReturned = nil }
  }
}
