package import AMQP
package import Telemetry

/// What the person at the dashboard declares, binds and deletes.
///
/// Nobody's permissions are asked, and exclusive queues of others may be purged and deleted; else
/// the rules are those for clients, and so are the words in which they refuse.
extension Broker {
  /// Declares a queue, or finds one like it.
  ///
  /// - Returns: Whether it is new; the refusal that a client would get.
  package func declareQueueByOperator(
    _ declaration: QueueDeclaration,
    in host: VirtualHost
  ) -> Result<Bool, OperationRefusal> {
    if let refusal = Self.refusal(ofName: declaration.name, of: "queue") {
      return .failure(refusal)
    }
    if let existing = host.queues[declaration.name] {
      if let violation = difference(between: existing, and: declaration) {
        return .failure(OperationRefusal(violation))
      }
      return .success(false)
    }
    let violation =
      reservedName(declaration.name, of: "queue") ?? refusal(ofNew: declaration, in: host)
    if let violation { return .failure(OperationRefusal(violation)) }
    _ = create(declaration, in: host, owner: nil)
    return .success(true)
  }

  /// Declares an exchange, or finds one like it.
  ///
  /// - Returns: Whether it is new; the refusal that a client would get.
  package func declareExchangeByOperator(
    _ declaration: ExchangeDeclaration,
    in host: VirtualHost
  ) -> Result<Bool, OperationRefusal> {
    if let refusal = Self.refusal(ofName: declaration.name, of: "exchange") {
      return .failure(refusal)
    }
    let isNew = host.exchanges[declaration.name] == nil
    if let violation = declareExchange(declaration, in: host) {
      return .failure(OperationRefusal(violation))
    }
    return .success(isNew)
  }

  /// A name that cannot be written down would come back as another.
  private static func refusal(ofName name: Name, of kind: String) -> OperationRefusal? {
    if name.bytes.isEmpty { return OperationRefusal("the \(kind) has no name") }
    guard name.bytes.count <= Limits.shortStringBytes else {
      return OperationRefusal("the name of a \(kind) has at most \(Limits.shortStringBytes) bytes")
    }
    // RabbitMQ takes them out of what clients declare, so no client could name it.
    guard !name.bytes.contains(where: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") })
    else { return OperationRefusal("the name of a \(kind) has no line breaks") }
    return nil
  }

  /// Throws away the ready messages of a queue.
  ///
  /// - Returns: How many there were.
  package func purgeByOperator(
    queue name: Name,
    in host: VirtualHost
  ) -> Result<Int, OperationRefusal> {
    findQueue(name, in: host).map { queue in
      let count = discardReady(of: queue)
      record(.warning, "queue '\(name.text)' purged of \(count) messages")
      return count
    }
  }

  /// What went away with a queue.
  package struct DeletedQueue: Sendable, Hashable {
    package var ready: Int
    package var unacked: Int
    package var consumers: Int
  }

  /// Deletes a queue with its messages, and ends its consumers.
  package func deleteByOperator(
    queue name: Name,
    in host: VirtualHost
  ) -> Result<DeletedQueue, OperationRefusal> {
    findQueue(name, in: host).map { queue in
      let deleted = DeletedQueue(
        ready: queue.ready.count,
        unacked: queue.unackedCount,
        consumers: queue.consumers.count
      )
      remove(queue)
      return deleted
    }
  }

  /// Deletes an exchange.
  ///
  /// - Returns: How many bindings went with it.
  package func deleteByOperator(
    exchange name: Name,
    in host: VirtualHost
  ) -> Result<Int, OperationRefusal> {
    findExchange(name, in: host).flatMap { exchange in
      let count = exchange.bindingCount
      if let violation = deleteExchange(name, onlyIfUnused: false, in: host) {
        return .failure(OperationRefusal(violation))
      }
      return .success(count)
    }
  }

  /// Binds a queue or an exchange to an exchange.
  ///
  /// - Returns: Whether the binding is new.
  package func bindByOperator(
    _ destination: BindingSnapshot.Destination,
    to source: Name,
    key: Name,
    arguments: FieldTable,
    in host: VirtualHost
  ) -> Result<Bool, OperationRefusal> {
    findEnds(source, destination, in: host).flatMap { exchange, destination in
      guard key.bytes.count <= Limits.shortStringBytes else { return .failure(.longKey) }
      if let violation = exchange.refusal(ofKey: key, arguments) {
        return .failure(OperationRefusal(violation))
      }
      let binding = Binding(to: destination, key: key, arguments: arguments)
      guard !exchange.contains(binding) else { return .success(false) }
      add(binding, to: exchange)
      let name = destination.name.text
      record(.information, "'\(name)' bound to '\(source.text)' with '\(key.text)'")
      return .success(true)
    }
  }

  /// Takes a binding away.
  ///
  /// Arguments are compared as they are shown: who types `1` cannot know in which of the types of
  /// numbers a client wrote it.
  package func unbindByOperator(
    _ destination: BindingSnapshot.Destination,
    from source: Name,
    key: Name,
    arguments: FieldTable,
    in host: VirtualHost
  ) -> Result<Void, OperationRefusal> {
    findEnds(source, destination, in: host).flatMap { exchange, destination in
      let name = destination.name.text
      let wanted = Binding(to: destination, key: key, arguments: arguments)
      let alike = exchange.bindings(to: destination).filter { binding in
        binding.key == key && binding.arguments.shown == wanted.arguments.shown
      }
      guard let found = alike.first(where: { $0 == wanted }) ?? alike.first else {
        return .failure(
          OperationRefusal("'\(name)' is not bound to '\(source.text)' with '\(key.text)'")
        )
      }
      take(found, from: exchange)
      record(.warning, "'\(name)' unbound from '\(source.text)' with '\(key.text)'")
      return .success(())
    }
  }

  private func findEnds(
    _ source: Name,
    _ destination: BindingSnapshot.Destination,
    in host: VirtualHost
  ) -> Result<(Exchange, Destination), OperationRefusal> {
    if source.bytes.isEmpty { return .failure(OperationRefusal(Self.defaultExchangeRefusal)) }
    return findExchange(source, in: host).flatMap { exchange in
      switch destination {
      case .queue(let name):
        return findQueue(Name(name), in: host).map { (exchange, .queue($0)) }
      case .exchange(""):
        return .failure(OperationRefusal(Self.defaultExchangeRefusal))
      case .exchange(let name):
        return findExchange(Name(name), in: host).map { (exchange, .exchange($0)) }
      }
    }
  }

  func findQueue(_ name: Name, in host: VirtualHost) -> Result<Queue, OperationRefusal> {
    host.queues[name].map { .success($0) }
      ?? .failure(OperationRefusal("there is no queue '\(name.text)'", code: .notFound))
  }

  func findExchange(_ name: Name, in host: VirtualHost) -> Result<Exchange, OperationRefusal> {
    host.exchanges[name].map { .success($0) }
      ?? .failure(OperationRefusal("there is no exchange '\(name.text)'", code: .notFound))
  }
}

extension OperationRefusal {
  /// As a client would hear it.
  init(_ violation: Violation) {
    self.init(violation.text, code: violation.code)
  }

  static let longKey = OperationRefusal(
    "a routing key has at most \(Limits.shortStringBytes) bytes"
  )
}

extension FieldTable {
  /// The entries for a person, as `name=value` with commas between.
  package var shown: String {
    entries.map { "\($0.key)=\($0.value.shown)" }.joined(separator: ", ")
  }
}
