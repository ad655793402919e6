/// The part of an exchange that its type decides: which bindings a routing key matches.
enum Router {
  /// The default exchange: every queue is bound by its own name (AMQP 0-9-1 section 3.1.3.1).
  case queueName
  case direct([Name: Set<Binding>])
  case fanout(Set<Binding>)
  case topic(TopicTrie)

  init(for type: ExchangeType) {
    switch type {
    case .direct: self = .direct([:])
    case .fanout: self = .fanout([])
    case .topic: self = .topic(TopicTrie())
    }
  }

  mutating func insert(_ binding: Binding) {
    switch self {
    case .queueName: preconditionFailure("the default exchange takes no bindings")
    case .direct(var table):
      self = .queueName
      table[binding.key, default: []].insert(binding)
      self = .direct(table)
    case .fanout(var bindings):
      self = .queueName
      bindings.insert(binding)
      self = .fanout(bindings)
    case .topic(let trie): trie.insert(binding)
    }
  }

  mutating func remove(_ binding: Binding) {
    switch self {
    case .queueName: preconditionFailure("the default exchange has no bindings")
    case .direct(var table):
      self = .queueName
      table[binding.key]?.remove(binding)
      if table[binding.key]?.isEmpty == true { table[binding.key] = nil }
      self = .direct(table)
    case .fanout(var bindings):
      self = .queueName
      bindings.remove(binding)
      self = .fanout(bindings)
    case .topic(let trie): trie.remove(binding)
    }
  }

  /// The queues of all bindings that match, each once, in no order.
  func queues(for key: UnsafeRawBufferPointer) -> [Queue] {
    // Safe: the key is borrowed from the message that is being routed, for the call only.
    var found: [ObjectIdentifier: Queue] = [:]
    let collect = { (binding: Binding) in found[ObjectIdentifier(binding.queue)] = binding.queue }
    switch self {
    case .queueName: break
    case .direct(let table): table[Name(key)]?.forEach(collect)
    case .fanout(let bindings): bindings.forEach(collect)
    case .topic(let trie): trie.forEachMatch(of: key, collect)
    }
    return Array(found.values)
  }
}
