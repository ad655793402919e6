import AMQP
package import Telemetry

/// Dead letters on their way back to where they died, a turn's worth at a time.
///
/// - Isolation: the broker's loop.
package final class MessageRedrive {
  fileprivate let queue: Queue
  fileprivate let isDryRun: Bool
  /// What comes in meanwhile, or comes back at once, is not looked at.
  fileprivate let lastPlace: UInt64
  fileprivate var cursor: ReadyCursor?
  fileprivate var counts: [Way: Int] = [:]
  fileprivate var withoutOrigin = 0
  fileprivate var moved = 0

  fileprivate init(_ queue: Queue, isDryRun: Bool) {
    self.queue = queue
    self.isDryRun = isDryRun
    lastPlace = queue.lastPlace
  }

  /// How messages of one kind go back, or why they do not.
  struct Way: Hashable {
    let reason: String
    let queue: Name
    let exchange: Name
    var routingKey: Name
    var obstacle: String?
  }

  /// Kinds that are told apart; all others count as one for each queue and exchange.
  fileprivate static let waysLimit = 1_000
  /// Of a kind that gathers others.
  fileprivate static let anyKey = Name("(other keys)")
  /// Messages that are looked at before others have their turn.
  fileprivate static let messagesPerTurn = 4_096

  fileprivate func count(_ way: Way) {
    var way = way
    if counts[way] == nil, counts.count >= Self.waysLimit { way.routingKey = Self.anyKey }
    counts[way, default: 0] += 1
  }

  fileprivate var result: Redrive {
    let groups = counts.map { way, count in
      Redrive.Group(
        reason: way.reason,
        queue: way.queue.text,
        exchange: way.exchange.text,
        routingKey: way.routingKey.text,
        count: count,
        obstacle: way.obstacle
      )
    }
    return Redrive(
      groups: groups.sorted { left, right in
        (right.count, left.queue, left.exchange, left.routingKey, left.reason)
          < (left.count, right.queue, right.exchange, right.routingKey, right.reason)
      },
      withoutOrigin: withoutOrigin,
      isDryRun: isDryRun
    )
  }
}

extension Broker {
  /// Begins to publish the dead letters in a queue again, each where it was before it died last.
  ///
  /// - Parameters:
  ///   - name: The queue that they are in.
  ///   - host: Where that is.
  ///   - isDryRun: Whether only to say what would go where.
  /// - Returns: What ``advance(_:)-(MessageRedrive)`` carries out.
  package func beginRedrive(
    of name: Name,
    in host: VirtualHost,
    isDryRun: Bool
  ) -> Result<MessageRedrive, OperationRefusal> {
    findQueue(name, in: host).map { MessageRedrive($0, isDryRun: isDryRun) }
  }

  /// Sends back what a turn has time for.
  ///
  /// A message leaves the queue once it is in the others, also in the log. It stays when nobody
  /// knows where it came from, or no queue would take it there.
  ///
  /// - Parameter redrive: From ``beginRedrive(of:in:isDryRun:)``.
  /// - Returns: What went where; nil while there is more to do.
  package func advance(_ redrive: MessageRedrive) -> Result<Redrive, OperationRefusal>? {
    let queue = redrive.queue
    if queue.isDeleted {
      return .failure(
        OperationRefusal("queue '\(queue.name.text)' is gone; \(redrive.moved) went back")
      )
    }
    guard redrive.isDryRun || !isStoreFlooded else { return nil }
    let waiting = queue.ready.look(after: redrive.cursor, count: MessageRedrive.messagesPerTurn)
    var budget = PumpBudget()
    var index = 0
    var leaving: Set<UInt64> = []
    while index < waiting.count, !budget.isSpent {
      let piece = Self.piece(of: waiting, from: index)
      for (entry, message) in zip(piece, messages(of: piece.map(\.message))) {
        guard let message else { continue }
        defer { message.release() }
        budget.spend(2 * message.bodyBytes)
        // Places go up within a priority only, so newer ones may come between.
        guard entry.message.place <= redrive.lastPlace else { continue }
        if sendBack(message, redrive) { leaving.insert(entry.message.place) }
      }
      index += piece.count
    }
    let isAtEnd = index == waiting.count && index < MessageRedrive.messagesPerTurn
    if index > 0 { redrive.cursor = waiting[index - 1].cursor }
    let taken = take(leaving, outOf: queue)
    queue.moved += UInt64(taken)
    redrive.moved += taken
    return isAtEnd ? .success(finish(redrive)) : nil
  }

