import AMQP
import Telemetry

/// Transactions (AMQP 0-9-1, class tx), with RabbitMQ's meaning of them.
///
/// They cover publishing and settling; what a commit does to several queues is not one step to
/// others, as in RabbitMQ.
extension Broker {
  /// Makes a channel transactional; a second time changes nothing.
  ///
  /// - Returns: 406 on a channel with publisher confirms.
  package func selectTransactions(on channel: Channel) -> Violation? {
    guard channel.mode != .confirming else {
      return Violation(.preconditionFailed, "cannot switch from confirm to tx mode")
    }
    channel.mode = .transactional
    if channel.transaction == nil { channel.transaction = Transaction() }
    return nil
  }

  /// Does all that waits for it: first what was published, then what was settled.
  ///
  /// The answer is sent once the disk has all that is persistent.
  ///
  /// - Returns: 406 when the channel is not transactional, 541 when the store takes nothing.
  package func commit(_ channel: Channel) -> Violation? {
    guard let transaction = channel.transaction else { return .notTransactional }
    let (publications, settled) = transaction.takeAll()
    var refusal: Violation?
    if !channel.hasCredit { scheduleStalledQueues(of: channel) }
    let kept = keptCount
    for publication in publications where !finish(publication, on: channel) {
      refusal = refusal ?? Self.storeRefusal(store)
    }
    var requeued: [UnackedEntry] = []
    for delivery in settled {
      if delivery.settlement == .requeued {
        requeued.append(delivery.entry)
      } else {
        settle(delivery.entry, as: delivery.settlement, on: channel)
      }
    }
    requeue(requeued, on: channel)
    if let refusal { return refusal }
    answerCommit(on: channel, isKept: kept != keptCount)
    return nil
  }

  /// Forgets what was published, and gives the settled deliveries back to be settled again.
  ///
  /// - Returns: 406 when the channel is not transactional.
  package func rollBack(_ channel: Channel) -> Violation? {
    guard channel.transaction != nil else { return .notTransactional }
    forgetTransaction(of: channel)
    return nil
  }

  /// Undoes what waits for a commit; does nothing on a channel without transactions.
  func forgetTransaction(of channel: Channel) {
    guard let (publications, settled) = channel.transaction?.takeAll() else { return }
    for publication in publications { publication.message.release() }
    channel.unacked.restore(settled.map { ($0.tag, $0.entry) })
  }

  /// Keeps a message for the commit.
  @inline(never)
  func hold(_ message: Message, along route: Route, isMandatory: Bool, on channel: Channel) {
    guard let transaction = channel.transaction else {
      preconditionFailure("a transactional channel has a transaction")
    }
    transaction.add(
      Transaction.Publication(message: message, route: route, isMandatory: isMandatory)
    )
  }

  /// Keeps a settlement for the commit.
  ///
  /// - Returns: 406 when the tag is not of an open delivery.
  @inline(never)
  func hold(
    _ settlement: Settlement,
    upTo tag: UInt64,
    isMultiple: Bool,
    on channel: Channel
  ) -> Violation? {
    guard let transaction = channel.transaction else { return .notTransactional }
    guard isMultiple else {
      guard let entry = channel.unacked.settle(tag) else { return .unknownDeliveryTag(tag) }
      transaction.add(Transaction.Settled(tag: tag, entry: entry, settlement: settlement))
      return nil
    }
    guard tag == 0 || channel.unacked.contains(tag) else { return .unknownDeliveryTag(tag) }
    let last = tag == 0 ? UInt64.max : tag
    while let first = channel.unacked.firstTag, let entry = channel.unacked.settleFirst(upTo: last)
    {
      transaction.add(Transaction.Settled(tag: first, entry: entry, settlement: settlement))
    }
    return nil
  }

  /// Publishes what was routed before; queues that have gone since then get nothing.
  ///
  /// - Returns: false when the store refused it.
  private func finish(_ publication: Transaction.Publication, on channel: Channel) -> Bool {
    let message = publication.message
    let route = publication.route
    // Its time to live begins here.
    message.enteredAt = now
    guard !route.queues.isEmpty else {
      if publication.isMandatory { sendBack(message, on: channel) }
      let unroutable = sums.unroutable
      finishUnrouted(message, along: route)
      if !publication.isMandatory { channel.tally.unroutable += sums.unroutable - unroutable }
      return true
    }
    // Whether a queue refused it is told to those with confirms alone, as in RabbitMQ.
    guard route.queues.contains(where: \.isDeleted) else {
      return distribute(message, along: route) || store?.failure == nil
    }
    let queues = route.queues.filter { !$0.isDeleted }
    sums.published += 1
    route.uses += 1
    route.exchange.published += 1
    route.exchange.routed += UInt64(queues.count)
    guard !queues.isEmpty else {
      if publication.isMandatory { sendBack(message, on: channel) }
      sums.unroutable += 1
      drop(message, by: route.exchange)
      return true
    }
    guard !message.traits.contains(.persistent) || keep(message, for: queues) else {
      message.release()
      return false
    }
    message.retain(queues.count - 1)
    for queue in queues { _ = enqueue(message, in: queue) }
    return true
  }
}

extension Violation {
  fileprivate static let notTransactional = Violation(
    .preconditionFailed,
    "channel is not transactional"
  )
}
