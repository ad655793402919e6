import AMQP
import Telemetry

/// Exchanges that hold messages back (RabbitMQ's delayed message exchange plugin).
extension Broker {
  /// Keeps a message until its delay is over; each exchange takes a reference of its own.
  func holdBack(_ message: Message, along route: Route) {
    let deadline = now + route.holds.milliseconds * 1_000_000
    for exchange in route.holds.exchanges {
      message.retain()
      hold(message, copies: route.holds.copies, in: exchange, until: deadline)
    }
  }

  private func hold(
    _ message: Message,
    copies: [Name],
    in exchange: Exchange,
    until deadline: Int64
  ) {
    exchange.delayed.add(DelayedMessages.Held(message: message, copies: copies), at: deadline)
    sums.delayed += 1
    armDelayed(exchange)
  }

  /// Holds a message back again that an exchange held back before a restart.
  ///
  /// The routing keys of its BCC header are not written down, and forgotten.
  func holdAgain(_ message: Message, in exchange: Exchange) {
    let addressing = Addressing(message, copies: [])
    let milliseconds = DelayedMessages.delay(of: addressing) ?? 0
    let deadline = message.enteredAt.addingReportingOverflow(milliseconds * 1_000_000)
    let isNow = deadline.overflow
    hold(message, copies: [], in: exchange, until: isNow ? now : deadline.partialValue)
  }

  /// A message that an exchange holds back may be due.
  func delayedDue(in exchange: Exchange) {
    exchange.delayed.armedAt = nil
    while let held = exchange.delayed.popDue(at: now) {
      sums.released += 1
      release(held, from: exchange)
    }
    armDelayed(exchange)
  }

  /// Asks for the first deadline, unless the timers have one as early.
  private func armDelayed(_ exchange: Exchange) {
    guard let deadline = exchange.delayed.nextDeadline else { return }
    if let armedAt = exchange.delayed.armedAt, armedAt <= deadline { return }
    exchange.delayed.armedAt = deadline
    timers.add(.delayed(by: Timers.Weak(exchange)), at: deadline)
  }

  /// Routes a message that is due; its header says the delay with a minus, so that no exchange
  /// after this one holds it back again.
  private func release(_ held: DelayedMessages.Held, from exchange: Exchange) {
    var message = held.message
    // What is in its queues is let go of here, and not before.
    held.message.retain()
    defer { letGo(held.message, heldBackBy: exchange) }
    var properties = message.rawProperties
    if let delay = properties.header(DelayedMessages.header).flatMap(DelayedMessages.milliseconds) {
      properties.setHeader(DelayedMessages.header, .signed32(Int32(truncatingIfNeeded: -delay)))
      let changed = message.rewritten(
        properties: properties,
        traits: message.traits,
        enteredAt: now
      )
      if let changed {
        message.release()
        message = changed
      }
    }
    let addressing = Addressing(message, copies: held.copies)
    let route = makeRoute(of: addressing, through: exchange, isRelease: true)
    if route.queues.isEmpty { sums.unroutable += 1 }
    finishRepublish(message, along: route)
  }

  /// Throws away what a deleted exchange holds back.
  func discardDelayed(of exchange: Exchange) {
    for message in exchange.delayed.removeAll() {
      sums.delayedDiscarded += 1
      letGo(message, heldBackBy: exchange, isDeleted: true)
    }
  }
}