  private func finish(_ redrive: MessageRedrive) -> Redrive {
    if redrive.moved > 0 {
      let name = redrive.queue.name.text
      record(.information, "\(Self.messages(redrive.moved)) of queue '\(name)' redriven")
    }
    return redrive.result
  }

  /// What is read from the disk at once.
  private static let pieceCount = 256
  private static let pieceBytes = 1 << 20

  private static func piece(
    of waiting: [ReadyMessages.Place],
    from start: Int
  ) -> ArraySlice<ReadyMessages.Place> {
    var end = start
    var bytes = 0
    while end < waiting.count, end - start < pieceCount, bytes < pieceBytes {
      bytes += waiting[end].message.bodyBytes
      end += 1
    }
    return waiting[start..<end]
  }

  /// Waiting messages in memory, of each of which the caller owns one reference; nil in place of
  /// those that cannot be read back.
  private func messages(of waiting: [WaitingMessage]) -> [Message?] {
    var paged: [PagedMessages.Entry] = []
    for case .onDisk(let entry) in waiting { paged.append(entry) }
    var loaded = (paged.isEmpty ? [] : store?.load(paged) ?? [])[...]
    return waiting.map { waiting in
      switch waiting {
      case .inMemory(let entry):
        entry.message.retain()
        return entry.message
      case .onDisk: return loaded.popFirst() ?? nil
      }
    }
  }

  /// Publishes a copy of a dead letter where it was before, and counts its way.
  ///
  /// - Returns: Whether it is there, so that it may leave its queue.
  private func sendBack(_ message: Message, _ redrive: MessageRedrive) -> Bool {
    let headers: FieldTable =
      message.traits.contains(.headers) ? message.rawProperties.headerTable : [:]
    guard let death = headers.deaths.first else {
      redrive.withoutOrigin += 1
      return false
    }
    let isDefault = death.exchange.bytes.isEmpty
    var way = MessageRedrive.Way(
      reason: death.reason,
      queue: death.queue,
      exchange: death.exchange,
      routingKey: isDefault ? death.queue : death.routingKeys.first ?? Name("")
    )
    way.obstacle = publishAgain(message, way, from: redrive)
    redrive.count(way)
    return way.obstacle == nil && !redrive.isDryRun
  }

  /// - Returns: Why it does not go there; nil when it did, or would.
  private func publishAgain(
    _ message: Message,
    _ way: MessageRedrive.Way,
    from redrive: MessageRedrive
  ) -> String? {
    let host = redrive.queue.host
    guard let exchange = host.exchanges[way.exchange] else {
      return "exchange '\(way.exchange.text)' is gone"
    }
    // Where it goes is told by the head; nothing reads the body of a dry run's.
    let copy = message.copied(
      exchange: way.exchange,
      routingKey: way.routingKey,
      bodyLimit: redrive.isDryRun ? 0 : nil,
      enteredAt: now
    )
    guard let copy else { return "no memory for \(message.bodyBytes) bytes" }
    let route = route(of: copy, through: exchange)
    let obstacle =
      obstacle(to: message, along: route, from: redrive.queue)
      ?? (redrive.isDryRun ? nil : keepCopy(copy, along: route))
    guard obstacle == nil, !redrive.isDryRun else {
      copy.release()
      return obstacle
    }
    exchange.published += 1
    finishKept(copy, along: route)
    return nil
  }

  private func obstacle(to message: Message, along route: Route, from queue: Queue) -> String? {
    guard !route.queues.isEmpty || !route.holds.exchanges.isEmpty else {
      return "no queue is bound for it"
    }
    if route.queues.contains(where: { $0 === queue }) { return "it would come back to this queue" }
    return route.queues.lazy.compactMap { self.obstacle(to: message, in: $0) }.first
  }

  /// - Returns: Why the log does not take it.
  private func keepCopy(_ copy: Message, along route: Route) -> String? {
    guard copy.traits.contains(.persistent),
      !keep(copy, for: route.queues, heldBackBy: route.holds.exchanges)
    else { return nil }
    return Self.storeRefusal(store).text
  }
}
