extension BrokerSnapshot {
  /// Names of queues that deliver nothing because they, or all their consumers, are paused.
  ///
  /// - Complexity: O(queues + consumers).
  package var pausedQueues: Set<String> {
    let paused = consumers.filter(\.isPaused).map(\.queue)
    let going = consumers.filter { !$0.isPaused }.map(\.queue)
    return Set(queues.filter(\.isPaused).map(\.name))
      .union(Set(paused).subtracting(going))
  }
}
