/// Where a message goes that no client publishes.
extension Broker {
  /// All queues that a message goes to, each once.
  func destinations(of message: Message, through exchange: Exchange) -> [Queue] {
    exchange.queues(for: message.routingKey)
  }

  /// Sends a message that a queue gave up through an exchange; takes the caller's reference.
  ///
  /// - Returns: How many queues it went to.
  @discardableResult
  func republish(_ message: Message, through exchange: Exchange) -> Int {
    let queues = destinations(of: message, through: exchange)
    exchange.published += 1
    exchange.routed += UInt64(queues.count)
    if queues.isEmpty { exchange.unroutable += 1 }
    for queue in queues {
      message.retain()
      _ = enqueue(message, in: queue)
    }
    message.release()
    return queues.count
  }
}
