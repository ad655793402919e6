import Broker

extension OperatorCommand {
  /// Does what concerns a client's consumers, channels and connection.
  func performOnClient(of broker: Broker) -> Result<String, OperationRefusal> {
    switch self {
    case .cancelConsumer(let identifier):
      broker.cancel(consumer: identifier).map { consumer in
        let isTold = consumer.connection.identity.supportsConsumerCancelNotify
        return "cancelled consumer \(consumer.tag.text)"
          + (isTold ? "" : "; its client does not take notices, so it was not told")
      }
    case .setPrefetch(let identifier, let count):
      broker.setPrefetch(count, consumer: identifier).map { consumer in
        count == 0
          ? "consumer \(consumer.tag.text) has no prefetch limit now"
          : "consumer \(consumer.tag.text) may hold \(count) now"
      }
    case .closeConnection(let identifier, let reason):
      broker.close(connection: identifier, reason: reason).map { "closed connection \($0)" }
    case .closeChannel(let identifier, let number, let reason):
      broker.close(channel: number, ofConnection: identifier, reason: reason).map {
        "closed channel \(number) of connection \($0)"
      }
    case .publish, .publishMessage, .pauseQueue, .limitQueue, .pauseConsumer, .closeConsumer,
      .setAlarm,
      .purgeQueue, .deleteQueue, .deleteExchange, .declareQueue, .declareExchange, .bind, .unbind,
      .moveMessages, .deleteMessage, .parkMessage, .record:
      preconditionFailure("the command concerns a client")
    }
  }
}
