import AMQP
import Broker
import NIOCore
import Testing

extension Simulation {
  mutating func perform(_ command: Command, _ client: Int) throws {
    switch command {
    case .publish: publish(client)
    case .consume: try consume(client)
    case .cancel: cancel(client)
    case .settleOne: settle(client, isMultiple: false)
    case .settleMany: settle(client, isMultiple: true)
    case .get: get(client)
    case .purge: purge(client)
    case .die: replace(client)
    case .wait: try wait()
    case .commit, .rollBack: endTransaction(client, commits: command == .commit)
    case .bind: changeBindings()
    case .pause: pause()
    case .delete: try replaceQueue()
    case .recover: recover(client)
    }
  }

  private mutating func publish(_ client: Int) {
    published += 1
    let exchange = pick(["", "direct", "fanout", "topic"]) ?? ""
    let key = pick(exchange == "topic" ? Self.keys + ["d"] : Self.queueNames + ["none"]) ?? "a"
    var message = NaiveMessage(
      text: "\(published)",
      exchange: exchange,
      key: key,
      enteredAt: model.now
    )
    if features.contains(.priorities) { message.priority = number(below: 5) }
    // To one queue alone, so that no two messages end at the same instant.
    if exchange.isEmpty, chance(.messageLifetime) { message.expiration = pick([0, 3, 17, 31]) }
    let isMandatory = chance(.mandatory)
    note("client \(client) publishes \(message)\(isMandatory ? ", mandatory" : "")")
    let violation = broker.publish(
      message.encoded(),
      on: clients[client].channel,
      isMandatory: isMandatory
    )
    #expect(violation == nil)
    model.publish(message, by: client, isMandatory: isMandatory)
  }

  private mutating func consume(_ client: Int) throws {
    guard let queue = pick(Self.queueNames).flatMap({ model.queues[$0] }) else { return }
    model.lastConsumer += 1
    let consumer = NaiveConsumer(
      client: client,
      tag: "\(queue.name)\(model.lastConsumer)",
      prefetch: number(below: 4),
      isAutomatic: chance(.automatic, oneIn: 4),
      priority: features.contains(.consumerPriorities) ? Int64(number(below: 3)) : 0,
      number: model.lastConsumer
    )
    note("client \(client) consumes \(consumer)")
    try clients[client].consume(
      queue.name,
      tag: consumer.tag,
      prefetch: UInt16(consumer.prefetch),
      noAck: consumer.isAutomatic,
      arguments: ["x-priority": .signed64(consumer.priority)]
    )
    queue.add(consumer)
  }

  private mutating func cancel(_ client: Int) {
    let queues = Self.queueNames.compactMap { model.queues[$0] }
    guard let consumer = pick(queues.flatMap(\.consumers).filter({ $0.client == client }))
    else { return }
    note("client \(client) cancels \(consumer.tag)")
    broker.cancel(Name(consumer.tag), on: clients[client].channel)
    for queue in queues { queue.removeConsumers { $0.number == consumer.number } }
  }

  private mutating func settle(_ client: Int, isMultiple: Bool) {
    let open = model.clients[client].openTags
    guard let tag = pick(open) else { return }
    let settlement = pick([Settlement.acknowledged, .requeued, .discarded]) ?? .acknowledged
    note("client \(client) settles \(isMultiple ? "all up to " : "")\(tag) as \(settlement)")
    #expect(clients[client].settle(tag, isMultiple: isMultiple, as: settlement) == nil)
    model.settle(isMultiple ? open.filter { $0 <= tag } : [tag], as: settlement, by: client)
  }

  private mutating func get(_ client: Int) {
    guard let queue = pick(Self.queueNames).flatMap({ model.queues[$0] }) else { return }
    note("client \(client) gets from \(queue.name)")
    let channel = clients[client].channel
    #expect(
      broker.get(from: Name(queue.name), isAutomaticallyAcknowledged: false, on: channel) == nil
    )
    model.get(queue, by: client)
  }

  private mutating func purge(_ client: Int) {
    guard let queue = pick(Self.queueNames).flatMap({ model.queues[$0] }) else { return }
    note("client \(client) purges \(queue.name)")
    // A refusal gives nil, which no purge of the model does.
    let count = try? broker.purgeQueue(Name(queue.name), for: clients[client].connection).get()
    #expect(count == model.purge(queue), "\(story)")
  }

  /// The client's connection dies and another takes its place.
  private mutating func replace(_ client: Int) {
    note("client \(client) dies")
    broker.closeConnection(clients[client].connection)
    clients[client] = TestClient(broker, name: "new \(client)")
    model.lose(client)
    chooseMode(client)
  }

  mutating func chooseMode(_ client: Int) {
    let channel = clients[client].channel
    if chance(.confirms) {
      #expect(broker.selectConfirms(on: channel) == nil)
      model.clients[client].mode = .confirming
    } else if chance(.transactions) {
      #expect(broker.selectTransactions(on: channel) == nil)
      model.clients[client].mode = .transactional
    }
  }

  private mutating func endTransaction(_ client: Int, commits: Bool) {
    guard model.clients[client].mode == .transactional else { return }
    let channel = clients[client].channel
    note("client \(client) \(commits ? "commits" : "rolls back")")
    #expect((commits ? broker.commit(channel) : broker.rollBack(channel)) == nil)
    if commits { model.commit(client) } else { model.rollBack(client) }
  }

  private mutating func recover(_ client: Int) {
    note("client \(client) recovers")
    broker.recover(clients[client].channel)
    model.recover(client)
  }
}

extension NaiveMessage {
  /// As the server hands it to the engine.
  func encoded() -> Message {
    var properties = BasicProperties()
    if priority > 0 { properties.priority = UInt8(priority) }
    properties.expiration = expiration.map { "\($0)" }
    var buffer = ByteBuffer()
    properties.encode(into: &buffer)
    let message = Array(exchange.utf8).withUnsafeBytes { exchange in
      Array(key.utf8).withUnsafeBytes { key in
        buffer.withUnsafeReadableBytes { properties in
          Message.reserve(
            exchange: exchange,
            routingKey: key,
            properties: properties,
            traits: expiration == nil ? [] : [.expiring],
            priority: UInt8(priority),
            bodyBytes: text.utf8.count,
            enteredAt: enteredAt
          )
        }
      }
    }
    guard let message else { preconditionFailure("a test has memory") }
    Array(text.utf8).withUnsafeBytes { message.bodyForWriting.copyMemory(from: $0) }
    return message
  }
}
