/// A message that waits in a queue.
struct ReadyEntry {
  let message: Message
  /// Where it stands and how often it was delivered; without the flag.
  private let mark: UInt64

  //  63          62 ... 48        47 ... 0
  // [redelivered][deliveries: 15][place: 48]
  private static let redeliveredFlag: UInt64 = 1 << 63
  static let placeBits: UInt64 = 48
  private static let placeMask: UInt64 = (1 << placeBits) - 1
  static let deliveryCountLimit = (1 << 15) - 1

  @inline(__always)
  init(message: Message, place: UInt64, isRedelivered: Bool) {
    self.message = message
    mark = isRedelivered ? place | Self.redeliveredFlag : place
  }

  init(message: Message, place: UInt64, deliveryCount: Int) {
    let count = UInt64(min(deliveryCount, Self.deliveryCountLimit)) << Self.placeBits
    self.init(message: message, place: place | count, isRedelivered: true)
  }

  /// The message's place in its queue, which it keeps when it is requeued.
  var place: UInt64 {
    @inline(__always) get { mark & Self.placeMask }
  }

  /// Place and delivery count together, as an ``UnackedEntry`` keeps them.
  var placeAndCount: UInt64 {
    @inline(__always) get { mark & ~Self.redeliveredFlag }
  }

  /// How often it came back to a quorum queue; 0 in the others.
  var deliveryCount: Int { Int((mark & ~Self.redeliveredFlag) >> Self.placeBits) }

  var isRedelivered: Bool {
    @inline(__always) get { mark & Self.redeliveredFlag != 0 }
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
  // An empty ring has none: most queues of many are empty.
  private var storage: UnsafeMutablePointer<ReadyEntry>
  private var capacity = 0
  private var head = 0
  private(set) var count = 0

  private static let smallestCapacity = 16
  /// A ring that empties gives memory beyond this many slots back.
  private static let keptCapacity = 4_096

  init() {
    storage = Self.noStorage
  }

  deinit {
    if capacity > 0 { storage.deallocate() }
  }

  // Safe: never read or written nor given back, because a ring without slots has `capacity` 0.
  nonisolated(unsafe) private static let noStorage = UnsafeMutablePointer<ReadyEntry>.allocate(
    capacity: 1
  )

  @inline(__always) var isEmpty: Bool { count == 0 }

  @inline(__always) private func slot(_ index: Int) -> Int { (head &+ index) & (capacity &- 1) }

  /// The entry that is `index` from the head; `index` is below `count`.
  subscript(index: Int) -> ReadyEntry {
    @inline(__always) get { storage[slot(index)] }
  }

  @inline(__always)
  mutating func append(_ entry: ReadyEntry) {
    if count == capacity { grow(to: count &+ 1) }
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
    if count == capacity { grow(to: count &+ 1) }
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
    grow(to: count + entries.count)
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

  @inline(never)
  private mutating func grow(to needed: Int) {
    var larger = max(capacity, Self.smallestCapacity)
    while larger < needed { larger *= 2 }
    if larger > capacity { resize(to: larger) }
  }

  private mutating func resize(to newCapacity: Int) {
    let larger = UnsafeMutablePointer<ReadyEntry>.allocate(capacity: newCapacity)
    for index in 0..<count { larger[index] = storage[slot(index)] }
    if capacity > 0 { storage.deallocate() }
    storage = larger
    capacity = newCapacity
    head = 0
  }
}
