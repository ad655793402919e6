import AMQP
package import struct NIOCore.ByteBuffer
import Telemetry

/// One change of what survives a restart beside messages.
///
/// Written down as a field table of AMQP 0-9-1 (section 4.2.5.5), which keeps names and arguments to
/// the byte. The members are `change`, one of the cases' names, and:
///
///     queue        number, vhost, name, auto_delete, arguments
///     queue_gone   number
///     exchange     vhost, name, type, auto_delete, internal, arguments, number (0 for most)
///     exchange_gone   vhost, name
///     binding, binding_gone   vhost, source, kind, destination, key, arguments
///     management   users, permissions, policies and so on: whoever writes it down knows how
enum DurableChange {
  case queue(Queue)
  case queueGone(Queue)
  case exchange(Exchange)
  case exchangeGone(Exchange)
  case binding(Binding, of: Exchange)
  case bindingGone(Binding, of: Exchange)
  case management

  fileprivate var table: FieldTable {
    switch self {
    case .queue(let queue):
      [
        "change": .text("queue"), "number": .signed64(Int64(queue.storeNumbers[0])),
        "vhost": .text(queue.host.name), "name": .string(queue.name.bytes),
        "auto_delete": .boolean(queue.isAutoDelete), "arguments": .table(queue.arguments),
      ]
    case .queueGone(let queue):
      ["change": .text("queue_gone"), "number": .signed64(Int64(queue.storeNumbers[0]))]
    case .exchange(let exchange):
      [
        "change": .text("exchange"), "vhost": .text(exchange.host.name),
        "name": .string(exchange.name.bytes), "type": .text(exchange.type.rawValue),
        "auto_delete": .boolean(exchange.isAutoDelete),
        "internal": .boolean(exchange.isInternal), "arguments": .table(exchange.arguments),
        "number": .signed64(Int64(exchange.storeNumber ?? 0)),
      ]
    case .exchangeGone(let exchange):
      [
        "change": .text("exchange_gone"), "vhost": .text(exchange.host.name),
        "name": .string(exchange.name.bytes),
      ]
    case .binding(let binding, let exchange):
      binding.table(of: exchange, change: "binding")
    case .bindingGone(let binding, let exchange):
      binding.table(of: exchange, change: "binding_gone")
    case .management:
      ["change": .text("management")]
    }
  }
}

extension Binding {
  fileprivate func table(of exchange: Exchange, change: String) -> FieldTable {
    let kind: BindingDescription.DestinationKind =
      if case .queue = destination { .queue } else { .exchange }
    return [
      "change": .text(change), "vhost": .text(exchange.host.name),
      "source": .string(exchange.name.bytes), "kind": .text(kind.rawValue),
      "destination": .string(destination.name.bytes), "key": .string(key.bytes),
      "arguments": .table(arguments),
    ]
  }
}

/// What survives a restart: written down as it changes, and made again from that.
extension Broker {
  /// Notes a change; nobody wants it when nothing is kept.
  func noteDurable(_ change: DurableChange) {
    guard store != nil else { return }
    if case .management = change, case .management? = durableChanges.last { return }
    durableChanges.append(change)
  }

  func noteDurable(_ binding: Binding, of exchange: Exchange, isGone: Bool = false) {
    guard exchange.isDurable, binding.destination.isDurable else { return }
    noteDurable(isGone ? .bindingGone(binding, of: exchange) : .binding(binding, of: exchange))
  }

  /// Whether ``takeDurableChanges(management:)`` has any.
  package var hasDurableChanges: Bool { !durableChanges.isEmpty }

  /// What is to be written down since this was asked for last, in order.
  ///
  /// `management` makes the value of its member `content`.
  package func takeDurableChanges(management: () -> [UInt8]) -> [ByteBuffer] {
    defer { forgetDurableChanges() }
    return durableChanges.map { encoded($0, management) }
  }

  private func forgetDurableChanges() {
    durableChanges = []
    hostsOfChanges = []
  }

  /// All that survives a restart, as if it had been made just now.
  package func allDurable(management: () -> [UInt8]) -> [ByteBuffer] {
    var changes = [DurableChange.management]
    for host in hosts.values.sorted(by: { $0.name < $1.name }) {
      let exchanges = host.exchanges.values.sorted { $0.name < $1.name }.filter(\.isDurable)
      changes += exchanges.filter { !$0.isPredeclared }.map { .exchange($0) }
      changes += host.queues.values.filter(\.isStored).sorted { $0.number < $1.number }
        .map { .queue($0) }
      for exchange in exchanges {
        changes += exchange.sortedBindings.filter(\.destination.isDurable)
          .map { .binding($0, of: exchange) }
      }
    }
    return changes.map { encoded($0, management) }
  }

  private func encoded(_ change: DurableChange, _ management: () -> [UInt8]) -> ByteBuffer {
    var table = change.table
    if case .management = change {
      table.entries.append(.init(key: "content", value: .string(management())))
    }
    var buffer = ByteBuffer()
    table.encode(into: &buffer)
    return buffer
  }

