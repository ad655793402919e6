import AMQP
import Broker
import Testing

@testable import AMQPServer

/// Commands that take messages out, and those about what clients hold.
extension BrokerSimulation {
  func perform(_ command: SimulationCommand) throws {
    let index = 1 + Int(below(UInt64(clients.count - 1)))
    switch command {
    case .publish: publish(index)
    case .publishToQueue: publishToQueue(index)
    case .consume: consume(index)
    case .cancel: cancel(index)
    case .get: try get(index)
    case .acknowledge: settleOne(index, as: .acknowledged)
    case .requeue: settleOne(index, as: .requeued)
    case .reject: settleOne(index, as: .discarded)
    case .settleMany: settleMany(index)
    case .recover: recover(index)
    case .commit: commit(index)
    case .rollBack: rollBack(index)
    case .bind: bindSomething()
    case .unbind: unbindSomething()
    case .purge: purge()
    case .recreate: recreate()
    case .pause: pause()
    case .pauseConsumer: pauseConsumer()
    case .pass: try pass(nanoseconds: Int64(1 + below(60)) * 1_000_000)
    case .die: try die(index)
    }
  }

  private func consume(_ index: Int) {
    guard let queue = pick(naive.queues) else { return }
    joined += 1
    let consumer = NaiveQueue.Consumer(
      client: index,
      tag: "c\(joined)",
      prefetch: Int(below(4)),
      priority: isChosen(oneIn: 2) ? 0 : Int(below(3)) - 1,
      isAutomatic: isChosen(oneIn: 6),
      order: joined
    )
    say("client \(index) consumes \(queue.name): \(consumer)")
    let wire = clients[index].wire
    wire.send(BasicQos(prefetchCount: UInt16(consumer.prefetch)), channel: 1)
    wire.send(
      BasicConsume(
        queue: queue.name,
        consumerTag: consumer.tag,
        noAck: consumer.isAutomatic,
        arguments: consumer.priority == 0
          ? [:] : ["x-priority": .signed32(Int32(consumer.priority))]
      ),
      channel: 1
    )
    queue.add(consumer)
    clients[index].consumers[consumer.tag] = queue
  }

  private func cancel(_ index: Int) {
    guard let tag = pick(clients[index].consumers.keys.sorted()) else { return }
    say("client \(index) cancels \(tag)")
    clients[index].wire.send(BasicCancel(consumerTag: tag), channel: 1)
    let queue = clients[index].consumers.removeValue(forKey: tag)
    queue?.removeConsumers { $0.client == index && $0.tag == tag }
  }

  private func get(_ index: Int) throws {
    guard let queue = pick(naive.queues) else { return }
    let isAutomatic = isChosen(oneIn: 4)
    say("client \(index) gets from \(queue.name)" + (isAutomatic ? " automatically" : ""))
    let client = clients[index]
    client.wire.send(BasicGet(queue: queue.name, noAck: isAutomatic), channel: 1)
    var answer: Observation.Delivery?
    for observation in try client.observe() {
      guard case .delivered(let delivery) = observation, delivery.consumer == nil else {
        fail("client \(index) saw \(observation) with an answer to basic.get")
        continue
      }
      answer = delivery
    }
    guard let item = naive.take(from: queue) else {
      if let answer { fail("\(queue.name) is empty, but gave \(answer)") }
      return
    }
    guard let answer, answer.text == item.message.text else {
      fail("\(queue.name) gave \(answer?.text ?? "nothing"), expected \(item.message.text)")
      return
    }
    compare(answer, with: item)
    if isAutomatic {
      naive.count { $0.acknowledged += 1 }
    } else {
      queue.unacked += 1
      client.held[answer.tag] = NaiveHeld(item: item, queue: queue, consumer: nil)
    }
  }

  private func settleOne(_ index: Int, as settlement: Settlement) {
    guard let tag = pick(clients[index].held.keys.sorted()) else { return }
    say("client \(index) settles \(tag) as \(settlement)")
    let wire = clients[index].wire
    if settlement == .acknowledged {
      wire.send(BasicAck(deliveryTag: tag), channel: 1)
    } else if isChosen(oneIn: 2) {
      wire.send(BasicReject(deliveryTag: tag, requeue: settlement == .requeued), channel: 1)
    } else {
      wire.send(BasicNack(deliveryTag: tag, requeue: settlement == .requeued), channel: 1)
    }
    settle([tag], as: settlement, of: index)
  }

