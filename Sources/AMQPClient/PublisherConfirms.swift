import AMQP
import struct NIOCore.ByteBuffer

/// Which publishes of a confirming channel the server has not settled.
///
/// Tags count every publish since `confirm.select`; only those that somebody waits for are kept,
/// so the number of entries is the number of waiting tasks.
struct PublisherConfirms {
  /// A publish that somebody waits for.
  struct Entry {
    let message: OutgoingMessage
    let waiter: Waiter<Void>
    var returned: ReturnedMessage?
  }

  private(set) var isSelected = false
  private var nextTag: UInt64 = 1
  /// No tag below it has an entry.
  private var lowestTag: UInt64 = 1
  private var entries: [UInt64: Entry] = [:]

  var isEmpty: Bool { entries.isEmpty }

  /// The server counts from the first publish after the `confirm.select` that it sees first.
  mutating func select() {
    isSelected = true
  }

  /// Counts a publish; `entry` when somebody waits for its confirm.
  mutating func published(_ entry: Entry?) {
    guard isSelected else { return }
    if let entry { entries[nextTag] = entry }
    nextTag += 1
  }

  /// Takes the entries that an ack or nack settles, in order of their tags.
  mutating func settled(tag: UInt64, multiple: Bool) throws(Violation) -> [Entry] {
    guard isSelected, tag < nextTag, tag > 0 || multiple else {
      throw Violation(
        code: .commandInvalid,
        text: "a confirm of message \(tag) came when \(nextTag - 1) were published"
      )
    }
    guard multiple else {
      return entries.removeValue(forKey: tag).map { [$0] } ?? []
    }
    let last = tag == 0 ? nextTag - 1 : tag
    var settled: [Entry] = []
    while lowestTag <= last {
      if let entry = entries.removeValue(forKey: lowestTag) { settled.append(entry) }
      lowestTag += 1
    }
    return settled
  }

  /// Notes a returned message at the publish that it belongs to.
  ///
  /// A `basic.return` names no tag. The server returns in the order of publishing and before it
  /// confirms, so the oldest entry with the same content that has no return yet is meant.
  ///
  /// - Returns: false when nobody waits for such a message.
  mutating func returned(_ message: ReturnedMessage) -> Bool {
    let matching = entries.lazy.filter { $0.value.matches(message) }.map(\.key).min()
    guard let matching else { return false }
    entries[matching]?.returned = message
    return true
  }

  /// Takes every entry: none will be settled any more.
  mutating func removeAll() -> [Entry] {
    defer { entries = [:] }
    return entries.sorted { $0.key < $1.key }.map(\.value)
  }
}

extension PublisherConfirms.Entry {
  fileprivate func matches(_ candidate: ReturnedMessage) -> Bool {
    returned == nil && message.method.mandatory
      && message.method.exchange == candidate.exchange
      && message.method.routingKey == candidate.routingKey
      && message.properties == candidate.properties
      && message.body == candidate.body
  }
}
