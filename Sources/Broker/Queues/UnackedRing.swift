/// A delivery that its consumer has not settled.
struct UnackedEntry {
  let message: Message
  // Safe: a queue outlives its unacked deliveries: a deleted one stays in the broker's
  // `deletedQueues` until the last is settled.
  unowned(unsafe) let queue: Queue
  // Safe: a channel keeps its cancelled consumers until they hold nothing. nil for `basic.get`.
  unowned(unsafe) let consumer: Consumer?
  let place: UInt64
}

/// The deliveries of one channel that wait for an acknowledgement, found by delivery tag.
///
/// Delivery tags of a channel count up from 1 (AMQP 0-9-1 section 1.8.3.13), so the tag minus the
/// oldest open tag is an index into a ring; a settled delivery leaves a hole, and holes at the
/// front go away at once.
///
/// - Complexity: O(1) for one tag.
struct UnackedRing: ~Copyable {
  // Safe: `storage` holds `capacity` slots; the `span` slots from `head` on are initialised, a nil
  // slot is a hole. The optionals are trivial.
  private var storage: UnsafeMutablePointer<UnackedEntry?>
  private var capacity: Int
  private var head = 0
  /// Slots in use, holes included.
  private var span = 0
  /// The delivery tag of the slot at `head`.
  private var firstTag: UInt64 = 1
  /// Deliveries that are not settled.
  private(set) var count = 0

  private static let smallestCapacity = 16
  private static let keptCapacity = 4_096

  init() {
    capacity = Self.smallestCapacity
    storage = .allocate(capacity: capacity)
    storage.initialize(repeating: nil, count: capacity)
  }

  deinit {
    forEach { $0.message.release() }
    storage.deallocate()
  }

  /// The tag that the next delivery gets.
  var nextTag: UInt64 {
    @inline(__always) get { firstTag &+ UInt64(truncatingIfNeeded: span) }
  }

  @inline(__always) private func slot(_ index: Int) -> Int { (head &+ index) & (capacity &- 1) }

  /// Adds the delivery that carries `nextTag`.
  @inline(__always)
  mutating func append(_ entry: UnackedEntry) {
    if span == capacity { resize(to: capacity * 2) }
    storage[slot(span)] = entry
    span &+= 1
    count &+= 1
  }

  /// Uses up `nextTag` for a delivery that needs no acknowledgement.
  @inline(__always)
  mutating func skipTag() {
    if span == 0 {
      firstTag &+= 1
    } else {
      if span == capacity { resize(to: capacity * 2) }
      storage[slot(span)] = nil
      span &+= 1
    }
  }

  /// Whether a delivery with this tag is open.
  func contains(_ tag: UInt64) -> Bool {
    guard tag >= firstTag, tag < nextTag else { return false }
    return storage[slot(Int(truncatingIfNeeded: tag &- firstTag))] != nil
  }

  /// Takes out the delivery with this tag.
  ///
  /// - Returns: nil when the tag is unknown or was settled before.
  @inline(__always)
  mutating func settle(_ tag: UInt64) -> UnackedEntry? {
    guard tag >= firstTag, tag < nextTag else { return nil }
    let index = slot(Int(truncatingIfNeeded: tag &- firstTag))
    guard let entry = storage[index] else { return nil }
    storage[index] = nil
    count &-= 1
    dropHoles()
    return entry
  }

  /// Takes out the oldest delivery if its tag is at most `tag`.
  @inline(__always)
  mutating func settleFirst(upTo tag: UInt64) -> UnackedEntry? {
    guard count > 0, firstTag <= tag, let entry = storage[head] else { return nil }
    storage[head] = nil
    count &-= 1
    dropHoles()
    return entry
  }

  func forEach(_ body: (UnackedEntry) -> Void) {
    for index in 0..<span {
      if let entry = storage[slot(index)] { body(entry) }
    }
  }

  /// Takes out every delivery, the newest first, which lets a queue put each back at its head.
  ///
  /// The tags stay used up: a channel never gives a tag twice.
  mutating func removeAll(newestFirst body: (UnackedEntry) -> Void) {
    let next = nextTag
    while span > 0 {
      span &-= 1
      let index = slot(span)
      guard let entry = storage[index] else { continue }
      storage[index] = nil
      count &-= 1
      body(entry)
    }
    head = 0
    firstTag = next
    if capacity > Self.keptCapacity { resize(to: Self.smallestCapacity) }
  }

  @inline(__always)
  private mutating func dropHoles() {
    while span > 0, storage[head] == nil {
      head = (head &+ 1) & (capacity &- 1)
      span &-= 1
      firstTag &+= 1
    }
    if span == 0, capacity > Self.keptCapacity { resize(to: Self.smallestCapacity) }
  }

  private mutating func resize(to newCapacity: Int) {
    let larger = UnsafeMutablePointer<UnackedEntry?>.allocate(capacity: newCapacity)
    larger.initialize(repeating: nil, count: newCapacity)
    for index in 0..<span { larger[index] = storage[slot(index)] }
    storage.deallocate()
    storage = larger
    capacity = newCapacity
    head = 0
  }
}
