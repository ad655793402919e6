import AMQP
import Telemetry

/// Finding out where a message goes, with a channel or without.
extension Broker {
  /// All queues that a message goes to, each once, in the order of their creation: through
  /// bindings between exchanges, alternate exchanges, and the routing keys of its CC header.
  ///
  /// A delayed exchange answers as if the message were due.
  func destinations(of message: Message, through exchange: Exchange) -> RouteWalk {
    let addressing = Addressing(message, copies: SenderSelection.keys(of: message))
    return walk(addressing, from: exchange, isDue: true)
  }

  /// Sends a message of the broker's own, or one that a queue gave up, through an exchange.
  ///
  /// The caller's reference passes to the broker. A message that no queue takes is dropped and
  /// counted with the exchange; ``BrokerTotals/published`` counts what clients publish, not this.
  ///
  /// - Returns: How many queues it went to; 0 when it was dropped or is held back.
  @discardableResult
  func republish(_ message: Message, through exchange: Exchange) -> Int {
    let route = route(of: message, through: exchange)
    exchange.published += 1
    finishRepublish(message, along: route)
    return route.queues.count
  }

  func finishRepublish(_ message: Message, along route: Route) {
    route.uses &+= 1
    if route.queues.isEmpty {
      finishUnqueued(message, along: route)
    } else if !message.traits.contains(.persistent)
      || keep(message, for: route.queues, heldBackBy: route.holds.exchanges)
    {
      // What a queue refuses is gone: nobody waits for a confirm.
      _ = spread(message, along: route)
    } else {
      message.release()
    }
  }

  /// As ``finishRepublish(_:along:)`` for a message that has a way to go and is in the log, if it
  /// is to be there.
  func finishKept(_ message: Message, along route: Route) {
    route.uses &+= 1
    if route.queues.isEmpty {
      if route.isTapped { tap?.note(message, at: now) }
      for hop in route.hops { hop.exchange.published += 1 }
      holdBack(message, along: route)
      message.release()
    } else {
      _ = spread(message, along: route)
    }
  }

  /// A message has no queue: delayed exchanges hold it back, or it is dropped.
  func finishUnqueued(_ message: Message, along route: Route) {
    for hop in route.hops { hop.exchange.published += 1 }
    if route.isTapped { tap?.note(message, at: now) }
    if route.holds.exchanges.isEmpty {
      drop(message, by: route.exchange)
    } else {
      // A store that takes nothing has said so; the message is held in memory all the same.
      if message.traits.contains(.persistent) {
        _ = keep(message, for: [], heldBackBy: route.holds.exchanges)
      }
      holdBack(message, along: route)
      message.release()
    }
  }

  /// The route of a message that is on its way without a channel.
  func route(of message: Message, through exchange: Exchange) -> Route {
    let isOwn = message.exchange.elementsEqual(exchange.name.bytes)
    let generation = topologyGeneration
    if isOwn, let route = exchange.host.routes.route(of: message, generation: generation) {
      return route
    }
    let addressing = Addressing(message, copies: SenderSelection.keys(of: message))
    let route = makeRoute(of: addressing, through: exchange)
    // A client must not find the route of an internal exchange.
    if isOwn, route.isFixed, !exchange.isInternal {
      exchange.host.routes.insert(route, of: message, generation: generation)
    }
    return route
  }

  /// Makes a route; `isRelease` says that the exchange had the message before and held it back.
  func makeRoute(
    of addressing: Addressing,
    through exchange: Exchange,
    isRelease: Bool = false
  ) -> Route {
    let walk = walk(addressing, from: exchange)
    // What an exchange held back it had, and counted, before.
    let first = isRelease ? nil : exchange
    return Route(
      of: addressing.message,
      through: exchange,
      walk: walk,
      isTapped: tap?.wants(walk, from: first) == true,
      keyCount: keyCounts?.count(for: addressing.message, along: walk, from: first),
      generation: topologyGeneration
    )
  }

  /// Finds the route of a message that a client publishes; takes its BCC header out of it.
  ///
  /// - Returns: 404, 403, or 406 when CC or BCC is no array.
  @inline(never)
  func findRoute(
    of message: inout Message,
    in host: VirtualHost
  ) -> Result<Route, Violation> {
    if let route = host.routes.route(of: message, generation: topologyGeneration) {
      return .success(route)
    }
    let name = Name(message.exchange)
    guard let exchange = host.exchanges[name] else { return .failure(.noExchange(name, in: host)) }
    guard !exchange.isInternal else {
      return .failure(
        Violation(
          .accessRefused,
          "cannot publish to internal exchange '\(name.text)' in vhost '\(host.name)'"
        )
      )
    }
    var copies: [Name] = []
    if message.traits.contains(.copies) {
      switch SenderSelection.read(message) {
      case .failure(let violation): return .failure(violation)
      case .success(let selection):
        copies = selection.keys
        if let stripped = selection.stripped(message) { message = stripped }
      }
    }
    let route = makeRoute(of: Addressing(message, copies: copies), through: exchange)
    if route.isFixed { host.routes.insert(route, of: message, generation: topologyGeneration) }
    return .success(route)
  }

  /// Follows a message from exchange to exchange; each is visited once, so that circles end.
  ///
  /// `isDue` says that delayed exchanges hold nothing back.
  private func walk(
    _ addressing: Addressing,
    from exchange: Exchange,
    isDue: Bool = false
  ) -> RouteWalk {
    var walk = RouteWalk(isDue: isDue)
    if case .queueName = exchange.router {
      for key in addressing.keys {
        if let queue = exchange.host.queues[key] { walk.add(queue) }
      }
      // A queue may come by that name, and declaring one must not make all other routes anew.
      walk.isFixed = !walk.queues.isEmpty
      walk.finish()
      return walk
    }
    walk.visit(exchange)
    while let visited = walk.next() { follow(visited, addressing, &walk) }
    walk.finish()
    return walk
  }

  private func follow(_ exchange: Exchange, _ addressing: Addressing, _ walk: inout RouteWalk) {
    var hasMatch = false
    var onward: [Exchange] = []
    if !exchange.router.dependsOnKeyAlone { walk.isFixed = false }
    if exchange.type == .delayed {
      walk.isFixed = false
      if !walk.isDue, let delay = DelayedMessages.delay(of: addressing) {
        walk.hold(addressing, in: exchange, milliseconds: delay)
        return
      }
    }
    exchange.router.forEachMatch(of: addressing, random: &random) { binding in
      hasMatch = true
      walk.pass(binding, keyCount: addressing.keys.count)
      switch binding.destination {
      case .queue(let queue): walk.add(queue)
      case .exchange(let exchange): onward.append(exchange)
      }
    }
    if !hasMatch, let name = exchange.alternateName, let next = exchange.host.exchanges[name] {
      onward.append(next)
    }
    // Sorted, so that exchanges that choose by chance draw in the same order each time.
    for next in onward.sorted(by: { $0.name < $1.name }) { walk.visit(next) }
  }

  /// Lets go of a message that no queue takes, and counts it with its exchange.
  @inline(never)
  func drop(_ message: Message, by exchange: Exchange) {
    exchange.unroutable += 1
    let key = Name(message.routingKey)
    let isNews = exchange.lastUnroutableKey != key && now >= exchange.nextDropEventAt
    exchange.lastUnroutableKey = key
    if isNews {
      exchange.nextDropEventAt = now + Exchange.dropEventNanoseconds
      record(
        .warning,
        "exchange '\(exchange.name.text)' drops messages: no queue is bound for "
          + "'\(key.text)'"
      )
    }
    message.release()
  }
}
