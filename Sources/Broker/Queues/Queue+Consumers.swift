import AMQP

/// How a queue finds the consumer of its next message.
enum ConsumerChoice: UInt8 {
  /// All consumers take turns.
  case inTurn
  /// Those of the highest priority take turns while one of them can take a message.
  case byPriority
  /// One gets all messages until it leaves (RabbitMQ, "Single Active Consumer").
  case singleActive
  /// The operator paused the queue.
  case nobody
}

/// The consumers of one priority, which lie side by side in ``Queue/consumers``.
struct ConsumerLevel {
  let priority: Int64
  let start: Int
  var count: Int
  /// Whose turn is next, counted from `start`.
  var turn: Int
}

extension Queue {
  /// Whether one consumer at a time gets messages.
  var isSingleActiveConsumer: Bool {
    settings.isSingleActiveConsumer
  }

  /// Adds a consumer behind those of its priority.
  func add(_ consumer: Consumer) {
    if let last = consumers.last, last.priority < consumer.priority {
      let index = consumers.firstIndex { $0.priority < consumer.priority }
      consumers.insert(consumer, at: index ?? consumers.endIndex)
    } else {
      consumers.append(consumer)
    }
    if isSingleActiveConsumer, activeConsumer == nil { activeConsumer = consumer }
    arrangeConsumers()
  }

  /// Takes consumers out.
  ///
  /// - Returns: The one that is active now because the active one left; nil in all other cases.
  func removeConsumers(where isLeaving: (Consumer) -> Bool) -> Consumer? {
    consumers.removeAll(where: isLeaving)
    defer { arrangeConsumers() }
    guard let activeConsumer, isLeaving(activeConsumer) else { return nil }
    self.activeConsumer = successor
    return successor
  }

  /// Who becomes active when the active consumer leaves: the oldest of the highest priority, in a
  /// quorum queue the oldest of all, as in RabbitMQ 3.10.
  private var successor: Consumer? {
    guard QueueType(of: arguments) == .quorum else { return consumers.first }
    return consumers.min { $0.identifier < $1.identifier }
  }

  /// Finds the way to choose anew; called when consumers or the pause changed.
  func arrangeConsumers() {
    levels = levelsOfConsumers()
    if isPaused {
      choice = .nobody
    } else if activeConsumer != nil {
      choice = .singleActive
    } else {
      choice = levels.count > 1 ? .byPriority : .inTurn
    }
  }

  private func levelsOfConsumers() -> [ConsumerLevel] {
    guard let first = consumers.first, first.priority != consumers.last?.priority else {
      return []
    }
    var found: [ConsumerLevel] = []
    for (index, consumer) in consumers.enumerated() {
      if let last = found.indices.last, found[last].priority == consumer.priority {
        found[last].count += 1
      } else {
        let turn = levels.first { $0.priority == consumer.priority }?.turn ?? 0
        found.append(
          ConsumerLevel(priority: consumer.priority, start: index, count: 1, turn: turn)
        )
      }
    }
    return found
  }

  /// The consumer that gets the next message where not all take turns.
  @inline(never)
  func chosenConsumer() -> Consumer? {
    switch choice {
    case .nobody: return nil
    case .singleActive:
      guard let activeConsumer, activeConsumer.canTake else { return nil }
      return activeConsumer
    case .inTurn, .byPriority:
      for index in levels.indices {
        if let consumer = takeTurn(inLevel: index) { return consumer }
      }
      return nil
    }
  }

  private func takeTurn(inLevel index: Int) -> Consumer? {
    let level = levels[index]
    for offset in 0..<level.count {
      let place = (level.turn + offset) % level.count
      let consumer = consumers[level.start + place]
      if consumer.canTake {
        levels[index].turn = place + 1
        return consumer
      }
    }
    return nil
  }
}
