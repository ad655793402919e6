import Telemetry

/// Messages on their way from one queue to another, a turn's worth at a time.
///
/// - Isolation: the broker's loop.
package final class MessageMove {
  fileprivate let source: Queue
  fileprivate let destination: Queue
  /// How many it was to be, known when it began: what comes in meanwhile stays.
  fileprivate let count: Int
  fileprivate var moved = 0

  fileprivate init(from source: Queue, to destination: Queue, count: Int) {
    self.source = source
    self.destination = destination
    self.count = count
  }
}

extension Broker {
  /// Begins to move messages that wait in a queue to the end of another.
  ///
  /// - Parameters:
  ///   - source: The queue that they are in.
  ///   - destination: The queue that they go to.
  ///   - count: How many, from the head on; nil for all that wait now.
  ///   - host: Where both queues are.
  /// - Returns: What ``advance(_:)-(MessageMove)`` carries out.
  package func beginMove(
    from source: Name,
    to destination: Name,
    count: Int?,
    in host: VirtualHost
  ) -> Result<MessageMove, OperationRefusal> {
    findEnds(source, destination, in: host).flatMap { source, destination in
      if let count, count < 1 { return .failure(OperationRefusal("move 1 message or more")) }
      let waiting = source.ready.count
      return .success(
        MessageMove(from: source, to: destination, count: min(count ?? waiting, waiting))
      )
    }
  }

  /// Moves what a turn has time for.
  ///
  /// Each message is in its new queue, and there in the log, before it leaves the old one.
  ///
  /// - Parameter move: From ``beginMove(from:to:count:in:)``.
  /// - Returns: One line at the end, or why it ended early; nil while there is more to do.
  package func advance(_ move: MessageMove) -> Result<String, OperationRefusal>? {
    let source = move.source
    var budget = PumpBudget()
    while move.moved < move.count {
      if budget.isSpent || isStoreFlooded { return nil }
      if source.isDeleted { return finish(move, "queue '\(source.name.text)' is gone") }
      if source.mayExpire { dropExpired(in: source) }
      guard let first = source.ready.first else { break }
      if let obstacle = putCopy(of: first.message, into: move.destination) {
        return finish(move, obstacle)
      }
      guard let entry = source.ready.popFirst() else { break }
      budget.spend(2 * entry.message.bodyBytes)
      source.noteLeaving(entry.mark)
      source.readyBytes -= entry.message.bodyBytes
      source.moved += 1
      move.moved += 1
      letGo(entry.message, of: source)
    }
    return finish(move, nil)
  }

  private func finish(_ move: MessageMove, _ obstacle: String?) -> Result<String, OperationRefusal>
  {
    let ends = "from '\(move.source.name.text)' to '\(move.destination.name.text)'"
    if move.moved > 0 { record(.information, "\(Self.messages(move.moved)) moved \(ends)") }
    guard let obstacle else { return .success("moved \(Self.messages(move.moved)) \(ends)") }
    return .failure(
      OperationRefusal("moved \(move.moved) of \(Self.messages(move.count)): \(obstacle)")
    )
  }

  /// A number of messages in words.
  static func messages(_ count: Int) -> String { count == 1 ? "1 message" : "\(count) messages" }
}
