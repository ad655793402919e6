/// The exchange types this broker knows, by their names on the wire.
package enum ExchangeType: String, Sendable, CaseIterable {
  case direct
  case fanout
  case topic
  case headers
  /// RabbitMQ's consistent hash exchange plugin.
  case consistentHash = "x-consistent-hash"
  /// RabbitMQ's random exchange plugin.
  case random = "x-random"
  /// RabbitMQ's delayed message exchange plugin.
  case delayed = "x-delayed-message"
}
