import AMQP
import struct NIOCore.ByteBuffer

/// A rule by which an exchange hands messages to a queue.
///
/// Two bindings that differ only in their arguments are two bindings (AMQP 0-9-1 section 3.1.4).
/// Arguments compare by their bytes, in any order: a number that is not equal to itself (NaN) would
/// otherwise make a binding that nobody can take away.
struct Binding: Hashable {
  let queue: Queue
  let key: Name
  private let arguments: [UInt8]

  init(queue: Queue, key: Name, arguments: FieldTable) {
    self.queue = queue
    self.key = key
    var buffer = ByteBuffer()
    FieldTable(entries: arguments.entries.sorted { $0.key < $1.key }).encodeEntries(into: &buffer)
    self.arguments = Array(buffer.readableBytesView)
  }

  static func == (left: Binding, right: Binding) -> Bool {
    left.queue === right.queue && left.key == right.key && left.arguments == right.arguments
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(ObjectIdentifier(queue))
    hasher.combine(key)
    hasher.combine(arguments)
  }
}
