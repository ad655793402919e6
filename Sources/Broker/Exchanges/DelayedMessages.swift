import AMQP
import HeapModule

/// The messages that a delayed exchange holds back, by the instants at which they are due.
///
/// - Complexity: O(log n) to add one and to take one out.
struct DelayedMessages {
  /// A message and the routing keys of its CC and BCC headers, of which the last is not in it any
  /// more.
  struct Held {
    let message: Message
    let copies: [Name]
  }

  private struct Entry: Comparable {
    let deadline: Int64
    let sequence: UInt64
    let held: Held

    static func == (left: Entry, right: Entry) -> Bool { left.sequence == right.sequence }

    static func < (left: Entry, right: Entry) -> Bool {
      (left.deadline, left.sequence) < (right.deadline, right.sequence)
    }
  }

  private var entries = Heap<Entry>()
  private var lastSequence: UInt64 = 0
  /// The earliest instant for which the broker's timers have this exchange; nil for none.
  var armedAt: Int64?

  static let typeArgument = "x-delayed-type"
  static let header = "x-delay"
  /// The longest delay, in milliseconds: the plugin's own limit.
  static let longestMilliseconds: Int64 = 4_294_967_295

  var count: Int { entries.count }
  var nextDeadline: Int64? { entries.min?.deadline }

  /// Adds a message; the caller's reference passes to this.
  mutating func add(_ held: Held, at deadline: Int64) {
    lastSequence += 1
    entries.insert(Entry(deadline: deadline, sequence: lastSequence, held: held))
  }

  /// Takes out the first message that is due; the reference passes to the caller.
  mutating func popDue(at now: Int64) -> Held? {
    guard let first = entries.min, first.deadline <= now else { return nil }
    return entries.popMin()?.held
  }

  /// Takes out all; the references pass to the caller.
  mutating func removeAll() -> [Message] {
    defer { entries = Heap() }
    return entries.unordered.map(\.held.message)
  }

  /// How long a message wants to be held back, in milliseconds; nil for not at all.
  static func delay(of addressing: Addressing) -> Int64? {
    guard
      addressing.message.traits.contains(.headers),
      let delay = addressing.properties.header(header).flatMap(milliseconds),
      delay > 0, delay <= longestMilliseconds
    else { return nil }
    return delay
  }

  /// The number in a header: whole, in text, or cut off at the point.
  static func milliseconds(_ value: FieldValue) -> Int64? {
    switch value {
    case .string(let bytes): Int64(String(decoding: bytes, as: UTF8.self))
    case .float(let number): Int64(exactly: number.rounded(.towardZero))
    case .double(let number): Int64(exactly: number.rounded(.towardZero))
    case .signed8, .unsigned8, .signed16, .unsigned16, .signed32, .unsigned32, .signed64:
      value.integer
    case .boolean, .decimal, .array, .timestamp, .table, .void, .bytes: nil
    }
  }
}
