import Telemetry

/// How far a trouble reaches: what began with it, and what all of that shares.
struct Reach {
  private let window: Window?
  /// When each trouble began, the oldest first.
  private let begun: [(since: Instant, name: Name)]
  /// Queues of which something is wrong, where the bindings are known.
  private let troubled: Set<QueueIdentity>
  /// From which exchanges each queue gets its messages, and which queues each exchange feeds; of
  /// the exchanges that feed a queue in trouble.
  private var exchanges: [QueueIdentity: Set<ExchangeIdentity>] = [:]
  private var fed: [ExchangeIdentity: Set<QueueIdentity>] = [:]

  /// What a trouble is about; several of one queue are one.
  private enum Name: Hashable {
    case queue(QueueIdentity)
    case exchange(ExchangeIdentity)
    case connection(UInt64, String)

    init?(_ subject: Subject) {
      switch subject {
      case .queue(let queue), .consumer(_, let queue): self = .queue(queue)
      case .exchange(let exchange): self = .exchange(exchange)
      case .connection(let identifier, let name): self = .connection(identifier, name)
      case .broker, .client, .resource: return nil
      }
    }

    var shown: String {
      switch self {
      case .queue(let queue): queue.shownName
      case .exchange(let exchange): "exchange \(exchange.shownName)"
      case .connection(_, let name): "connection \(name)"
      }
    }

    var queue: QueueIdentity? {
      guard case .queue(let queue) = self else { return nil }
      return queue
    }
  }

  /// - Parameters:
  ///   - findings: The causes.
  ///   - window: What the rules saw.
  init(of findings: [Finding], in window: Window?) {
    self.window = window
    var begun: [(since: Instant, name: Name)] = []
    var troubled: Set<QueueIdentity> = []
    // Only with bindings it is asked for who is well.
    let hasSurvey = window?.newest.bindingSurvey != nil
    for finding in findings where finding.rule.severity != .note {
      if hasSurvey, let queue = finding.subject.queue { troubled.insert(queue) }
      guard let since = finding.since, let name = Name(finding.subject) else { continue }
      begun.append((since, name))
    }
    self.begun = begun.sorted { $0.since < $1.since }
    self.troubled = troubled
    guard let survey = window?.newest.bindingSurvey else { return }
    for binding in survey.bindings {
      guard let queue = binding.queue, troubled.contains(queue) else { continue }
      exchanges[queue, default: []].insert(binding.exchange)
      fed[binding.exchange] = []
    }
    if fed.isEmpty { return }
    for binding in survey.bindings {
      if let queue = binding.queue { fed[binding.exchange]?.insert(queue) }
    }
  }

  /// Says what began with a trouble of a queue.
  ///
  /// - Parameter finding: One of those that this was made of.
  /// - Returns: Empty where nothing can be said.
  func words(for finding: Finding) -> String {
    guard finding.rule.severity != .note, let since = finding.since,
      let queue = finding.subject.queue
    else { return "" }
    let others = others(besides: .queue(queue), at: since)
    if others.isEmpty { return "isolated: nothing else came into trouble with it\(healthy(queue))" }
    let seconds = Int(Limits.togetherSeconds)
    if others.count > Limits.reachQueues {
      return "not alone: more than \(Limits.reachQueues) others began within \(seconds) s of it"
    }
    let names = others.map(\.shown)
    let said =
      names.count <= 3 ? names.joined(separator: ", ") : "\(Format.count(names.count)) others"
    let queues = [queue] + others.compactMap(\.queue)
    return "not alone: \(said) began within \(seconds) s of it\(shared(queues))"
  }

  /// At most one more than ``Limits/reachQueues``, the oldest first.
  private func others(besides own: Name, at since: Instant) -> [Name] {
    var (low, high) = (0, begun.count)
    while low < high {
      let middle = (low + high) / 2
      if since.seconds(since: begun[middle].since) > Limits.togetherSeconds {
        low = middle + 1
      } else {
        high = middle
      }
    }
    var seen: Set<Name> = [own]
    var others: [Name] = []
    while low < begun.count,
      begun[low].since.seconds(since: since) <= Limits.togetherSeconds,
      others.count <= Limits.reachQueues
    {
      if seen.insert(begun[low].name).inserted { others.append(begun[low].name) }
      low += 1
    }
    return others
  }

