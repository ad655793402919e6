import AMQP

/// A rule by which an exchange hands messages to a queue.
///
/// Two bindings that differ only in their arguments are two bindings (AMQP 0-9-1 section 3.1.4).
struct Binding: Hashable {
  let queue: Queue
  let key: Name
  let arguments: FieldTable

  static func == (left: Binding, right: Binding) -> Bool {
    left.queue === right.queue && left.key == right.key && left.arguments == right.arguments
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(ObjectIdentifier(queue))
    hasher.combine(key)
  }
}
