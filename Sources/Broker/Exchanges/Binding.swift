package import AMQP
import struct NIOCore.ByteBuffer

/// A rule by which an exchange hands messages to a queue or to another exchange.
///
/// Two bindings that differ only in their arguments are two bindings (AMQP 0-9-1 section 3.1.4).
/// Arguments compare by their bytes, in any order: a number that is not equal to itself (NaN) would
/// otherwise make a binding that nobody can take away.
final class Binding: Hashable {
  let destination: Destination
  let key: Name
  /// Sorted by name, as the headers exchange compares them.
  let arguments: FieldTable
  private let argumentBytes: [UInt8]
  /// Counts up over the bindings of one exchange, 0 before it is one; what goes by order goes by
  /// this.
  var number: UInt64 = 0
  /// Messages that it matched; those that went along a route which is still in use are counted
  /// there, see ``Route/credit()``.
  var hits: UInt64 = 0
  /// In nanoseconds of the broker's clock.
  var createdAt: Int64 = 0

  init(to destination: Destination, key: Name, arguments: FieldTable) {
    self.destination = destination
    self.key = key
    self.arguments = arguments.sortedByKey
    var buffer = ByteBuffer()
    self.arguments.encodeEntries(into: &buffer)
    argumentBytes = Array(buffer.readableBytesView)
  }

  static func == (left: Binding, right: Binding) -> Bool {
    left.destination == right.destination && left.key == right.key
      && left.argumentBytes == right.argumentBytes
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(destination)
    hasher.combine(key)
    hasher.combine(argumentBytes)
  }
}

/// Where a binding leads.
enum Destination: Hashable {
  case queue(Queue)
  case exchange(Exchange)

  var identifier: ObjectIdentifier {
    switch self {
    case .queue(let queue): ObjectIdentifier(queue)
    case .exchange(let exchange): ObjectIdentifier(exchange)
    }
  }

  /// Whether a binding to it survives a restart, if the exchange does.
  var isDurable: Bool {
    switch self {
    case .queue(let queue): queue.isStored
    case .exchange(let exchange): exchange.isDurable
    }
  }

  var name: Name {
    switch self {
    case .queue(let queue): queue.name
    case .exchange(let exchange): exchange.name
    }
  }

  static func == (left: Destination, right: Destination) -> Bool {
    left.identifier == right.identifier
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(identifier)
  }
}

/// A binding as it is exported and shown.
package struct BindingDescription: Sendable, Hashable {
  /// The exchange that it is of.
  package var source: Name
  package var destinationKind: DestinationKind
  package var destination: Name
  package var routingKey: Name
  /// Sorted by name.
  package var arguments: FieldTable

  package init(
    source: Name,
    destinationKind: DestinationKind,
    destination: Name,
    routingKey: Name,
    arguments: FieldTable
  ) {
    self.source = source
    self.destinationKind = destinationKind
    self.destination = destination
    self.routingKey = routingKey
    self.arguments = arguments
  }

  /// What a binding leads to, by RabbitMQ's word for it.
  package enum DestinationKind: String, Sendable {
    case queue
    case exchange
  }
}

extension FieldTable {
  /// With the entries sorted by name, equal names in their order.
  var sortedByKey: FieldTable {
    if entries.count < 2 { return self }
    // The standard sort keeps the order of equal elements in practice, but does not promise it.
    let sorted = entries.enumerated().sorted { left, right in
      (left.element.key, left.offset) < (right.element.key, right.offset)
    }
    return FieldTable(entries: sorted.map(\.element))
  }
}
