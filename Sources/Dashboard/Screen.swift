import Telemetry

/// What fills the terminal.
enum Screen: Sendable, Hashable {
  case overview
  case queues
  case exchanges
  case consumers
  case connections
  case lab
  case events
  case queue(QueueIdentity)
  case exchange(ExchangeIdentity)
  case consumer(UInt64)
  case connection(UInt64)
  /// Nil shows how everything hangs together.
  case topology(Subject)
  case help

  /// The screens that have a number, in its order.
  static let numbered: [Screen] = [
    .overview, .queues, .exchanges, .consumers, .connections, .lab, .events,
  ]

  var place: KeyBinding.Place {
    switch self {
    case .overview: .overview
    case .queues: .queues
    case .exchanges: .exchanges
    case .consumers: .consumers
    case .connections: .connections
    case .lab: .lab
    case .events: .events
    case .queue: .queue
    case .exchange: .exchange
    case .consumer: .consumer
    case .connection: .connection
    case .topology: .topology
    case .help: .help
    }
  }

  /// The panels that can have the keys, in the order of Tab.
  ///
  /// - Parameters:
  ///   - hasLab: Whether a scenario runs.
  ///   - hasNodes: Whether the broker is elsewhere; beside a lab its nodes stand in the place of the
  ///     exchanges then.
  /// - Returns: The panels.
  func panels(hasLab: Bool, hasNodes: Bool) -> [Panel] {
    switch self {
    case .overview:
      switch (hasLab, hasNodes) {
      case (true, true): [.queues, .consumers, .lab, .events, .verdict]
      case (true, false): [.queues, .consumers, .lab, .events, .exchanges, .verdict]
      case (false, _): [.queues, .consumers, .events, .exchanges, .verdict]
      }
    case .queues: [.queues]
    case .exchanges: [.exchanges]
    case .consumers: [.consumers]
    case .connections: [.connections]
    case .lab: [.services, .ledger, .lesson, .faults, .ways]
    case .events: [.events]
    case .queue: [.consumers, .bindings, .messages, .events]
    case .exchange: [.bindings, .publishers, .messages, .events]
    case .consumer: [.held, .events]
    case .connection: [.channels, .consumers, .events]
    case .topology: [.topology]
    case .help: []
    }
  }

  var subject: Subject {
    switch self {
    case .overview, .queues, .exchanges, .consumers, .connections, .lab, .events, .help:
      .everything
    case .queue(let identity): .queue(identity)
    case .exchange(let identity): .exchange(identity)
    case .consumer(let identifier): .consumer(identifier)
    case .connection(let identifier): .connection(identifier)
    case .topology(let subject): subject
    }
  }

  /// What the broker must tell more about while this is shown.
  var watch: Watch {
    switch self {
    case .topology: .topology
    case .queue, .exchange, .consumer, .connection: subject.watch
    case .overview, .queues, .exchanges, .consumers, .connections, .lab, .events, .help: .nothing
    }
  }

  /// Whether it has its own tables' trouble and names, and not those of one thing.
  var isDetail: Bool {
    switch self {
    case .queue, .exchange, .consumer, .connection: true
    case .overview, .queues, .exchanges, .consumers, .connections, .lab, .events, .topology, .help:
      false
    }
  }

  /// Its name in the line of screens.
  var title: String {
    switch self {
    case .overview: "Overview"
    case .queues: "Queues"
    case .exchanges: "Exchanges"
    case .consumers: "Consumers"
    case .connections: "Connections"
    case .lab: "Lab"
    case .events: "Events"
    case .queue: "queue"
    case .exchange: "exchange"
    case .consumer: "consumer"
    case .connection: "connection"
    case .topology: "topology"
    case .help: "help"
    }
  }
}

extension Subject {
  /// What the broker is told to watch for it.
  var watch: Watch {
    switch self {
    case .everything: .nothing
    case .queue(let queue): .queue(virtualHost: queue.virtualHost, name: queue.name)
    case .exchange(let exchange):
      .exchange(virtualHost: exchange.virtualHost, name: exchange.name)
    case .consumer(let identifier): .consumer(identifier: identifier)
    case .connection(let identifier): .connection(identifier: identifier)
    }
  }
}
