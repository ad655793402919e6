import Diagnosis
import Telemetry

/// What the keys act on: the row under the cursor, and what the screen is about.
struct Target {
  var queue: QueueSnapshot?
  var exchange: ExchangeSnapshot?
  var consumer: SelectedConsumer?
  var connection: ConnectionSnapshot?
  var service: ServiceSnapshot?
  var binding: BindingSnapshot?
  var channel: ChannelSnapshot?
  var message: MessageSnapshot?
  var held: HeldMessage?
}

extension Model {
  /// What is under the cursor of the panel that has the keys.
  var target: Target {
    var target = subjectTarget
    switch focus {
    case .queues: target.queue = selectedQueue
    case .exchanges: target.exchange = selectedExchange
    case .consumers:
      target.consumer = selectedConsumer
      let connection = target.consumer?.consumer?.connectionIdentifier
      target.connection = target.connection ?? connection.flatMap { shownConnection($0) }
      if target.queue == nil, let consumer = target.consumer?.consumer {
        target.queue = shownQueue(
          QueueIdentity(virtualHost: consumer.virtualHost, name: consumer.queue)
        )
      }
    case .lab, .services: target.service = selectedService
    case .connections: target.connection = selectedRow(ConnectionRow.self, of: focus)?.connection
    case .bindings: target.binding = selectedRow(BindingRow.self, of: focus)?.binding
    case .messages: target.message = selectedRow(MessageRow.self, of: focus)?.message
    case .held:
      target.held = selectedRow(HeldRow.self, of: focus)?.held
    case .channels: target.channel = selectedRow(ChannelRow.self, of: focus)?.channel
    case .publishers:
      let publisher = selectedRow(PublisherRow.self, of: focus)?.publisher
      target.connection = publisher.flatMap { shownConnection($0.connectionIdentifier) }
    case .topology: addTopologyTarget(&target)
    case .ledger: target.queue = accountQueue
    case .verdict: target.queue = selectedProblem?.finding?.subject.queue.flatMap { shownQueue($0) }
    case .events, .ways, .lesson, .faults, .nodes: break
    }
    return target
  }

  /// What is under the cursor of what is wrong.
  var selectedProblem: Problem? {
    let problems = listedProblems
    let index = selectedIndex(of: .verdict)
    return problems.indices.contains(index) ? problems[index] : nil
  }

  /// What the screen is about.
  private var subjectTarget: Target {
    var target = Target()
    switch screen.subject {
    case .everything: break
    case .queue(let identity): target.queue = shownQueue(identity)
    case .exchange(let identity): target.exchange = shownExchange(identity)
    case .consumer(let identifier):
      target.consumer = shownConsumer(identifier)
      let consumer = target.consumer?.consumer
      target.connection = consumer.flatMap { shownConnection($0.connectionIdentifier) }
    case .connection(let identifier): target.connection = shownConnection(identifier)
    }
    return target
  }

  private func addTopologyTarget(_ target: inout Target) {
    let index = selectedIndex(of: .topology)
    guard topology.indices.contains(index) else { return }
    switch topology[index].thing {
    case .queue(let identity): target.queue = shownQueue(identity)
    case .exchange(let identity): target.exchange = shownExchange(identity)
    case .consumer(let identifier): target.consumer = shownConsumer(identifier)
    case .connection(let identifier): target.connection = shownConnection(identifier)
    case .everything: break
    }
  }

  var selectedQueue: QueueSnapshot? {
    selectedRow(QueueRow.self, of: .queues)?.queue
  }

  var selectedExchange: ExchangeSnapshot? {
    selectedRow(ExchangeRow.self, of: .exchanges)?.exchange
  }

  var selectedService: ServiceSnapshot? {
    let index = selectedIndex(of: focus == .services ? .services : .lab)
    guard let services = shown.lab?.services, services.indices.contains(index) else { return nil }
    return services[index]
  }

  /// A queue of the ledger.
  func selectedAccount(at index: Int) -> LabQueueSnapshot? {
    guard let queues = shown.lab?.queues, queues.indices.contains(index) else { return nil }
    return queues[index]
  }

  /// A fault that is in force.
  func activeFault(at index: Int) -> ActiveFault? {
    guard let faults = shown.lab?.faults, faults.indices.contains(index) else { return nil }
    return faults[index]
  }

  /// The broker's queue of the ledger's line under the cursor.
  private var accountQueue: QueueSnapshot? {
    guard let account = selectedAccount(at: selectedIndex(of: .ledger)) else { return nil }
    return shown.broker?.queues.first { $0.name == account.name }
  }

  var selectedConsumer: SelectedConsumer? {
    guard let place = place(of: .consumers, at: selectedIndex(of: .consumers)) else { return nil }
    return selected(shown.consumerRows[place])
  }

  func shownQueue(_ identity: QueueIdentity) -> QueueSnapshot? {
    shown.broker?.queues.first { $0.identity == identity }
  }

  func shownExchange(_ identity: ExchangeIdentity) -> ExchangeSnapshot? {
    shown.broker?.exchanges.first { $0.identity == identity }
  }

  func shownConnection(_ identifier: UInt64) -> ConnectionSnapshot? {
    shown.broker?.connections.first { $0.identifier == identifier }
  }

  func shownConsumer(_ identifier: UInt64) -> SelectedConsumer? {
    let row = shown.consumerRows.first { row in
      guard case .consumer(let place) = row.subject else { return false }
      return shown.broker?.consumers[place].identifier == identifier
    }
    return row.flatMap { selected($0) }
  }

  /// The consumers of a queue, with the services that should consume from it.
  func consumers(of queue: QueueIdentity) -> [SelectedConsumer] {
    guard let consumers = shown.broker?.consumers else { return [] }
    return shown.consumerRows.lazy.filter { row in
      switch row.subject {
      case .consumer(let index):
        consumers[index].queue == queue.name && consumers[index].virtualHost == queue.virtualHost
      case .absentService(let index):
        shown.lab?.services[index].queue == queue.name
      }
    }.compactMap { selected($0) }
  }

  func selected(_ row: ConsumerRow) -> SelectedConsumer? {
    switch row.subject {
    case .consumer(let index):
      guard let consumer = shown.broker?.consumers[index] else { return nil }
      return SelectedConsumer(
        consumer: consumer,
        service: row.service,
        name: row.service ?? consumer.shownName
      )
    case .absentService:
      guard let service = row.service else { return nil }
      return SelectedConsumer(consumer: nil, service: service, name: service)
    }
  }
}