  /// The content of a change of management; nil for other changes.
  package static func management(in change: ByteBuffer) -> [UInt8]? {
    var buffer = change
    // What cannot be read is no change of management, and `replay` says so.
    guard let table = try? FieldTable(from: &buffer), table["change"]?.text == "management",
      case .string(let content)? = table["content"]
    else { return nil }
    return content
  }

  /// Makes a change of exchanges, queues and bindings again.
  ///
  /// - Returns: false when it cannot be read or made; then something is missing.
  package func replay(_ change: ByteBuffer) -> Bool {
    var buffer = change
    // The caller counts what cannot be read.
    guard let table = try? FieldTable(from: &buffer), let kind = table["change"]?.text else {
      return false
    }
    switch kind {
    case "queue": return replayQueue(table)
    case "queue_gone":
      let number = UInt32(clamping: table["number"]?.integer ?? 0)
      if let queue = restoredQueues.removeValue(forKey: number) { remove(queue) }
      return true
    case "exchange": return replayExchange(table)
    case "exchange_gone":
      guard let host = hosts[table.text("vhost")] else { return true }
      if let exchange = host.exchanges[table.name("name")] {
        if let number = exchange.storeNumber { restoredExchanges[number] = nil }
        remove(exchange)
      }
      return true
    case "binding": return replayBinding(table)
    case "binding_gone": return replayUnbinding(table)
    case "management": return true
    default: return false
    }
  }

  private func replayQueue(_ table: FieldTable) -> Bool {
    // What was in a virtual host that is gone is gone.
    guard let host = hosts[table.text("vhost")] else { return true }
    guard let number = table["number"]?.integer, number > 0, number <= Int64(UInt32.max) else {
      return false
    }
    let declaration = QueueDeclaration(
      name: table.name("name"),
      isDurable: true,
      isAutoDelete: table["auto_delete"] == .boolean(true),
      arguments: table.table("arguments")
    )
    store?.noteQueueNumber(UInt32(number))
    if let existing = host.queues[declaration.name] { remove(existing) }
    restoredQueues[UInt32(number)] = create(
      declaration,
      in: host,
      owner: nil,
      storeNumber: UInt32(number)
    )
    return true
  }

  private func replayExchange(_ table: FieldTable) -> Bool {
    guard let host = hosts[table.text("vhost")] else { return true }
    guard let type = ExchangeType(rawValue: table.text("type")) else { return false }
    let declaration = ExchangeDeclaration(
      name: table.name("name"),
      type: type,
      isDurable: true,
      isAutoDelete: table["auto_delete"] == .boolean(true),
      isInternal: table["internal"] == .boolean(true),
      arguments: table.table("arguments")
    )
    guard host.exchanges[declaration.name] == nil else { return true }
    let number = UInt32(clamping: table["number"]?.integer ?? 0)
    store?.noteQueueNumber(number)
    let refusal = declareExchange(
      declaration,
      in: host,
      storeNumber: number == 0 ? nil : number
    )
    if number > 0 { restoredExchanges[number] = host.exchanges[declaration.name] }
    return refusal == nil
  }

  private func replayBinding(_ table: FieldTable) -> Bool {
    guard let host = hosts[table.text("vhost")] else { return true }
    guard let description = table.binding else { return false }
    return importBinding(description, in: host) == nil
  }

  private func replayUnbinding(_ table: FieldTable) -> Bool {
    guard let host = hosts[table.text("vhost")] else { return true }
    guard let description = table.binding else { return false }
    guard let source = host.exchanges[description.source] else { return true }
    let destination: Destination? =
      switch description.destinationKind {
      case .queue: host.queues[description.destination].map { .queue($0) }
      case .exchange: host.exchanges[description.destination].map { .exchange($0) }
      }
    if let destination {
      _ = source.unbind(
        Binding(to: destination, key: description.routingKey, arguments: description.arguments)
      )
      topologyChanged()
    }
    return true
  }

  /// Forgets the users and the rest of management, to make all of it again.
  package func forgetManagement() {
    access.users = [:]
    access.permissions = [:]
    access.topicPermissions = [:]
    parameters = [:]
    accessChanged()
  }

  /// Forgets what the dashboard would show of a restart but for what went wrong, and what would be
  /// written down again.
  package func forgetReplay() {
    forgetDurableChanges()
    let problems = events.all.filter { $0.severity == .critical }
    events = EventLog()
    for problem in problems { record(.critical, problem.text) }
  }
}

extension FieldTable {
  fileprivate func text(_ key: String) -> String { self[key]?.text ?? "" }

  fileprivate func name(_ key: String) -> Name {
    if case .string(let bytes)? = self[key] { return Name(bytes) }
    return Name("")
  }

  fileprivate func table(_ key: String) -> FieldTable {
    if case .table(let table)? = self[key] { return table }
    return [:]
  }

  fileprivate var binding: BindingDescription? {
    guard let kind = BindingDescription.DestinationKind(rawValue: text("kind")) else { return nil }
    return BindingDescription(
      source: name("source"),
      destinationKind: kind,
      destination: name("destination"),
      routingKey: name("key"),
      arguments: table("arguments")
    )
  }
}
