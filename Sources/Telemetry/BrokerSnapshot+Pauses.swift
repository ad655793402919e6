extension BrokerSnapshot {
  /// Names of queues that deliver nothing because they, or all their consumers, are paused.
  ///
  /// - Complexity: O(queues + consumers).
  package func pausedQueues(in virtualHost: String) -> Set<String> {
    let consumers = consumers.filter { $0.virtualHost == virtualHost }
    let queues = queues.filter { $0.virtualHost == virtualHost }
    let paused = Set(consumers.filter(\.isPaused).map(\.queue))
    let going = consumers.filter { !$0.isPaused }.map(\.queue)
    return paused.subtracting(going).union(queues.filter(\.isPaused).map(\.name))
  }
}
