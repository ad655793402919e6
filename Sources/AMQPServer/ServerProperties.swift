import AMQP

/// What `connection.start` says of the server (AMQP 0-9-1, connection.start.server-properties).
enum ServerProperties {
  static let table: FieldTable = [
    "product": .text("Sluice"),
    "version": .text("0.1.0"),
    "platform": .text("Swift"),
    "copyright": .text("Copyright (c) the authors of Sluice"),
    "information": .text("An AMQP 0-9-1 broker for developers, with RabbitMQ's extensions"),
    "cluster_name": .text("sluice"),
    "capabilities": .table([
      "publisher_confirms": .boolean(true),
      "exchange_exchange_bindings": .boolean(true),
      "basic.nack": .boolean(true),
      "consumer_cancel_notify": .boolean(true),
      "connection.blocked": .boolean(true),
      "consumer_priorities": .boolean(true),
      "authentication_failure_close": .boolean(true),
      "per_consumer_qos": .boolean(true),
      "direct_reply_to": .boolean(true),
    ]),
  ]
}
