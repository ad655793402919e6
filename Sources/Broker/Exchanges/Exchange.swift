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
  package internal(set) var policy = AppliedPolicy()

  package private(set) var bindingCount = 0
  /// By queue, so that deleting one of many costs its own bindings only.
  private var bindings: [ObjectIdentifier: Set<Binding>] = [:]
  private var router: Router

  var published: UInt64 = 0
  var routed: UInt64 = 0
  var unroutable: UInt64 = 0
  var lastUnroutableKey: Name?
  /// Not before then is another dropped key an event: random keys would drive out all others.
  var nextDropEventAt: Int64 = 0
  static let dropEventNanoseconds: Int64 = 1_000_000_000

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
    let queue = ObjectIdentifier(binding.queue)
    guard bindings[queue, default: []].insert(binding).inserted else { return false }
    bindingCount += 1
    router.insert(binding)
    return true
  }

  /// Takes a binding away.
  ///
  /// - Returns: false when there is none like it, which is no error.
  func unbind(_ binding: Binding) -> Bool {
    let queue = ObjectIdentifier(binding.queue)
    guard bindings[queue]?.remove(binding) != nil else { return false }
    if bindings[queue]?.isEmpty == true { bindings[queue] = nil }
    bindingCount -= 1
    router.remove(binding)
    return true
  }

  func removeBindings(of queue: Queue) {
    for binding in bindings.removeValue(forKey: ObjectIdentifier(queue)) ?? [] {
      bindingCount -= 1
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