  /// Says that the other queues of its exchange are well, where there are some.
  private func healthy(_ queue: QueueIdentity) -> String {
    let shared = (exchanges[queue] ?? []).filter { (fed[$0]?.count ?? 0) > 1 }
    guard let exchange = shared.first, shared.count == 1, let queues = fed[exchange],
      queues.allSatisfy({ $0 == queue || !troubled.contains($0) })
    else { return "" }
    return queues.count == 2
      ? "; the other queue of exchange \(exchange.shownName) is well"
      : "; the \(queues.count - 1) other queues of exchange \(exchange.shownName) are well"
  }

  // MARK: What they share

  /// Says what queues in trouble have in common, the narrowest first.
  private func shared(_ queues: [QueueIdentity]) -> String {
    guard queues.count > 1, let window else { return "" }
    let all = queues.count == 2 ? "both queues" : "all \(queues.count) queues"
    let consumed = queues.map { consumers(of: $0, in: window) }
    if !consumed.contains(where: \.isEmpty) {
      let verb = consumed.contains(where: \.isGone) ? "were" : "are"
      let connections = common(consumed.map { Set($0.connections.keys) })
      if let connection = connections.min(), let name = consumed[0].connections[connection] {
        return "; \(all) \(verb) consumed over connection \(name)"
      }
      if let host = common(consumed.map(\.hosts)).min(), !isOnlyHost(host, in: window) {
        return "; \(all) \(verb) consumed from \(host)"
      }
    }
    let sources = common(queues.map { exchanges[$0] ?? [] })
    guard let exchange = sources.min(by: { $0.shownName < $1.shownName }) else { return "" }
    let count = fed[exchange]?.count ?? queues.count
    let which =
      count == queues.count ? "its only queues" : "\(queues.count) of its \(count) queues"
    return "; \(all) are bound to exchange \(exchange.shownName), \(which)"
  }

  private func common<Element: Hashable>(_ sets: [Set<Element>]) -> Set<Element> {
    guard var common = sets.first else { return [] }
    for set in sets.dropFirst() { common.formIntersection(set) }
    return common
  }

  /// Where a queue is consumed, or was when the last consumer left.
  private struct Consumers {
    var connections: [UInt64: String] = [:]
    var hosts: Set<String> = []
    var isGone = false

    var isEmpty: Bool { connections.isEmpty }
  }

  private func consumers(of queue: QueueIdentity, in window: Window) -> Consumers {
    var consumers = Consumers()
    guard let place = window.newest.place(of: queue) else { return consumers }
    for consumer in window.consumers(ofQueue: place).prefix(Limits.reachQueues) {
      guard let connection = window.connection(of: consumer) else { continue }
      consumers.connections[connection.identifier] = connection.placeName
      consumers.hosts.insert(PeerAddress.host(of: connection.peerAddress))
    }
    guard consumers.isEmpty, let departure = window.longTerm.departures[queue] else {
      return consumers
    }
    consumers.isGone = true
    for place in departure.connections {
      consumers.connections[place.identifier] = place.name
      if !place.host.isEmpty { consumers.hosts.insert(place.host) }
    }
    return consumers
  }

  /// Where all clients are on one machine, that machine says nothing.
  private func isOnlyHost(_ host: String, in window: Window) -> Bool {
    window.newest.connections.prefix(LongTerm.limit).allSatisfy {
      PeerAddress.host(of: $0.peerAddress) == host
    }
  }
}

extension BindingSnapshot {
  /// Where it starts.
  var exchange: ExchangeIdentity { ExchangeIdentity(virtualHost: virtualHost, name: source) }

  /// The queue it leads to; nil when that is an exchange.
  var queue: QueueIdentity? {
    guard case .queue(let name) = destination else { return nil }
    return QueueIdentity(virtualHost: virtualHost, name: name)
  }
}
