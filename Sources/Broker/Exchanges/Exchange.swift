package import AMQP

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
  /// By destination, so that deleting one of many costs its own bindings only.
  private(set) var bindings: [ObjectIdentifier: Set<Binding>] = [:]
  private(set) var lastBindingNumber: UInt64 = 0
  /// The exchanges that have bindings to this one.
  private(set) var sources: [ObjectIdentifier: Exchange] = [:]
  let router: Router
  /// Its number in the message log, if it holds messages back and these survive a restart.
  let storeNumber: UInt32?
  /// What an exchange of type `x-delayed-message` holds back.
  var delayed = DelayedMessages()

  var published: UInt64 = 0
  var routed: UInt64 = 0
  var unroutable: UInt64 = 0
  var lastUnroutableKey: Name?
  /// What is most like that, as far as it was looked for.
  var nearest: NearestBinding?
  /// Not before then is another dropped key an event: random keys would drive out all others.
  var nextDropEventAt: Int64 = 0
  static let dropEventNanoseconds: Int64 = 1_000_000_000

  init(
    _ declaration: ExchangeDeclaration,
    storeNumber: UInt32? = nil,
    in host: VirtualHost,
    isPredeclared: Bool = false
  ) {
    self.storeNumber = storeNumber
    name = declaration.name
    type = declaration.type
    isDurable = declaration.isDurable
    isAutoDelete = declaration.isAutoDelete
    isInternal = declaration.isInternal
    arguments = declaration.arguments
    self.isPredeclared = isPredeclared
    self.host = host
    router = declaration.name.bytes.isEmpty ? .queueName : Router(for: declaration)
  }

  deinit {
    for message in delayed.removeAll() { message.release() }
  }

  /// The exchange that gets what this one has no destination for (RabbitMQ, "Alternate Exchanges").
  var alternateName: Name? {
    if case .string(let bytes) = arguments[Self.alternateArgument] { return Name(bytes) }
    return policy.text(Self.alternateArgument, nil).map { Name($0) }
  }

  static let alternateArgument = "alternate-exchange"

  /// All bindings of this exchange, in the order in which they were made.
  package var bindingDescriptions: [BindingDescription] {
    sortedBindings.map { binding in
      let kind: BindingDescription.DestinationKind =
        if case .queue = binding.destination { .queue } else { .exchange }
      return BindingDescription(
        source: name,
        destinationKind: kind,
        destination: binding.destination.name,
        routingKey: binding.key,
        arguments: binding.arguments
      )
    }
  }

  /// In the order in which they were made.
  var sortedBindings: [Binding] {
    bindings.values.flatMap { $0 }.sorted { $0.number < $1.number }
  }

  /// Those that lead there, in the order in which they were made.
  func bindings(to destination: Destination) -> [Binding] {
    (bindings[destination.identifier] ?? []).sorted { $0.number < $1.number }
  }

  /// Whether there is a binding like this one.
  func contains(_ binding: Binding) -> Bool {
    bindings[binding.destination.identifier]?.contains(binding) == true
  }

  /// Adds a binding.
  ///
  /// - Returns: false when there is one like it, which is no error.
  func bind(_ binding: Binding) -> Bool {
    let destination = binding.destination.identifier
    guard bindings[destination, default: []].insert(binding).inserted else { return false }
    lastBindingNumber += 1
    binding.number = lastBindingNumber
    bindingCount += 1
    router.insert(binding)
    switch binding.destination {
    case .queue(let queue): queue.boundExchanges[ObjectIdentifier(self)] = self
    case .exchange(let exchange): exchange.sources[ObjectIdentifier(self)] = self
    }
    return true
  }

  /// Takes a binding away.
  ///
  /// - Returns: false when there is none like it, which is no error.
  func unbind(_ binding: Binding) -> Bool {
    let destination = binding.destination.identifier
    guard let removed = bindings[destination]?.remove(binding) else { return false }
    if bindings[destination]?.isEmpty == true {
      bindings[destination] = nil
      forget(binding.destination)
    }
    bindingCount -= 1
    router.remove(removed)
    return true
  }

  /// Takes all bindings to a queue or exchange away.
  ///
  /// - Complexity: O(those bindings).
  func removeBindings(to destination: Destination) {
    guard let removed = bindings.removeValue(forKey: destination.identifier) else { return }
    forget(destination)
    bindingCount -= removed.count
    for binding in removed.sorted(by: { $0.number < $1.number }) { router.remove(binding) }
  }

  /// Takes all bindings away, and with them what holds exchanges and queues together in a circle.
  func removeAllBindings() {
    for destination in bindings.values.compactMap(\.first?.destination) {
      removeBindings(to: destination)
    }
  }

  /// No binding leads there any more.
  private func forget(_ destination: Destination) {
    switch destination {
    case .queue(let queue): queue.boundExchanges[ObjectIdentifier(self)] = nil
    case .exchange(let exchange): exchange.sources[ObjectIdentifier(self)] = nil
    }
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
