import AMQP

/// The arguments of `basic.consume` that mean something (RabbitMQ, "Consumer Priorities" and
/// others).
enum ConsumerArgument: String, CaseIterable {
  case priority = "x-priority"
  case cancelOnFailover = "x-cancel-on-ha-failover"
  case streamOffset = "x-stream-offset"

  /// Whether a queue of this type knows it.
  fileprivate func isKnown(to type: QueueType) -> Bool {
    switch self {
    case .priority: true
    case .cancelOnFailover: type == .classic
    case .streamOffset: false
    }
  }

  /// What is wrong with a value, in RabbitMQ's words; nil when nothing is.
  fileprivate func fault(of value: FieldValue) -> String? {
    switch self {
    case .priority:
      value.integer == nil ? "\"expected integer, got \(value.typeName)\"" : nil
    case .cancelOnFailover:
      if case .boolean = value { nil } else { "{unacceptable_type,\(value.typeName)}" }
    case .streamOffset: nil
    }
  }
}

extension ConsumeRequest {
  /// Higher ones get messages first.
  var priority: Int64 { arguments[ConsumerArgument.priority.rawValue]?.integer ?? 0 }

  /// Why a queue cannot have such a consumer; nil when it can.
  func refusal(by queue: Queue) -> Violation? {
    let type = QueueType(of: queue.arguments)
    let entity = "queue '\(queue.name.text)' in vhost '\(queue.host.name)'"
    let given = ConsumerArgument.allCases.compactMap { argument in
      arguments[argument.rawValue].map { (argument, $0) }
    }
    for (argument, _) in given where !argument.isKnown(to: type) {
      return Violation(
        .preconditionFailed,
        "invalid arg '\(argument.rawValue)' for \(entity) of queue type "
          + "rabbit_\(type.rawValue)_queue"
      )
    }
    for (argument, value) in given {
      guard let fault = argument.fault(of: value) else { continue }
      return Violation(
        .preconditionFailed,
        "invalid arg '\(argument.rawValue)' for \(entity): \(fault)"
      )
    }
    return nil
  }

  /// Whether the queue is another's alone, or cannot be this one's alone.
  func isRefusedAsExclusive(by queue: Queue) -> Bool {
    // A quorum queue takes the wish for no more than that, as in RabbitMQ 3.10.
    guard QueueType(of: queue.arguments) == .classic else { return false }
    if isExclusive, queue.isSingleActiveConsumer || !queue.consumers.isEmpty { return true }
    // An exclusive consumer is the only one.
    return queue.consumers.first?.isExclusive == true
  }
}
