import AMQP
import Telemetry

/// What a queue declaration is answered with.
package struct QueueStatus: Sendable, Hashable {
  package var name: Name
  package var messageCount: Int
  package var consumerCount: Int
}

extension Broker {
  /// Declares a queue, or finds one like it.
  ///
  /// - Returns: 403 for a reserved name, 405 when it is another connection's, 406 when one of the
  ///   name exists with other properties.
  package func declareQueue(
    _ declaration: QueueDeclaration,
    on channel: Channel
  ) -> Result<QueueStatus, Violation> {
    if let reply = replyQueueStatus(declaration.name, on: channel) { return reply }
    var declaration = declaration
    churn.queuesDeclared += 1
    let host = channel.connection.host
    if declaration.name.bytes.isEmpty {
      declaration.name = uniqueQueueName(in: host)
    } else if let existing = host.queues[declaration.name] {
      if let violation = difference(between: existing, and: declaration, on: channel.connection) {
        return .failure(violation)
      }
      noteUse(of: existing)
      channel.lastDeclaredQueue = existing.name
      return .success(status(of: existing))
    } else if let violation = reservedName(declaration.name, of: "queue") {
      return .failure(violation)
    }
    if let refusal = refusal(ofNew: declaration, in: host) { return .failure(refusal) }
    let owner = declaration.isExclusive ? channel.connection : nil
    let queue = create(declaration, in: host, owner: owner)
    channel.lastDeclaredQueue = queue.name
    return .success(status(of: queue))
  }

  /// Why nobody can declare a queue that is not there yet; nil when it can be.
  func refusal(ofNew declaration: QueueDeclaration, in host: VirtualHost) -> Violation? {
    refusal(ofNewQueue: declaration.name, in: host)
      ?? QueueArguments.refusal(of: declaration, in: host) ?? declaration.refusal(in: host)
  }

  /// Looks for a queue (`passive`).
  package func checkQueue(_ name: Name, on channel: Channel) -> Result<QueueStatus, Violation> {
    if let reply = replyQueueStatus(name, on: channel) { return reply }
    return findQueue(name, for: channel.connection).map { queue in
      noteUse(of: queue)
      channel.lastDeclaredQueue = queue.name
      return status(of: queue)
    }
  }

  /// Deletes a queue with its messages; one that is not there counts 0 messages, as in RabbitMQ.
  ///
  /// - Returns: How many messages were ready in it; 405 when it is another's, 406 when a condition
  ///   is not met.
  package func deleteQueue(
    _ name: Name,
    onlyIfUnused: Bool,
    onlyIfEmpty: Bool,
    for connection: Connection
  ) -> Result<Int, Violation> {
    let host = connection.host
    guard let queue = host.queues[name] else { return .success(0) }
    if isLocked(queue, for: connection) { return .failure(.locked(queue)) }
    let entity = "queue '\(name.text)' in vhost '\(host.name)'"
    if onlyIfUnused, !queue.consumers.isEmpty {
      return .failure(Violation(.preconditionFailed, "\(entity) in use"))
    }
    if onlyIfEmpty, !queue.ready.isEmpty {
      return .failure(Violation(.preconditionFailed, "\(entity) not empty"))
    }
    let count = queue.ready.count
    remove(queue)
    return .success(count)
  }

  /// Throws away the ready messages of a queue.
  ///
  /// - Returns: How many there were; 404 or 405.
  package func purgeQueue(_ name: Name, for connection: Connection) -> Result<Int, Violation> {
    findQueue(name, for: connection).map { queue in
      let count = discardReady(of: queue)
      if count > 0 { record(.warning, "queue '\(name.text)' purged of \(count) messages") }
      return count
    }
  }

  /// Finds a queue that the connection may use.
  func findQueue(_ name: Name, for connection: Connection) -> Result<Queue, Violation> {
    let host = connection.host
    guard let queue = host.queues[name] else { return .failure(.noQueue(name, in: host)) }
    return isLocked(queue, for: connection) ? .failure(.locked(queue)) : .success(queue)
  }

