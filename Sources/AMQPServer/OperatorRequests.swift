import AMQP
import Broker
package import Telemetry

/// A message that a person publishes.
package struct OperatorMessage: Sendable, Hashable {
  package var virtualHost: String
  /// Empty for the default exchange.
  package var exchange: String
  package var routingKey: String
  /// By the names of the specification: `content_type`, `delivery_mode` and so on; those with an
  /// empty value are not set.
  package var properties: [WatchedDetails.Fact]
  /// A value that looks like a number, `true` or `false` is sent as one.
  package var headers: [WatchedDetails.Fact]
  package var body: [UInt8]
  /// How many times it is published.
  package var count: Int

  package init(
    virtualHost: String,
    exchange: String,
    routingKey: String,
    properties: [WatchedDetails.Fact] = [],
    headers: [WatchedDetails.Fact] = [],
    body: [UInt8] = [],
    count: Int = 1
  ) {
    self.virtualHost = virtualHost
    self.exchange = exchange
    self.routingKey = routingKey
    self.properties = properties
    self.headers = headers
    self.body = body
    self.count = count
  }
}

/// A queue that a person declares.
package struct QueueRequest: Sendable, Hashable {
  package var virtualHost: String
  package var name: String
  package var isDurable: Bool
  package var isAutoDelete: Bool
  package var arguments: [WatchedDetails.Fact]

  package init(
    virtualHost: String,
    name: String,
    isDurable: Bool = true,
    isAutoDelete: Bool = false,
    arguments: [WatchedDetails.Fact] = []
  ) {
    self.virtualHost = virtualHost
    self.name = name
    self.isDurable = isDurable
    self.isAutoDelete = isAutoDelete
    self.arguments = arguments
  }
}

/// An exchange that a person declares.
package struct ExchangeRequest: Sendable, Hashable {
  package var virtualHost: String
  package var name: String
  /// As clients name it: `direct`, `fanout`, `topic`, ...
  package var type: String
  package var isDurable: Bool
  package var isAutoDelete: Bool
  package var isInternal: Bool
  package var arguments: [WatchedDetails.Fact]

  package init(
    virtualHost: String,
    name: String,
    type: String,
    isDurable: Bool = true,
    isAutoDelete: Bool = false,
    isInternal: Bool = false,
    arguments: [WatchedDetails.Fact] = []
  ) {
    self.virtualHost = virtualHost
    self.name = name
    self.type = type
    self.isDurable = isDurable
    self.isAutoDelete = isAutoDelete
    self.isInternal = isInternal
    self.arguments = arguments
  }
}

/// A binding that a person makes or takes away.
package struct BindingRequest: Sendable, Hashable {
  package var virtualHost: String
  /// The exchange it starts from.
  package var source: String
  package var destination: BindingSnapshot.Destination
  package var routingKey: String
  package var arguments: [WatchedDetails.Fact]

  package init(
    virtualHost: String,
    source: String,
    destination: BindingSnapshot.Destination,
    routingKey: String,
    arguments: [WatchedDetails.Fact] = []
  ) {
    self.virtualHost = virtualHost
    self.source = source
    self.destination = destination
    self.routingKey = routingKey
    self.arguments = arguments
  }
}

extension [WatchedDetails.Fact] {
  /// As field values of the types that the texts look like.
  func table(of kind: String) -> Result<FieldTable, OperationRefusal> {
    FieldTable.typed(map { ($0.name, $0.value) }, kind)
  }
}
