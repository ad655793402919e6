/// The part of an exchange that its type decides: which bindings a message matches.
enum Router {
  /// The default exchange: every queue is bound by its own name (AMQP 0-9-1 section 3.1.3.1).
  case queueName
  case direct(DirectTable)
  case fanout(FanoutTable)
  case topic(TopicTrie)
  case headers(HeadersTable)
  case hash(HashTable)
  case chance(RandomTable)

  init(for declaration: ExchangeDeclaration) {
    switch declaration.routingType {
    case .direct, .delayed: self = .direct(DirectTable())
    case .fanout: self = .fanout(FanoutTable())
    case .topic: self = .topic(TopicTrie())
    case .headers: self = .headers(HeadersTable())
    case .consistentHash: self = .hash(HashTable(HashSource(declaration.arguments)))
    case .random: self = .chance(RandomTable())
    }
  }

  /// Whether exchange and routing key decide alone, so that a route may be kept.
  var dependsOnKeyAlone: Bool {
    switch self {
    case .queueName, .direct, .fanout, .topic: true
    case .hash(let table): table.source == .routingKey
    case .headers, .chance: false
    }
  }

  func insert(_ binding: Binding) {
    switch self {
    case .queueName: preconditionFailure("the default exchange takes no bindings")
    case .direct(let table): table.insert(binding)
    case .fanout(let table): table.insert(binding)
    case .topic(let trie): trie.insert(binding)
    case .headers(let table): table.insert(binding)
    case .hash(let table): table.insert(binding)
    case .chance(let table): table.insert(binding)
    }
  }

  func remove(_ binding: Binding) {
    switch self {
    case .queueName: preconditionFailure("the default exchange has no bindings")
    case .direct(let table): table.remove(binding)
    case .fanout(let table): table.remove(binding)
    case .topic(let trie): trie.remove(binding)
    case .headers(let table): table.remove(binding)
    case .hash(let table): table.remove(binding)
    case .chance(let table): table.remove(binding)
    }
  }

  /// Calls `body` for all bindings that match, for some more than once when there is more than one
  /// routing key, in no order.
  func forEachMatch(
    of addressing: Addressing,
    random: inout SplitMix64,
    _ body: (Binding) -> Void
  ) {
    switch self {
    // It is reached by its name alone, which the walk does itself; as an alternate exchange it
    // has no bindings, as in RabbitMQ.
    case .queueName: break
    case .direct(let table): for key in addressing.keys { table.forEachMatch(of: key, body) }
    case .fanout(let table): table.forEach(body)
    case .topic(let trie):
      for key in addressing.keys { trie.forEachMatch(of: key, body) }
    case .headers(let table): table.forEachMatch(of: addressing.headers, body)
    case .hash(let table): table.binding(for: addressing).map(body)
    case .chance(let table): table.binding(by: &random).map(body)
    }
  }
}

/// The bindings of a direct exchange.
///
/// - Complexity: O(1) to insert and remove; a match costs what it finds.
final class DirectTable {
  private var bindings: [Name: Set<Binding>] = [:]

  func insert(_ binding: Binding) {
    bindings[binding.key, default: []].insert(binding)
  }

  func remove(_ binding: Binding) {
    bindings[binding.key]?.remove(binding)
    if bindings[binding.key]?.isEmpty == true { bindings[binding.key] = nil }
  }

  func forEachMatch(of key: Name, _ body: (Binding) -> Void) {
    bindings[key]?.forEach(body)
  }
}

/// The bindings of a fanout exchange.
///
/// - Complexity: O(1) to insert and remove.
final class FanoutTable {
  private var bindings: [ObjectIdentifier: Binding] = [:]

  func insert(_ binding: Binding) {
    bindings[ObjectIdentifier(binding)] = binding
  }

  func remove(_ binding: Binding) {
    bindings[ObjectIdentifier(binding)] = nil
  }

  func forEach(_ body: (Binding) -> Void) {
    bindings.values.forEach(body)
  }
}

/// The bindings of a random exchange: each is as likely as any other, so that a queue with two
/// bindings gets twice as much.
///
/// - Complexity: O(1) for all; a removed binding's place goes to the last.
final class RandomTable {
  private var bindings: [Binding] = []
  private var places: [ObjectIdentifier: Int] = [:]

  func insert(_ binding: Binding) {
    places[ObjectIdentifier(binding)] = bindings.count
    bindings.append(binding)
  }

  func remove(_ binding: Binding) {
    guard
      let place = places.removeValue(forKey: ObjectIdentifier(binding)),
      let last = bindings.popLast()
    else { return }
    guard last !== binding else { return }
    bindings[place] = last
    places[ObjectIdentifier(last)] = place
  }

  func binding(by random: inout SplitMix64) -> Binding? {
    guard !bindings.isEmpty else { return nil }
    return bindings[Int(random.next() % UInt64(bindings.count))]
  }
}