  private func isLocked(_ queue: Queue, for connection: Connection) -> Bool {
    queue.isExclusive && queue.owner !== connection
  }

  private func status(of queue: Queue) -> QueueStatus {
    QueueStatus(
      name: queue.name,
      messageCount: queue.ready.count,
      consumerCount: queue.consumers.count
    )
  }

  private func uniqueQueueName(in host: VirtualHost) -> Name {
    while true {
      let name = Name("amq.gen-" + makeName())
      if host.queues[name] == nil { return name }
    }
  }

  func create(
    _ declaration: QueueDeclaration,
    in host: VirtualHost,
    owner: Connection?,
    storeNumber: UInt32? = nil
  ) -> Queue {
    lastQueueNumber += 1
    let isStored = declaration.isDurable && owner == nil
    let queue = Queue(
      declaration,
      number: lastQueueNumber,
      storeNumber: isStored ? storeNumber ?? store?.takeQueueNumber() : nil,
      owner: owner,
      in: host
    )
    host.queues[queue.name] = queue
    churn.queuesCreated += 1
    if queue.isStored { noteDurable(.queue(queue)) }
    applyPolicies(to: queue)
    owner?.exclusiveQueues[queue.name] = queue
    noteUse(of: queue)
    // No route leads to a queue before it is bound; the default exchange keeps none without a queue.
    snapshotOrder.isCurrent = false
    record(.information, "queue '\(queue.name.text)' declared")
    return queue
  }

  func removeIfUnused(_ queue: Queue) {
    if queue.isAutoDelete, !queue.isDeleted, queue.consumers.isEmpty { remove(queue) }
  }

  func remove(_ queue: Queue) {
    guard !queue.isDeleted else { return }
    queue.host.queues[queue.name] = nil
    queue.isDeleted = true
    churn.queuesDeleted += 1
    if queue.isStored { noteDurable(.queueGone(queue)) }
    queue.owner?.exclusiveQueues[queue.name] = nil
    deletedQueues[ObjectIdentifier(queue)] = queue
    removeBindings(to: queue)
    for consumer in queue.consumers { cancelByBroker(consumer) }
    let count = discardReady(of: queue)
    queue.host.routes.removeAll()
    topologyChanged()
    record(
      count > 0 ? .warning : .information,
      "queue '\(queue.name.text)' deleted" + (count > 0 ? " with \(count) messages" : "")
    )
    retireIfSettled(queue)
  }

  func discardReady(of queue: Queue) -> Int {
    let count = queue.ready.count
    queue.ready.removeAll(
      inMemory: { entry in
        queue.noteLeaving(entry.mark)
        letGo(entry.message, of: queue)
      },
      onDisk: { entry in
        queue.noteLeaving(entry.mark)
        store?.settle(entry, in: queue)
      }
    )
    queue.readyBytes = 0
    queue.discarded += UInt64(count)
    return count
  }

  private func difference(
    between queue: Queue,
    and declaration: QueueDeclaration,
    on connection: Connection
  ) -> Violation? {
    if isLocked(queue, for: connection) { return .locked(queue) }
    return difference(between: queue, and: declaration)
  }

  /// In what a declaration of anybody differs from a queue of its name; nil when in nothing.
  func difference(between queue: Queue, and declaration: QueueDeclaration) -> Violation? {
    if declaration.isExclusive != queue.isExclusive { return .locked(queue) }
    let entity = "queue '\(queue.name.text)' in vhost '\(queue.host.name)'"
    let flags: [(String, Bool, Bool)] = [
      ("durable", declaration.isDurable, queue.isDurable),
      ("auto_delete", declaration.isAutoDelete, queue.isAutoDelete),
    ]
    for (name, received, current) in flags where received != current {
      return .inequivalent(name, of: entity, received: "\(received)", current: "\(current)")
    }
    return QueueArguments.difference(
      between: queue.arguments,
      and: declaration.arguments,
      of: entity
    )
  }
}
