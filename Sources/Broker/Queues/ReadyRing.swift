/// A message that waits in a queue.
struct ReadyEntry {
  let message: Message
  private let placeAndFlag: UInt64

  private static let redeliveredFlag: UInt64 = 1 << 63

  @inline(__always)
  init(message: Message, place: UInt64, isRedelivered: Bool) {
    self.message = message
    placeAndFlag = isRedelivered ? place | Self.redeliveredFlag : place
  }

  /// The message's place in its queue, which it keeps when it is requeued.
  var place: UInt64 {
    @inline(__always) get { placeAndFlag & ~Self.redeliveredFlag }
  }

  var isRedelivered: Bool {
    @inline(__always) get { placeAndFlag & Self.redeliveredFlag != 0 }
  }
}

/// The messages that wait in one queue, ordered by place.
///
/// A power-of-two ring of 16-byte entries in plain memory. Each entry owns one reference to its
/// message; `popFirst` hands it to the caller.
///
/// - Complexity: O(1) at both ends; `insert` is O(log n) to find the slot and moves the shorter
///   side, which for requeued messages is the few that were requeued before them.
struct ReadyRing: ~Copyable {
  // Safe: `storage` holds `capacity` slots, of which `count` from `head` on are initialised; the
  // entries are trivial, so slots need no deinitialisation.
  private var storage: UnsafeMutablePointer<ReadyEntry>
  private var capacity: Int
  private var head = 0
  private(set) var count = 0

  private static let smallestCapacity = 16
  /// A ring that empties gives memory beyond this many slots back.
  private static let keptCapacity = 4_096

  init() {
    capacity = Self.smallestCapacity
    storage = .allocate(capacity: capacity)
  }

  deinit {
    storage.deallocate()
  }

  @inline(__always) var isEmpty: Bool { count == 0 }

  @inline(__always) private func slot(_ index: Int) -> Int { (head &+ index) & (capacity &- 1) }

  /// The entry that is `index` from the head; `index` is below `count`.
  subscript(index: Int) -> ReadyEntry {
    @inline(__always) get { storage[slot(index)] }
  }

  @inline(__always)
  mutating func append(_ entry: ReadyEntry) {
    if count == capacity { resize(to: capacity * 2) }
    storage[slot(count)] = entry
    count &+= 1
  }

  @inline(__always)
  mutating func popFirst() -> ReadyEntry? {
    guard count > 0 else { return nil }
    let entry = storage[head]
    head = (head &+ 1) & (capacity &- 1)
    count &-= 1
    if count == 0, capacity > Self.keptCapacity { resize(to: Self.smallestCapacity) }
    return entry
  }

  /// Puts an entry back where its place says.
  mutating func insert(_ entry: ReadyEntry) {
    if count == capacity { resize(to: capacity * 2) }
    let index = firstIndex(after: entry.place)
    if index < count - index {
      head = (head &- 1) & (capacity &- 1)
      for position in 0..<index { storage[slot(position)] = storage[slot(position + 1)] }
    } else {
      for position in stride(from: count, to: index, by: -1) {
        storage[slot(position)] = storage[slot(position - 1)]
      }
    }
    count &+= 1
    storage[slot(index)] = entry
  }

  /// Puts many entries back where their places say; they come sorted by place.
  ///
  /// - Complexity: O(entries and the waiting ones before the last of them).
  mutating func insert(contentsOf entries: [ReadyEntry]) {
    while capacity < count + entries.count { resize(to: capacity * 2) }
    head = (head &- entries.count) & (capacity &- 1)
    var read = entries.count
    var write = 0
    let end = entries.count + count
    for entry in entries {
      while read < end, storage[slot(read)].place < entry.place {
        storage[slot(write)] = storage[slot(read)]
        read += 1
        write += 1
      }
      storage[slot(write)] = entry
      write += 1
    }
    count += entries.count
  }

  /// The index of the first entry whose place is higher, `count` if there is none.
  private func firstIndex(after place: UInt64) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if storage[slot(middle)].place < place { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private mutating func resize(to newCapacity: Int) {
    let larger = UnsafeMutablePointer<ReadyEntry>.allocate(capacity: newCapacity)
    for index in 0..<count { larger[index] = storage[slot(index)] }
    storage.deallocate()
    storage = larger
    capacity = newCapacity
    head = 0
  }
}
