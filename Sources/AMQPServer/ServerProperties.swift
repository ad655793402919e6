import AMQP

/// What `connection.start` says of the server (AMQP 0-9-1, connection.start.server-properties).
enum ServerProperties {
  static let table: FieldTable = [
    "product": .text("Sluice"),
    "version": .text("0.1.0"),
    "platform": .text("Swift"),
    "capabilities": .table([
      "publisher_confirms": .boolean(true),
      "basic.nack": .boolean(true),
      "consumer_cancel_notify": .boolean(true),
      "connection.blocked": .boolean(true),
      "authentication_failure_close": .boolean(true),
      "per_consumer_qos": .boolean(true),
    ]),
  ]
}
