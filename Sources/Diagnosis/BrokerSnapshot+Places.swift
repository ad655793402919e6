package import Telemetry

extension BrokerSnapshot {
  /// Finds a queue by its name.
  ///
  /// - Complexity: O(log queues): they are sorted by their names.
  /// - Parameter queue: Its name.
  /// - Returns: Its place in ``queues``; nil when it is not there.
  package func place(of queue: QueueIdentity) -> Int? {
    var low = 0
    var high = queues.count
    while low < high {
      let middle = (low + high) / 2
      if queues[middle].identity < queue { low = middle + 1 } else { high = middle }
    }
    guard low < queues.count, queues[low].identity == queue else { return nil }
    return low
  }
}
