import AMQP

// The classes that move messages; see ``ReferenceVector/all`` for where the bytes come from.
extension ReferenceVector {
  static let queue: [ReferenceVector] = [
    ReferenceVector(
      .method(
        channel: 1,
        .queueDeclare(
          QueueDeclare(
            queue: "orders",
            passive: false,
            durable: true,
            exclusive: false,
            autoDelete: true,
            noWait: false,
            arguments: ["x-message-ttl": .signed32(60000), "x-dead-letter-exchange": .text("dead")]
          )
        )
      ),
      """
      0100 0100 0000 4500 3200 0a00 0006 6f72 6465 7273 0a00 0000 330d 782d 6d65 7373 6167
      652d 7474 6c49 0000 ea60 1678 2d64 6561 642d 6c65 7474 6572 2d65 7863 6861 6e67 6553
      0000 0004 6465 6164 ce
      """
    ),
    ReferenceVector(
      .method(
        channel: 1,
        .queueDeclareOk(QueueDeclareOk(queue: "orders", messageCount: 70_000, consumerCount: 3))
      ),
      "0100 0100 0000 1300 3200 0b06 6f72 6465 7273 0001 1170 0000 0003 ce"
    ),
    ReferenceVector(
      .method(
        channel: 1,
        .queueBind(
          QueueBind(
            queue: "orders",
            exchange: "amq.topic",
            routingKey: "order.#",
            noWait: true,
            arguments: [:]
          )
        )
      ),
      """
      0100 0100 0000 2400 3200 1400 0006 6f72 6465 7273 0961 6d71 2e74 6f70 6963 076f 7264
      6572 2e23 0100 0000 00ce
      """
    ),
    ReferenceVector(
      .method(channel: 1, .queueBindOk(QueueBindOk())),
      "0100 0100 0000 0400 3200 15ce"
    ),
    ReferenceVector(
      .method(channel: 1, .queuePurge(QueuePurge(queue: "orders", noWait: true))),
      "0100 0100 0000 0e00 3200 1e00 0006 6f72 6465 7273 01ce"
    ),
    ReferenceVector(
      .method(channel: 1, .queuePurgeOk(QueuePurgeOk(messageCount: 12))),
      "0100 0100 0000 0800 3200 1f00 0000 0cce"
    ),
    ReferenceVector(
      .method(
        channel: 1,
        .queueDelete(QueueDelete(queue: "orders", ifUnused: false, ifEmpty: true, noWait: false))
      ),
      "0100 0100 0000 0e00 3200 2800 0006 6f72 6465 7273 02ce"
    ),
    ReferenceVector(
      .method(channel: 1, .queueDeleteOk(QueueDeleteOk(messageCount: 12))),
      "0100 0100 0000 0800 3200 2900 0000 0cce"
    ),
    ReferenceVector(
      .method(
        channel: 1,
        .queueUnbind(
          QueueUnbind(
            queue: "orders",
            exchange: "amq.topic",
            routingKey: "order.#",
            arguments: ["x-message-ttl": .signed32(60000), "x-dead-letter-exchange": .text("dead")]
          )
        )
      ),
      """
      0100 0100 0000 5600 3200 3200 0006 6f72 6465 7273 0961 6d71 2e74 6f70 6963 076f 7264
      6572 2e23 0000 0033 0d78 2d6d 6573 7361 6765 2d74 746c 4900 00ea 6016 782d 6465 6164
      2d6c 6574 7465 722d 6578 6368 616e 6765 5300 0000 0464 6561 64ce
      """
    ),
    ReferenceVector(
      .method(channel: 1, .queueUnbindOk(QueueUnbindOk())),
      "0100 0100 0000 0400 3200 33ce"
    ),
  ]

