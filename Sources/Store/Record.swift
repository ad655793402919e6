// Safe: a record's parts are borrowed, from the message that is appended or from the bytes that were
// read, and nobody keeps them beyond the call that they were handed to.

/// A message as the log holds it.
package struct MessageRecord {
  /// Whether it survives a restart; the log also holds what only makes room in memory.
  package var isPersistent: Bool
  /// When it entered its queues, in milliseconds since 1970.
  package var enteredAt: Int64
  /// What the broker wants to remember of it without reading it again.
  package var notes: UInt16
  /// The numbers of its queues.
  package var queues: [UInt32]
  /// At most 255 bytes.
  package var exchange: UnsafeRawBufferPointer
  /// At most 255 bytes.
  package var routingKey: UnsafeRawBufferPointer
  /// Property flags and list (AMQP 0-9-1 section 4.2.6.1).
  package var properties: UnsafeRawBufferPointer
  package var body: UnsafeRawBufferPointer

  package init(
    isPersistent: Bool,
    notes: UInt16 = 0,
    enteredAt: Int64,
    queues: [UInt32],
    exchange: UnsafeRawBufferPointer,
    routingKey: UnsafeRawBufferPointer,
    properties: UnsafeRawBufferPointer,
    body: UnsafeRawBufferPointer
  ) {
    self.isPersistent = isPersistent
    self.notes = notes
    self.enteredAt = enteredAt
    self.queues = queues
    self.exchange = exchange
    self.routingKey = routingKey
    self.properties = properties
    self.body = body
  }

  /// The length of its payload in the log.
  var payloadBytes: Int {
    8 + 4 * queues.count + 1 + exchange.count + 1 + routingKey.count + 4 + properties.count
      + body.count
  }
}

/// What a record is.
enum RecordKind: UInt8 {
  case message = 1
  case group = 2
  case nothing = 3
}

/// One record as it was read.
enum Record {
  case message(MessageRecord)
  /// All before this position was durable when the group was begun.
  case group(durable: Position)
  /// Messages were there that have left all their queues.
  case nothing(bytes: Int)
}
