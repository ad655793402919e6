import DequeModule
import Store

/// The messages of one queue that are on the disk alone, in order.
///
/// An entry says where its record is, by the distance from the one before it, so that a message of a
/// few bytes takes two or three here:
///
///     varint  zigzag(distance in units of 8 bytes) << 2 | has a mark of its own << 1 | is paged
///     8 bytes the mark, where it is not the last one plus 1
///     varint  length of the body
///
/// - Complexity: O(1) on average at both ends.
final class PagedMessages {
  /// One message that is on the disk.
  struct Entry {
    var position: Position
    /// Its ``ReadyEntry``'s.
    var mark: UInt64
    var bodyBytes: Int
    /// Whether the record is there for this queue's sake, not for a restart.
    var isPaged: Bool
  }

  /// What the distance of the next entry is counted from.
  private struct Cursor {
    var place: UInt64 = 0
    var mark: UInt64 = 0
  }

  private var chunks: Deque<[UInt8]> = []
  /// The last chunk, which is still written to.
  private var tail: [UInt8] = []
  /// Where in the first chunk the next entry begins.
  private var offset = 0
  private var first = Cursor()
  private var last = Cursor()
  private(set) var count = 0
  /// Of all bodies.
  private(set) var bodyBytes = 0

  private static let chunkBytes = 4_096
  /// The longest entry: two varints and a mark.
  private static let entryBytes = 28

  func append(_ entry: Entry) {
    let place = entry.position.packed >> 3
    let distance = Int64(bitPattern: place &- last.place)
    let zigzag = UInt64(bitPattern: (distance << 1) ^ (distance >> 63))
    let hasMark = entry.mark != last.mark &+ 1
    if tail.count + Self.entryBytes > Self.chunkBytes {
      chunks.append(tail)
      tail = []
    }
    if tail.isEmpty { tail.reserveCapacity(Self.chunkBytes) }
    Self.write(zigzag << 2 | (hasMark ? 2 : 0) | (entry.isPaged ? 1 : 0), to: &tail)
    if hasMark {
      for shift in stride(from: 0, to: 64, by: 8) {
        tail.append(UInt8(truncatingIfNeeded: entry.mark >> UInt64(shift)))
      }
    }
    Self.write(UInt64(entry.bodyBytes), to: &tail)
    last = Cursor(place: place, mark: entry.mark)
    count += 1
    bodyBytes += entry.bodyBytes
  }

  func popFirst() -> Entry? {
    guard count > 0 else { return nil }
    if chunks.isEmpty {
      chunks.append(tail)
      tail = []
    }
    let entry = Self.read(chunks[0], &offset, &first)
    count -= 1
    bodyBytes -= entry.bodyBytes
    if offset == chunks[0].count {
      chunks.removeFirst()
      offset = 0
    }
    return entry
  }

  /// Visits all entries in order.
  func forEach(_ body: (Entry) -> Void) {
    visit {
      body($0)
      return true
    }
  }

  /// Visits entries in order for as long as `body` says true.
  func visit(_ body: (Entry) -> Bool) {
    var offset = offset
    var cursor = first
    for chunk in chunks + [tail] {
      while offset < chunk.count {
        guard body(Self.read(chunk, &offset, &cursor)) else { return }
      }
      offset = 0
    }
  }

  /// Takes out the entries with these places.
  ///
  /// - Complexity: O(all entries), as each is told by the one before it.
  func remove(_ places: Set<UInt64>) -> [Entry] {
    var removed: [Entry] = []
    let rest = PagedMessages()
    forEach { entry in
      if places.contains(ReadyEntry.place(in: entry.mark)) {
        removed.append(entry)
      } else {
        rest.append(entry)
      }
    }
    guard !removed.isEmpty else { return [] }
    chunks = rest.chunks
    tail = rest.tail
    offset = 0
    first = rest.first
    last = rest.last
    count = rest.count
    bodyBytes = rest.bodyBytes
    return removed
  }

  private static func read(
    _ bytes: [UInt8],
    _ offset: inout Int,
    _ cursor: inout Cursor
  ) -> Entry {
    let head = number(bytes, &offset)
    let zigzag = head >> 2
    let distance = Int64(bitPattern: zigzag >> 1) ^ -Int64(bitPattern: zigzag & 1)
    cursor.place = cursor.place &+ UInt64(bitPattern: distance)
    if head & 2 != 0 {
      cursor.mark = (0..<8).reduce(0) { $0 | UInt64(bytes[offset + $1]) << UInt64(8 * $1) }
      offset += 8
    } else {
      cursor.mark &+= 1
    }
    return Entry(
      position: Position(packed: cursor.place << 3),
      mark: cursor.mark,
      bodyBytes: Int(number(bytes, &offset)),
      isPaged: head & 1 != 0
    )
  }

  private static func write(_ number: UInt64, to bytes: inout [UInt8]) {
    var rest = number
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }

  private static func number(_ bytes: [UInt8], _ offset: inout Int) -> UInt64 {
    var number: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      let byte = bytes[offset]
      offset += 1
      number |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return number }
      shift += 7
    }
  }
}
