import AMQP
import Broker
import Testing

extension Simulation {
  mutating func declareExchange(_ name: String) {
    let types: [String: ExchangeType] = ["direct": .direct, "topic": .topic]
    let alternate = name != "spare" && chance(.alternate) ? "spare" : nil
    let arguments: FieldTable = alternate.map { ["alternate-exchange": .text($0)] } ?? [:]
    #expect(clients[0].declareExchange(name, types[name] ?? .fanout, arguments: arguments) == nil)
    let kind = types[name] == nil ? "fanout" : name
    model.topology.exchanges[name] = NaiveExchanges.Exchange(kind: kind, alternate: alternate)
  }

  /// Declares a queue with settings of the seed's features, and binds it as a queue should be.
  mutating func declare(_ name: String) throws {
    let settings = chooseSettings(name)
    try clients[0].declare(name, isDurable: settings.isQuorum, arguments: settings.arguments)
    model.declare(name, settings)
    for binding in [
      NaiveExchanges.Binding(
        source: "topic",
        destination: name,
        isToExchange: false,
        key: "\(name).#"
      ),
      NaiveExchanges.Binding(source: "direct", destination: name, isToExchange: false, key: name),
    ] { bind(binding) }
    for source in ["fanout", "spare"] where number(below: 2) == 0 {
      bind(.init(source: source, destination: name, isToExchange: false, key: ""))
    }
  }

  private mutating func chooseSettings(_ name: String) -> NaiveQueue.Settings {
    var settings = NaiveQueue.Settings()
    settings.isQuorum = chance(.quorum)
    if settings.isQuorum, number(below: 2) == 0 { settings.deliveryLimit = number(below: 3) }
    // No two queues have the same, so that no two messages end at the same instant.
    let lifetimes: [String: Int64] = [
      "a": 11, "b": 23, "c": 47, "d": number(below: 2) == 0 ? 0 : 5,
    ]
    if chance(.queueLifetime) { settings.lifetime = lifetimes[name] }
    if chance(.length) { settings.maximumLength = number(below: 4) }
    if settings.maximumLength != nil, chance(.rejection) {
      // A quorum queue knows no third way and drops its head.
      let ways = settings.isQuorum ? ["reject-publish"] : ["reject-publish", "reject-publish-dlx"]
      settings.overflow = pick(ways) ?? "reject-publish"
    }
    if chance(.deadLetters) {
      settings.deadLetterExchange = pick(["", "topic", "fanout", "direct"])
      settings.deadLetterKey = pick([nil, "a", "b", "c", "d"]) ?? nil
    }
    if !settings.isQuorum, chance(.priorities) { settings.maximumPriority = number(below: 4) }
    if !settings.isQuorum { settings.isSingleActive = chance(.singleActive) }
    return settings
  }

  private func bind(_ binding: NaiveExchanges.Binding) {
    if binding.isToExchange {
      clients[0].bindExchange(binding.destination, to: binding.source, key: binding.key)
    } else {
      #expect(clients[0].bind(binding.destination, to: binding.source, key: binding.key) == nil)
    }
    model.topology.bindings.insert(binding)
  }

  /// Adds a binding, or takes one away.
  mutating func changeBindings() {
    let bindings = model.topology.bindings.sorted { "\($0)" < "\($1)" }
    if number(below: 2) == 0, let binding = pick(bindings) {
      note("unbinds \(binding)")
      model.topology.bindings.remove(binding)
      let (source, key) = (Name(binding.source), Name(binding.key))
      if binding.isToExchange {
        clients[0].unbindExchange(binding.destination, from: binding.source, key: binding.key)
      } else {
        let queue = Name(binding.destination)
        #expect(broker.unbind(queue, from: source, key: key, for: clients[0].connection) == nil)
      }
      return
    }
    let isToExchange = number(below: 2) == 0
    let names = isToExchange ? Self.exchangeNames : Self.queueNames
    let binding = NaiveExchanges.Binding(
      source: pick(Self.exchangeNames) ?? "topic",
      destination: pick(names) ?? "a",
      isToExchange: isToExchange,
      key: pick(Self.keys + ["#", "*", "*.x", "#.y", "b.#", "a.#.b"]) ?? "#"
    )
    note("binds \(binding)")
    bind(binding)
  }

  /// Deletes a queue and declares another of its name.
  mutating func replaceQueue() throws {
    let name = pick(Self.queueNames) ?? "a"
    note("deletes \(name) and declares it again")
    clients[0].delete(name)
    model.delete(name)
    try declare(name)
  }

  mutating func pause() {
    guard let queue = pick(Self.queueNames).flatMap({ model.queues[$0] }) else { return }
    queue.isPaused.toggle()
    note("\(queue.name) \(queue.isPaused ? "pauses" : "goes on")")
    _ = broker.setPaused(queue.isPaused, queue: Name(queue.name), in: broker.host)
  }
}

extension NaiveQueue.Settings {
  /// As a client declares them.
  var arguments: FieldTable {
    var arguments: FieldTable = [:]
    if isQuorum { arguments["x-queue-type"] = .text("quorum") }
    if let lifetime { arguments["x-message-ttl"] = .signed64(lifetime) }
    if let maximumLength {
      arguments["x-max-length"] = .signed64(Int64(maximumLength))
      arguments["x-overflow"] = .text(overflow)
    }
    if let deadLetterExchange {
      arguments["x-dead-letter-exchange"] = .text(deadLetterExchange)
      if let deadLetterKey { arguments["x-dead-letter-routing-key"] = .text(deadLetterKey) }
    }
    if maximumPriority > 0 { arguments["x-max-priority"] = .signed32(Int32(maximumPriority)) }
    if isSingleActive { arguments["x-single-active-consumer"] = .boolean(true) }
    if let deliveryLimit { arguments["x-delivery-limit"] = .signed32(Int32(deliveryLimit)) }
    return arguments
  }
}
