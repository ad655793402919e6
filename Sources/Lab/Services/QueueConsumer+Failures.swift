import AMQP
import AMQPClient
import NIOCore
import Synchronization
import Telemetry

extension QueueConsumer {
  // MARK: Poison

  /// Puts messages that nobody can work on into the queue, as long as the fault is in force.
  func poison() {
    let begins = state.withLock { state in
      defer { state.isPoisoning = true }
      return !state.isPoisoning
    }
    guard begins else { return }
    Task {
      while let fault = context.faults.poison {
        await putPoison(fault.identifier)
        await context.pause(milliseconds: Double(fault.amount))
      }
      state.withLock { $0.isPoisoning = false }
      // A fault that was put in this very moment found that it was being done already.
      if context.faults.poison != nil { poison() }
    }
  }

  private func putPoison(_ fault: Int) async {
    let number = state.withLock { state in
      state.poisonCount += 1
      return state.poisonCount
    }
    let wish = CustomerRequest(
      identity: MessageIdentity(
        run: context.arguments.run,
        start: context.arguments.start,
        sequence: min(number, Limits.sequence)
      ),
      way: .asynchronous,
      account: 0,
      cents: 1,
      arrivedAt: MonotonicClock.now().nanoseconds,
      poison: fault
    )
    let name = isGroup ? queue.copyName(1) : queue.name
    let plan = PublishPlan(exchange: "", key: name)
    _ = await publisher.publish(plan, wish)
  }

  // MARK: Work that failed

  /// Does with a message whose work failed what the scenario says.
  func giveBack(
    _ delivery: Delivery,
    _ wish: CustomerRequest?,
    on channel: AMQPChannel
  ) async {
    guard !queue.isAutoAcknowledged else { return }
    await context.faults.passage()
    switch queue.onError {
    case .reject: await giveUp(delivery, wish, on: channel)
    case .requeue:
      if isBeyondLimit(wish) { return await giveUp(delivery, wish, on: channel) }
      state.withLock { $0.givenBack += 1 }
      // When the channel is gone the broker requeues it anyway.
      try? await channel.nack(delivery.deliveryTag, requeue: true)
    case .retry: await retryLater(delivery, wish, on: channel)
    }
  }

  /// Counts a failed attempt of a message that is requeued.
  private func isBeyondLimit(_ wish: CustomerRequest?) -> Bool {
    guard let limit = queue.deliveryLimit, let wish else { return false }
    return state.withLock { state in
      if state.attempts.count >= Limits.rememberedAttempts { state.attempts = [:] }
      let count = state.attempts[wish.identity, default: 0] + 1
      state.attempts[wish.identity] = count < limit ? count : nil
      return count >= limit
    }
  }

  /// Puts the message into the retry queue, from which it comes back after the backoff.
  private func retryLater(
    _ delivery: Delivery,
    _ wish: CustomerRequest?,
    on channel: AMQPChannel
  ) async {
    let attempt = delivery.properties.attempt + 1
    if let limit = queue.deliveryLimit, attempt >= limit {
      return await giveUp(delivery, wish, on: channel)
    }
    let factor = Double(1 << min(attempt - 1, 16))
    let backoff = context.scaled(milliseconds: Double(service.backoffMilliseconds) * factor)
    var properties = delivery.properties
    properties.expiration = String(max(1, backoff.milliseconds))
    var headers = properties.headers ?? FieldTable()
    headers[QueuePlan.attemptHeader] = .signed64(Int64(attempt))
    properties.headers = headers
    do {
      try await publisher.put(
        Array(delivery.body.readableBytesView),
        into: queue.retryName,
        properties: properties
      )
      state.withLock { $0.givenBack += 1 }
      await acknowledge(delivery, on: channel)
    } catch {
      // The broker cannot take it now: it stays where it is. When the channel is gone as well the
      // broker requeues it anyway.
      try? await channel.nack(delivery.deliveryTag, requeue: true)
    }
  }

  private func giveUp(
    _ delivery: Delivery,
    _ wish: CustomerRequest?,
    on channel: AMQPChannel
  ) async {
    if let wish { context.events.write(.dead(wish.identity)) }
    // When the channel is gone the broker delivers it again, and it is given up then.
    try? await channel.reject(delivery.deliveryTag, requeue: false)
  }
}

extension QueuePlan {
  /// Where the consumer counts attempts of a message that goes through the retry queue.
  static let attemptHeader = "x-attempt"

  var deadName: String { name + ".dead" }
  var retryName: String { name + ".retry" }

  /// The name of one copy, from 1.
  func copyName(_ copy: Int) -> String { "\(name).\(copy)" }

  /// What the queue is declared with; one that is not durable is always a classic one.
  func arguments(of type: QueueType) -> FieldTable {
    var arguments = isDurable ? type.arguments : FieldTable()
    if let maximumLength {
      arguments["x-max-length"] = .signed64(Int64(maximumLength))
      if isRefusingWhenFull { arguments["x-overflow"] = .text("reject-publish") }
    }
    if hasDeadLetters {
      arguments["x-dead-letter-exchange"] = .text("")
      arguments["x-dead-letter-routing-key"] = .text(deadName)
    }
    return arguments
  }

  /// What the queue is declared with in which messages wait until they are tried again.
  ///
  /// A quorum queue drops what it dead-letters when the node fails in that moment, unless it is told
  /// otherwise (RabbitMQ, "At-Least-Once Dead Lettering").
  func retryArguments(of type: QueueType) -> FieldTable {
    var arguments = type.arguments
    arguments["x-dead-letter-exchange"] = .text("")
    arguments["x-dead-letter-routing-key"] = .text(name)
    if type == .quorum {
      arguments["x-dead-letter-strategy"] = .text("at-least-once")
      arguments["x-overflow"] = .text("reject-publish")
    }
    return arguments
  }
}

extension BasicProperties {
  /// How often the consumer has tried in vain before.
  fileprivate var attempt: Int {
    guard case .signed64(let attempt) = headers?[QueuePlan.attemptHeader] else { return 0 }
    return Int(clamping: attempt)
  }
}
