package import AMQP

/// The exchange types this broker knows, by their names on the wire.
package enum ExchangeType: String, Sendable, CaseIterable {
  case direct
  case fanout
  case topic
}

/// Where publishers send messages, and the rules that carry them on to queues.
///
/// - Isolation: the broker's loop.
package final class Exchange {
  package let name: Name
  package let type: ExchangeType
  package let isDurable: Bool
  package let isAutoDelete: Bool
  package let isInternal: Bool
  package let isPredeclared: Bool
  package let arguments: FieldTable
  unowned let host: VirtualHost

  private(set) var bindings: Set<Binding> = []
  private var router: Router

  var published: UInt64 = 0
  var routed: UInt64 = 0
  var unroutable: UInt64 = 0
  var lastUnroutableKey: Name?

  init(_ declaration: ExchangeDeclaration, in host: VirtualHost, isPredeclared: Bool = false) {
    name = declaration.name
    type = declaration.type
    isDurable = declaration.isDurable
    isAutoDelete = declaration.isAutoDelete
    isInternal = declaration.isInternal
    arguments = declaration.arguments
    self.isPredeclared = isPredeclared
    self.host = host
    router = declaration.name.bytes.isEmpty ? .queueName : Router(for: declaration.type)
  }

  /// Adds a binding.
  ///
  /// - Returns: false when there is one like it, which is no error.
  func bind(_ binding: Binding) -> Bool {
    guard bindings.insert(binding).inserted else { return false }
    router.insert(binding)
    return true
  }

  /// Takes a binding away.
  ///
  /// - Returns: false when there is none like it, which is no error.
  func unbind(_ binding: Binding) -> Bool {
    guard bindings.remove(binding) != nil else { return false }
    router.remove(binding)
    return true
  }

  func removeBindings(of queue: Queue) {
    for binding in bindings where binding.queue === queue {
      bindings.remove(binding)
      router.remove(binding)
    }
  }

  /// The queues that a routing key leads to, each once, in the order of their creation.
  func queues(for key: UnsafeRawBufferPointer) -> [Queue] {
    // Safe: the key is borrowed from the message that is being routed, and copied to be looked up.
    if case .queueName = router { return host.queues[Name(key)].map { [$0] } ?? [] }
    return router.queues(for: key).sorted { $0.number < $1.number }
  }
}

/// What a client asks for when it declares an exchange.
package struct ExchangeDeclaration: Sendable, Hashable {
  package var name: Name
  package var type: ExchangeType
  package var isDurable: Bool
  package var isAutoDelete: Bool
  package var isInternal: Bool
  package var arguments: FieldTable

  package init(
    name: Name,
    type: ExchangeType,
    isDurable: Bool = false,
    isAutoDelete: Bool = false,
    isInternal: Bool = false,
    arguments: FieldTable = [:]
  ) {
    self.name = name
    self.type = type
    self.isDurable = isDurable
    self.isAutoDelete = isAutoDelete
    self.isInternal = isInternal
    self.arguments = arguments
  }
}