  static let basic: [ReferenceVector] = [
    ReferenceVector(
      .method(channel: 1, .basicQos(BasicQos(prefetchSize: 0, prefetchCount: 300, global: true))),
      "0100 0100 0000 0b00 3c00 0a00 0000 0001 2c01 ce"
    ),
    ReferenceVector(
      .method(channel: 1, .basicQosOk(BasicQosOk())),
      "0100 0100 0000 0400 3c00 0bce"
    ),
    ReferenceVector(
      .method(
        channel: 1,
        .basicConsume(
          BasicConsume(
            queue: "orders",
            consumerTag: "ctag1.a",
            noLocal: true,
            noAck: false,
            exclusive: true,
            noWait: false,
            arguments: ["x-priority": .signed32(10)]
          )
        )
      ),
      """
      0100 0100 0000 2a00 3c00 1400 0006 6f72 6465 7273 0763 7461 6731 2e61 0500 0000 100a
      782d 7072 696f 7269 7479 4900 0000 0ace
      """
    ),
    ReferenceVector(
      .method(channel: 1, .basicConsumeOk(BasicConsumeOk(consumerTag: "ctag1.a"))),
      "0100 0100 0000 0c00 3c00 1507 6374 6167 312e 61ce"
    ),
    ReferenceVector(
      .method(channel: 1, .basicCancel(BasicCancel(consumerTag: "ctag1.a", noWait: true))),
      "0100 0100 0000 0d00 3c00 1e07 6374 6167 312e 6101 ce"
    ),
    ReferenceVector(
      .method(channel: 1, .basicCancelOk(BasicCancelOk(consumerTag: "ctag1.a"))),
      "0100 0100 0000 0c00 3c00 1f07 6374 6167 312e 61ce"
    ),
    ReferenceVector(
      .method(
        channel: 1,
        .basicPublish(
          BasicPublish(exchange: "logs", routingKey: "info", mandatory: true, immediate: false)
        )
      ),
      "0100 0100 0000 1100 3c00 2800 0004 6c6f 6773 0469 6e66 6f01 ce"
    ),
    ReferenceVector(
      .method(
        channel: 1,
        .basicReturn(
          BasicReturn(replyCode: 312, replyText: "NO_ROUTE", exchange: "logs", routingKey: "info")
        )
      ),
      "0100 0100 0000 1900 3c00 3201 3808 4e4f 5f52 4f55 5445 046c 6f67 7304 696e 666f ce"
    ),
    ReferenceVector(
      .method(
        channel: 1,
        .basicDeliver(
          BasicDeliver(
            consumerTag: "ctag1.a",
            deliveryTag: 1_099_511_627_777,
            redelivered: true,
            exchange: "logs",
            routingKey: "info"
          )
        )
      ),
      """
      0100 0100 0000 1f00 3c00 3c07 6374 6167 312e 6100 0001 0000 0000 0101 046c 6f67 7304
      696e 666f ce
      """
    ),
    ReferenceVector(
      .method(channel: 1, .basicGet(BasicGet(queue: "orders", noAck: true))),
      "0100 0100 0000 0e00 3c00 4600 0006 6f72 6465 7273 01ce"
    ),
    ReferenceVector(
      .method(
        channel: 1,
        .basicGetOk(
          BasicGetOk(
            deliveryTag: 7,
            redelivered: false,
            exchange: "logs",
            routingKey: "info",
            messageCount: 41
          )
        )
      ),
      """
      0100 0100 0000 1b00 3c00 4700 0000 0000 0000 0700 046c 6f67 7304 696e 666f 0000 0029
      ce
      """
    ),
    ReferenceVector(
      .method(channel: 1, .basicGetEmpty(BasicGetEmpty())),
      "0100 0100 0000 0500 3c00 4800 ce"
    ),
    ReferenceVector(
      .method(channel: 1, .basicAck(BasicAck(deliveryTag: 9, multiple: true))),
      "0100 0100 0000 0d00 3c00 5000 0000 0000 0000 0901 ce"
    ),
    ReferenceVector(
      .method(channel: 1, .basicReject(BasicReject(deliveryTag: 9, requeue: false))),
      "0100 0100 0000 0d00 3c00 5a00 0000 0000 0000 0900 ce"
    ),
    ReferenceVector(
      .method(channel: 1, .basicNack(BasicNack(deliveryTag: 9, multiple: false, requeue: true))),
      "0100 0100 0000 0d00 3c00 7800 0000 0000 0000 0902 ce"
    ),
    ReferenceVector(
      .method(channel: 1, .basicRecoverAsync(BasicRecoverAsync(requeue: true))),
      "0100 0100 0000 0500 3c00 6401 ce"
    ),
    ReferenceVector(
      .method(channel: 1, .basicRecover(BasicRecover(requeue: true))),
      "0100 0100 0000 0500 3c00 6e01 ce"
    ),
    ReferenceVector(
      .method(channel: 1, .basicRecoverOk(BasicRecoverOk())),
      "0100 0100 0000 0400 3c00 6fce"
    ),
  ]

  static let tx: [ReferenceVector] = [
    ReferenceVector(
      .method(channel: 3, .txSelect(TxSelect())),
      "0100 0300 0000 0400 5a00 0ace"
    ),
    ReferenceVector(
      .method(channel: 3, .txSelectOk(TxSelectOk())),
      "0100 0300 0000 0400 5a00 0bce"
    ),
    ReferenceVector(
      .method(channel: 3, .txCommit(TxCommit())),
      "0100 0300 0000 0400 5a00 14ce"
    ),
    ReferenceVector(
      .method(channel: 3, .txCommitOk(TxCommitOk())),
      "0100 0300 0000 0400 5a00 15ce"
    ),
    ReferenceVector(
      .method(channel: 3, .txRollback(TxRollback())),
      "0100 0300 0000 0400 5a00 1ece"
    ),
    ReferenceVector(
      .method(channel: 3, .txRollbackOk(TxRollbackOk())),
      "0100 0300 0000 0400 5a00 1fce"
    ),
  ]

  static let confirm: [ReferenceVector] = [
    ReferenceVector(
      .method(channel: 3, .confirmSelect(ConfirmSelect(noWait: true))),
      "0100 0300 0000 0500 5500 0a01 ce"
    ),
    ReferenceVector(
      .method(channel: 3, .confirmSelectOk(ConfirmSelectOk())),
      "0100 0300 0000 0400 5500 0bce"
    ),
  ]
}
