import AMQP
import Broker

@testable import AMQPServer

/// What there is to publish to and to consume from, made anew for each seed.
extension BrokerSimulation {
  private static let queueNames = ["q0", "q1", "q2", "q3", "q4"]
  private static let types = ["direct", "fanout", "topic", "headers"]
  static let keys = ["a", "a.b", "a.b.c", "b", "b.c"]
  private static let patterns = ["#", "a.#", "*.b", "a.*.c", "b.*", "#.c"]

  func declareAll() throws {
    let operatorClient = try SimulatedClient(broker, mode: .plain)
    clients = [operatorClient]
    for (index, name) in Self.queueNames.enumerated() {
      let arguments = randomArguments(of: index)
      self.arguments[name] = arguments
      declare(name, arguments)
    }
    naive.exchanges["alternate"] = NaiveExchange(type: "fanout")
    declareExchange("alternate", naive.exchanges["alternate"])
    for type in Self.types {
      let exchange = NaiveExchange(type: type, alternate: isChosen(oneIn: 3) ? "alternate" : nil)
      naive.exchanges[type] = exchange
      declareExchange(type, exchange)
    }
    for _ in 0..<10 { bindSomething() }
    _ = try operatorClient.observe()
    let modes: [SimulatedClient.Mode] = [.plain, .confirming, .transactional]
    for mode in modes { clients.append(try SimulatedClient(broker, mode: mode)) }
  }

  private func randomArguments(of index: Int) -> NaiveArguments {
    var arguments = NaiveArguments()
    arguments.isQuorum = isChosen(oneIn: 5)
    // Each queue its own, so that no two have a message whose time is over at the same instant.
    if isChosen(oneIn: 3) { arguments.lifetime = Int64(17 + 11 * index) }
    if isChosen(oneIn: 3) {
      arguments.maximumLength = Int(1 + below(3))
      arguments.overflow = pick(NaiveArguments.Overflow.allCases) ?? .dropHead
      if arguments.isQuorum, arguments.overflow == .rejectPublishToDeadLetters {
        arguments.overflow = .rejectPublish
      }
    }
    if isChosen(oneIn: 2) {
      arguments.deadLetterExchange = pick(["", "direct", "fanout", "topic", "alternate"])
      arguments.deadLetterKey = isChosen(oneIn: 3) ? nil : pick(Self.queueNames + Self.keys)
    }
    if arguments.isQuorum {
      arguments.deliveryLimit = isChosen(oneIn: 2) ? Int(below(3)) : nil
    } else if isChosen(oneIn: 3) {
      arguments.maximumPriority = 3
    }
    arguments.isSingleActive = isChosen(oneIn: 4)
    return arguments
  }

  func declare(_ name: String, _ arguments: NaiveArguments) {
    naive.declare(name, arguments)
    clients[0].wire.send(
      QueueDeclare(queue: name, durable: true, arguments: arguments.table),
      channel: 1
    )
  }

  private func declareExchange(_ name: String, _ exchange: NaiveExchange?) {
    guard let exchange else { return }
    clients[0].wire.send(
      ExchangeDeclare(
        exchange: name,
        type: exchange.type,
        arguments: exchange.alternate.map { ["alternate-exchange": .text($0)] } ?? [:]
      ),
      channel: 1
    )
  }

  func bindSomething() {
    guard let source = pick(Self.types + ["alternate"]), let exchange = naive.exchanges[source]
    else { return }
    var binding = NaiveExchange.Binding(
      destination: pick(Self.queueNames) ?? "q0",
      isToExchange: isChosen(oneIn: 4),
      key: pick(exchange.type == "topic" ? Self.patterns : Self.keys) ?? ""
    )
    if binding.isToExchange { binding.destination = pick(Self.types) ?? "fanout" }
    if exchange.type == "headers" {
      for name in ["h1", "h2"] where isChosen(oneIn: 2) { binding.headers[name] = Int(below(2)) }
      binding.isAny = !binding.headers.isEmpty && isChosen(oneIn: 2)
      // An x-match of any without headers matches nothing, of all everything.
    }
    guard naive.exchanges[source]?.bindings.contains(binding) == false else { return }
    say("\(source) is bound to \(binding)")
    naive.exchanges[source]?.bindings.append(binding)
    if binding.isToExchange {
      let bind = ExchangeBind(
        destination: binding.destination,
        source: source,
        routingKey: binding.key,
        arguments: binding.arguments
      )
      clients[0].wire.send(bind, channel: 1)
    } else {
      let bind = QueueBind(
        queue: binding.destination,
        exchange: source,
        routingKey: binding.key,
        arguments: binding.arguments
      )
      clients[0].wire.send(bind, channel: 1)
    }
  }

  func unbindSomething() {
    guard let source = pick(naive.exchanges.keys.sorted()),
      let binding = pick(naive.exchanges[source]?.bindings ?? [])
    else { return }
    say("\(source) is unbound from \(binding)")
    naive.exchanges[source]?.bindings.removeAll { $0 == binding }
    if binding.isToExchange {
      let unbind = ExchangeUnbind(
        destination: binding.destination,
        source: source,
        routingKey: binding.key,
        arguments: binding.arguments
      )
      clients[0].wire.send(unbind, channel: 1)
    } else {
      let unbind = QueueUnbind(
        queue: binding.destination,
        exchange: source,
        routingKey: binding.key,
        arguments: binding.arguments
      )
      clients[0].wire.send(unbind, channel: 1)
    }
  }
}
