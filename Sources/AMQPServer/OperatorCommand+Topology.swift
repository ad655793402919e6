import AMQP
import Broker
import Telemetry

extension OperatorCommand {
  /// Does what concerns queues, exchanges and bindings.
  func performOnTopology(of broker: Broker) -> Result<String, OperationRefusal> {
    switch self {
    case .purgeQueue(let host, let name):
      broker.findHost(host).flatMap { broker.purgeByOperator(queue: Name(name), in: $0) }
        .map { "purged \(Self.messages($0)) from '\(name)'" }
    case .deleteQueue(let host, let name):
      broker.findHost(host).flatMap { broker.deleteByOperator(queue: Name(name), in: $0) }
        .map { deleted in
          var text = "deleted queue '\(name)' with \(Self.messages(deleted.ready))"
          if deleted.unacked > 0 { text += ", \(deleted.unacked) still held" }
          if deleted.consumers > 0 { text += ", \(Self.counted(deleted.consumers, "consumer"))" }
          return text
        }
    case .deleteExchange(let host, let name):
      broker.findHost(host).flatMap { broker.deleteByOperator(exchange: Name(name), in: $0) }
        .map { "deleted exchange '\(name)' with \(Self.counted($0, "binding"))" }
    case .declareQueue(let request):
      request.declaration.flatMap { declaration in
        broker.findHost(request.virtualHost).flatMap {
          broker.declareQueueByOperator(declaration, in: $0)
        }
      }.map { $0 ? "declared queue '\(request.name)'" : "queue '\(request.name)' is there already" }
    case .declareExchange(let request):
      request.declaration.flatMap { declaration in
        broker.findHost(request.virtualHost).flatMap {
          broker.declareExchangeByOperator(declaration, in: $0)
        }
      }.map {
        $0 ? "declared exchange '\(request.name)'" : "exchange '\(request.name)' is there already"
      }
    case .bind(let request):
      request.perform(on: broker) { host, arguments in
        broker.bindByOperator(
          request.destination,
          to: Name(request.source),
          key: Name(request.routingKey),
          arguments: arguments,
          in: host
        )
      }.map { "\($0 ? "bound" : "already bound:") \(request.words("to"))" }
    case .unbind(let request):
      request.perform(on: broker) { host, arguments in
        broker.unbindByOperator(
          request.destination,
          from: Name(request.source),
          key: Name(request.routingKey),
          arguments: arguments,
          in: host
        )
      }.map { "unbound \(request.words("from"))" }
    case .publish, .publishMessage, .pauseQueue, .limitQueue, .pauseConsumer, .closeConsumer,
      .setAlarm,
      .cancelConsumer, .setPrefetch, .closeConnection, .closeChannel, .moveMessages,
      .deleteMessage, .parkMessage, .record:
      preconditionFailure("the command concerns queues, exchanges or bindings")
    }
  }

  static func messages(_ count: Int) -> String { counted(count, "message") }

  static func counted(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)" + (count == 1 ? "" : "s")
  }
}

extension QueueRequest {
  fileprivate var declaration: Result<QueueDeclaration, OperationRefusal> {
    arguments.table(of: "argument").map { arguments in
      QueueDeclaration(
        name: Name(name),
        isDurable: isDurable,
        isAutoDelete: isAutoDelete,
        arguments: arguments
      )
    }
  }
}

extension ExchangeRequest {
  fileprivate var declaration: Result<ExchangeDeclaration, OperationRefusal> {
    guard let kind = ExchangeType(rawValue: type) else {
      let known = ExchangeType.allCases.map(\.rawValue).joined(separator: ", ")
      return .failure(OperationRefusal("there is no exchange type '\(type)'; there are \(known)"))
    }
    return arguments.table(of: "argument").map { arguments in
      ExchangeDeclaration(
        name: Name(name),
        type: kind,
        isDurable: isDurable,
        isAutoDelete: isAutoDelete,
        isInternal: isInternal,
        arguments: arguments
      )
    }
  }
}

extension BindingRequest {
  fileprivate func perform<Value>(
    on broker: Broker,
    _ body: (VirtualHost, FieldTable) -> Result<Value, OperationRefusal>
  ) -> Result<Value, OperationRefusal> {
    arguments.table(of: "argument").flatMap { arguments in
      broker.findHost(virtualHost).flatMap { body($0, arguments) }
    }
  }

  fileprivate func words(_ preposition: String) -> String {
    "'\(destination.name)' \(preposition) '\(source)' with '\(routingKey)'"
  }
}
