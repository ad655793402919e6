/// A delivery that its consumer has not settled.
struct UnackedEntry {
  let message: Message
  // Safe: a queue outlives its unacked deliveries: a deleted one stays in the broker's
  // `deletedQueues` until the last is settled.
  unowned(unsafe) let queue: Queue
  // Safe: a channel keeps its cancelled consumers until they hold nothing. nil for `basic.get`.
  unowned(unsafe) let consumer: Consumer?
  /// As ``ReadyEntry/placeAndCount``.
  let place: UInt64
  /// In nanoseconds of the broker's clock.
  let deliveredAt: Int64
}

/// The deliveries of one channel that wait for an acknowledgement, found by delivery tag.
///
/// Delivery tags of a channel count up from 1 (AMQP 0-9-1 section 1.8.3.13). The ring holds them in
/// order; a settled one leaves a hole, holes at the front go away at once, and a full ring closes
/// its holes before it grows. So its size follows what is open, however old the oldest is.
///
/// - Complexity: O(1) for a tag while there are no closed holes before it, else O(log n); adding is
///   O(1) on average.
struct UnackedRing: ~Copyable {
  private struct Slot {
    let tag: UInt64
    /// nil when it was settled: a hole.
    var entry: UnackedEntry?
  }

  // Safe: `storage` holds `capacity` slots, of which `span` from `head` on are initialised; slots
  // are trivial and need no deinitialisation.
  private var storage: UnsafeMutablePointer<Slot>
  private var capacity: Int
  private var head = 0
  /// Slots in use, holes included.
  private var span = 0
  /// Deliveries that are not settled.
  private(set) var count = 0
  /// The tag that the next delivery gets.
  private(set) var nextTag: UInt64 = 1

  private static let smallestCapacity = 16
  private static let keptCapacity = 4_096

  init() {
    capacity = Self.smallestCapacity
    storage = .allocate(capacity: capacity)
  }

  deinit {
    forEach { $0.message.release() }
    storage.deallocate()
  }

  @inline(__always) private func slot(_ index: Int) -> Int { (head &+ index) & (capacity &- 1) }

  /// Adds the delivery that carries `nextTag`.
  @inline(__always)
  mutating func append(_ entry: UnackedEntry) {
    if span == capacity { makeRoom() }
    storage[slot(span)] = Slot(tag: nextTag, entry: entry)
    span &+= 1
    count &+= 1
    nextTag &+= 1
  }

  /// Uses up `nextTag` for a delivery that needs no acknowledgement.
  @inline(__always)
  mutating func skipTag() {
    nextTag &+= 1
  }

  /// Where a tag's slot is; nil when it has none any more, or never had.
  @inline(__always)
  private func index(of tag: UInt64) -> Int? {
    guard span > 0, tag >= storage[head].tag else { return nil }
    // Without closed holes the slot is exactly there, else it lies before.
    let distance = tag &- storage[head].tag
    let guess = Int(truncatingIfNeeded: min(distance, UInt64(truncatingIfNeeded: span &- 1)))
    return storage[slot(guess)].tag == tag ? guess : search(for: tag, before: guess)
  }

  @inline(never)
  private func search(for tag: UInt64, before end: Int) -> Int? {
    var low = 0
    var high = end
    while low < high {
      let middle = (low + high) / 2
      if storage[slot(middle)].tag < tag { low = middle + 1 } else { high = middle }
    }
    return storage[slot(low)].tag == tag ? low : nil
  }

  /// Whether a delivery with this tag is open.
  func contains(_ tag: UInt64) -> Bool {
    guard let index = index(of: tag) else { return false }
    return storage[slot(index)].entry != nil
  }

  /// Takes out the delivery with this tag.
  ///
  /// - Returns: nil when the tag is unknown or was settled before.
  @inline(__always)
  mutating func settle(_ tag: UInt64) -> UnackedEntry? {
    guard let index = index(of: tag), let entry = storage[slot(index)].entry else { return nil }
    storage[slot(index)].entry = nil
    count &-= 1
    dropHoles()
    return entry
  }

  /// The tag of the oldest open delivery; nil when there is none.
  var firstTag: UInt64? { count > 0 ? storage[head].tag : nil }

  /// Puts deliveries back under the tags that they had.
  ///
  /// - Complexity: O(n log n) in all that are open then.
  mutating func restore(_ returned: [(tag: UInt64, entry: UnackedEntry)]) {
    guard !returned.isEmpty else { return }
    var slots = returned.map { Slot(tag: $0.tag, entry: $0.entry) }
    for index in 0..<span where storage[slot(index)].entry != nil {
      slots.append(storage[slot(index)])
    }
    slots.sort { $0.tag < $1.tag }
    span = 0
    while capacity < slots.count { resize(to: capacity * 2) }
    head = 0
    for (index, slot) in slots.enumerated() { storage[index] = slot }
    span = slots.count
    count = slots.count
  }

  /// Takes out the oldest delivery if its tag is at most `tag`.
  @inline(__always)
  mutating func settleFirst(upTo tag: UInt64) -> UnackedEntry? {
    guard count > 0, storage[head].tag <= tag, let entry = storage[head].entry else { return nil }
    storage[head].entry = nil
    count &-= 1
    dropHoles()
    return entry
  }

  func forEach(_ body: (UnackedEntry) -> Void) {
    for index in 0..<span {
      if let entry = storage[slot(index)].entry { body(entry) }
    }
  }

  /// Visits the deliveries with their tags, in order, for as long as `body` says true.
  func visit(_ body: (UInt64, UnackedEntry) -> Bool) {
    for index in 0..<span {
      let slot = storage[slot(index)]
      if let entry = slot.entry, !body(slot.tag, entry) { return }
    }
  }

  /// Takes out every delivery, in order; their tags stay used up.
  mutating func removeAll() -> [UnackedEntry] {
    var entries: [UnackedEntry] = []
    entries.reserveCapacity(count)
    forEach { entries.append($0) }
    head = 0
    span = 0
    count = 0
    if capacity > Self.keptCapacity { resize(to: Self.smallestCapacity) }
    return entries
  }

  @inline(__always)
  private mutating func dropHoles() {
    while span > 0, storage[head].entry == nil {
      head = (head &+ 1) & (capacity &- 1)
      span &-= 1
    }
    if span == 0, capacity > Self.keptCapacity { resize(to: Self.smallestCapacity) }
  }

  private mutating func makeRoom() {
    guard count <= capacity / 2 else {
      resize(to: capacity * 2)
      return
    }
    var kept = 0
    for index in 0..<span where storage[slot(index)].entry != nil {
      storage[slot(kept)] = storage[slot(index)]
      kept += 1
    }
    span = kept
  }

  private mutating func resize(to newCapacity: Int) {
    let larger = UnsafeMutablePointer<Slot>.allocate(capacity: newCapacity)
    for index in 0..<span { larger[index] = storage[slot(index)] }
    storage.deallocate()
    storage = larger
    capacity = newCapacity
    head = 0
  }
}