  private func settleMany(_ index: Int) {
    guard let tag = pick(clients[index].held.keys.sorted()) else { return }
    let settlement = pick([Settlement.acknowledged, .requeued, .discarded]) ?? .acknowledged
    say("client \(index) settles all up to \(tag) as \(settlement)")
    let wire = clients[index].wire
    if settlement == .acknowledged {
      wire.send(BasicAck(deliveryTag: tag, multiple: true), channel: 1)
    } else {
      let nack = BasicNack(deliveryTag: tag, multiple: true, requeue: settlement == .requeued)
      wire.send(nack, channel: 1)
    }
    settle(clients[index].held.keys.filter { $0 <= tag }.sorted(), as: settlement, of: index)
  }

  private func settle(_ tags: [UInt64], as settlement: Settlement, of index: Int) {
    let client = clients[index]
    let held = tags.compactMap { tag in
      client.held.removeValue(forKey: tag).map { (tag: tag, held: $0, settlement: settlement) }
    }
    if client.mode == .transactional {
      client.settled += held
    } else {
      naive.settle(held.map(\.held), as: settlement)
    }
  }

  private func recover(_ index: Int) {
    say("client \(index) recovers")
    let client = clients[index]
    client.wire.send(BasicRecover(requeue: true), channel: 1)
    let held = client.held.sorted { $0.key < $1.key }.map(\.value)
    client.held = [:]
    naive.settle(held, as: .requeued)
  }

  private func purge() {
    guard let queue = pick(naive.queues) else { return }
    say("\(queue.name) is purged")
    clients[0].wire.send(QueuePurge(queue: queue.name), channel: 1)
    expected[0, default: []].append(.emptied(naive.purge(queue)))
  }

  private func recreate() {
    guard let queue = pick(naive.queues), let arguments = arguments[queue.name] else { return }
    say("\(queue.name) is deleted and declared again")
    clients[0].wire.send(QueueDelete(queue: queue.name), channel: 1)
    expected[0, default: []].append(.emptied(queue.ready.count))
    for consumer in queue.consumers {
      clients[consumer.client].consumers[consumer.tag] = nil
      expected[consumer.client, default: []].append(.cancelled(consumer.tag))
    }
    naive.delete(queue)
    declare(queue.name, arguments)
  }

  private func pause() {
    guard let queue = pick(naive.queues) else { return }
    queue.isPaused.toggle()
    say("\(queue.name) is " + (queue.isPaused ? "paused" : "resumed"))
    let result = broker.setPaused(queue.isPaused, queue: Name(queue.name), in: broker.host)
    if case .failure(let refusal) = result { fail(refusal.message) }
  }

  private func pauseConsumer() {
    let snapshot = broker.consumerIdentifiers
    guard let queue = pick(naive.queues), let consumer = pick(Array(queue.consumers.indices)) else {
      return
    }
    queue.consumers[consumer].isPaused.toggle()
    let tag = queue.consumers[consumer].tag
    let isPaused = queue.consumers[consumer].isPaused
    say("consumer \(tag) is " + (isPaused ? "paused" : "resumed"))
    guard let identifier = snapshot[tag] else { return fail("there is no consumer \(tag)") }
    let result = broker.setPaused(isPaused, consumer: identifier)
    if case .failure(let refusal) = result { fail(refusal.message) }
  }

  /// The client's connection dies and another takes its place.
  private func die(_ index: Int) throws {
    say("client \(index) dies")
    let client = clients[index]
    client.wire.session.disconnected()
    for queue in naive.queues { queue.removeConsumers { $0.client == index } }
    for delivery in client.settled { client.held[delivery.tag] = delivery.held }
    let held = client.held.sorted { $0.key < $1.key }.map(\.value)
    naive.settle(held, as: .requeued, isRefused: false)
    clients[index] = try SimulatedClient(broker, mode: client.mode)
  }
}
