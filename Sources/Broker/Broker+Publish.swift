import AMQP
import Telemetry

extension Broker {
  /// Routes a message into the queues that its routing key leads to.
  ///
  /// The caller's reference to the message passes to the broker, whatever the result. A mandatory
  /// message goes back to its publisher when no queue takes it.
  ///
  /// - Returns: 404 when there is no such exchange, 403 when clients may not publish to it.
  /// - Complexity: O(queues); a topic match only when the route is not in a cache.
  package func publish(
    _ message: Message,
    on channel: Channel,
    isMandatory: Bool
  ) -> Violation? {
    var message = message
    if message.traits.contains(.directReply) {
      switch addressed(message, on: channel) {
      case .success(let addressed): message = addressed
      case .failure(let violation): return violation
      }
    }
    let route: Route
    if let last = channel.lastRoute, last.matches(message, generation: topologyGeneration) {
      route = last
    } else {
      if let violation = publishRefusal(of: message, on: channel) {
        message.release()
        return violation
      }
      switch findRoute(of: &message, in: channel.connection.host) {
      case .success(let found): route = found
      case .failure(let violation):
        message.release()
        return violation
      }
      // What is kept is of the exchange that is counted, so that one is counted without a look.
      channel.lastRoute = route.isFixed ? route : nil
      channel.count(towards: route.exchange)
    }
    channel.published &+= 1
    if channel.mode != .plain {
      if channel.mode == .transactional, !route.queues.isEmpty || !isReply(message, along: route) {
        hold(message, along: route, isMandatory: isMandatory, on: channel)
        return nil
      }
      if channel.mode == .confirming { noteConfirm(on: channel) }
    }
    if route.queues.isEmpty {
      if isMandatory { sendBack(message, on: channel) }
      if store?.failure != nil, message.traits.contains(.persistent),
        route.holds.exchanges.contains(where: { $0.storeNumber != nil })
      {
        message.release()
        return refused(isPersistent: true, on: channel)
      }
      let kept = keptCount
      let unroutable = sums.unroutable
      finishUnrouted(message, along: route)
      if !isMandatory { channel.tally.unroutable &+= sums.unroutable &- unroutable }
      if kept != keptCount, channel.mode == .confirming { channel.holdConfirm() }
      return nil
    }
    let kept = keptCount
    let isPersistent = message.traits.contains(.persistent)
    guard distribute(message, along: route) else {
      return refused(isPersistent: isPersistent, on: channel)
    }
    if kept != keptCount, channel.mode == .confirming { channel.holdConfirm() }
    return nil
  }

  /// A queue refused a message, or the store did: who has confirms is told by one, and only of the
  /// second the others hear too.
  private func refused(isPersistent: Bool, on channel: Channel) -> Violation? {
    if channel.mode == .confirming {
      channel.rejectedSequences.append(channel.publishedSequence)
      return nil
    }
    return isPersistent && store?.failure != nil ? Self.storeRefusal(store) : nil
  }

  /// Hands the caller's reference to all queues of the route.
  ///
  /// - Returns: false when a queue refused the message (overflow `reject-publish`), or the store.
  @inline(__always)
  func distribute(_ message: Message, along route: Route) -> Bool {
    sums.published &+= 1
    route.uses &+= 1
    route.exchange.published &+= 1
    if message.traits.contains(.persistent), store != nil,
      !keep(message, for: route.queues, heldBackBy: route.holds.exchanges)
    {
      message.release()
      return false
    }
    if let queue = route.onlyQueue {
      route.exchange.routed &+= 1
      return enqueue(message, in: queue)
    }
    return spread(message, along: route)
  }

  /// Puts a message into several queues and counts it at every exchange on the way.
  ///
  /// - Returns: false when a queue refused it.
  func spread(_ message: Message, along route: Route) -> Bool {
    let count = route.queues.count
    route.exchange.routed &+= UInt64(count)
    for hop in route.hops {
      hop.exchange.published &+= 1
      hop.exchange.routed &+= UInt64(hop.queueCount)
    }
    if !route.holds.exchanges.isEmpty { holdBack(message, along: route) }
    if route.isTapped { noteTap(of: message, along: route) }
    message.retain(count - 1)
    var isAccepted = true
    for queue in route.queues where !enqueue(message, in: queue) { isAccepted = false }
    return isAccepted
  }

  /// A published message has no queue, or none yet.
  @inline(never)
  func finishUnrouted(_ message: Message, along route: Route) {
    if deliverReply(message, from: route.exchange) { return }
    sums.published += 1
    route.uses += 1
    route.exchange.published += 1
    if route.holds.exchanges.isEmpty { sums.unroutable += 1 }
    finishUnqueued(message, along: route)
  }

  /// Returns an unroutable mandatory message (AMQP 0-9-1, basic.return).
  func sendBack(_ message: Message, on channel: Channel) {
    sums.returned += 1
    channel.tally.returned += 1
    sendConfirmsBeforeReturn(on: channel)
    let text = ReplyCode.noRoute.name.utf8
    var head = channel.methodHead(BasicReturn.identifier)
    let code = ReplyCode.noRoute.rawValue
    head += [UInt8(code >> 8), UInt8(code & 0xFF), UInt8(text.count)] + text
    // Safe: `write` copies the head into the output before it returns.
    head.withUnsafeMutableBytes { bytes in
      channel.connection.write(
        message,
        head: bytes,
        tail: UnsafeRawBufferPointer(start: nil, count: 0)
      )
    }
    markDirty(channel.connection)
  }

  /// Puts a message into a queue, or straight to a consumer that waits.
  ///
  /// - Returns: false when the queue refuses it; the reference is given up in any case.
  @inline(__always)
  func enqueue(_ message: Message, in queue: Queue) -> Bool {
    if queue.needsCare || message.traits.contains(.expiring) {
      return enqueueWithCare(message, in: queue)
    }
    queue.enqueued &+= 1
    let place = queue.takePlace()
    if !queue.isStalled {
      if let consumer = queue.nextConsumer() {
        deliver(message, of: queue, place: place, isRedelivered: false, to: consumer)
        return true
      }
      queue.isStalled = true
    }
    queue.readyBytes &+= message.bodyBytes
    queue.ready.append(ReadyEntry(message: message, place: place, isRedelivered: false))
    return true
  }
}
