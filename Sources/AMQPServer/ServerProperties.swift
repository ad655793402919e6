import AMQP

/// What `connection.start` says of the server (AMQP 0-9-1, connection.start.server-properties).
///
/// Clients use RabbitMQ's extensions, or expect its answers, only where `product` and `version`
/// say RabbitMQ (AnyEvent::RabbitMQ asks for it before confirm.select, amqpy before it expects
/// that a queue that is not there can be deleted). The version is the one whose behaviour is
/// recorded in `Tests/AMQPServerTests/Behaviour`; a person finds Sluice in the other properties.
enum ServerProperties {
  static let table: FieldTable = [
    "product": .text("RabbitMQ"),
    "version": .text("3.10.8"),
    "platform": .text("Sluice (Swift)"),
    "copyright": .text("Copyright (c) the authors of Sluice"),
    "information": .text("Sluice, a broker for developers that answers as RabbitMQ 3.10.8 does"),
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
