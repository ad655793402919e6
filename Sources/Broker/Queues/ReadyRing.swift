/// A message that waits in a queue.
struct ReadyEntry {
  let message: Message
  /// Where it stands, how often it was delivered, and the flag.
  let mark: UInt64

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

  @inline(__always)
  init(message: Message, mark: UInt64) {
    self.message = message
    self.mark = mark
  }

  init(message: Message, place: UInt64, deliveryCount: Int) {
    self.init(message: message, mark: Self.mark(place: place, deliveryCount: deliveryCount))
  }

  /// Of a message that came back so often.
  static func mark(place: UInt64, deliveryCount: Int) -> UInt64 {
    let count = UInt64(min(deliveryCount, deliveryCountLimit)) << placeBits
    return place | count | redeliveredFlag
  }

  /// The message's place in its queue, which it keeps when it is requeued.
  var place: UInt64 {
    @inline(__always) get { mark & Self.placeMask }
  }

  static func isRedelivered(_ mark: UInt64) -> Bool { mark & redeliveredFlag != 0 }

  /// The place in a mark.
  static func place(in mark: UInt64) -> UInt64 { mark & placeMask }

  /// Place and delivery count together, as an ``UnackedEntry`` keeps them.
  var placeAndCount: UInt64 {
    @inline(__always) get { mark & ~Self.redeliveredFlag }
  }

  /// How often it came back, as far as this broker saw; in a quorum queue restarts included.
  ///
  /// At most ``deliveryCountLimit``.
  var deliveryCount: Int { Self.deliveryCount(in: mark) }

  static func deliveryCount(in mark: UInt64) -> Int {
    Int((mark & ~redeliveredFlag) >> placeBits)
  }

  /// Whether it came back before.
  @inline(__always)
  static func hasReturned(_ mark: UInt64) -> Bool { mark & ~redeliveredFlag > placeMask }

  var isRedelivered: Bool {
    @inline(__always) get { mark & Self.redeliveredFlag != 0 }
  }
}

/// The messages that wait in one queue, ordered by place.
///
/// A power-of-two ring in plain memory. Each entry owns one reference to its message; `popFirst`
/// hands it to the caller. As long as places follow each other and nothing was redelivered, which
/// is so until a message comes back, an entry is 8 bytes: its mark is told by its index.
///
///     messages  [m5][m6][m7][m8]           mark of index i: firstMark + i
///     messages  [m2][m6][m7][m8]
///     marks     [ 2][ 6][ 7][ 8]           from the first irregular entry until it is empty
///
/// - Complexity: O(1) at both ends; `insert` is O(log n) to find the slot and moves the shorter
///   side, which for requeued messages is the few that were requeued before them. The first one
///   after the ring was empty writes out the marks, O(n).
struct ReadyRing: ~Copyable {
  // Safe: `messages`, and `marks` if there are any, hold `capacity` slots, of which `count` from
  // `head` on are initialised; they are trivial, so slots need no deinitialisation.
  // An empty ring has none: most queues of many are empty.
  private var messages: UnsafeMutablePointer<Message>
  /// nil while `firstMark` tells all of them.
  private var marks: UnsafeMutablePointer<UInt64>?
  private var firstMark: UInt64 = 0
  private var capacity = 0
  private var head = 0
  private(set) var count = 0

  private static let smallestCapacity = 16
  /// A ring that empties gives memory beyond this many slots back.
  private static let keptCapacity = 4_096

  init() {
    messages = Self.noStorage
  }

  deinit {
    if capacity > 0 { messages.deallocate() }
    marks?.deallocate()
  }

  // Safe: never read or written nor given back, because a ring without slots has `capacity` 0.
  nonisolated(unsafe) private static let noStorage = UnsafeMutablePointer<Message>.allocate(
    capacity: 1
  )

  @inline(__always) var isEmpty: Bool { count == 0 }

  @inline(__always) private func slot(_ index: Int) -> Int { (head &+ index) & (capacity &- 1) }

  @inline(__always)
  private func mark(at index: Int) -> UInt64 {
    if let marks { return marks[slot(index)] }
    return firstMark &+ UInt64(truncatingIfNeeded: index)
  }

  /// The entry that is `index` from the head; `index` is below `count`.
  subscript(index: Int) -> ReadyEntry {
    @inline(__always) get { ReadyEntry(message: messages[slot(index)], mark: mark(at: index)) }
  }

  @inline(__always)
  mutating func append(_ entry: ReadyEntry) {
    if count == capacity { grow(to: count &+ 1) }
    if marks == nil {
      if count == 0 {
        firstMark = entry.mark
      } else if entry.mark != mark(at: count) {
        writeOutMarks()
      }
    }
    let slot = slot(count)
    messages[slot] = entry.message
    if let marks { marks[slot] = entry.mark }
    count &+= 1
  }

  @inline(__always)
  mutating func popFirst() -> ReadyEntry? {
    guard count > 0 else { return nil }
    let entry = self[0]
    head = (head &+ 1) & (capacity &- 1)
    firstMark &+= 1
    count &-= 1
    if count == 0, marks != nil || capacity > Self.keptCapacity { giveBack() }
    return entry
  }

  /// Puts an entry back where its place says.
  mutating func insert(_ entry: ReadyEntry) {
    let index = firstIndex(after: entry.place)
    if index == count { return append(entry) }
    if count == capacity { grow(to: count &+ 1) }
    writeOutMarks()
    if index < count - index {
      head = (head &- 1) & (capacity &- 1)
      for position in 0..<index { move(from: position + 1, to: position) }
    } else {
      for position in stride(from: count, to: index, by: -1) {
        move(from: position - 1, to: position)
      }
    }
    count &+= 1
    write(entry, at: index)
  }

  /// Puts many entries back where their places say; they come sorted by place.
  ///
  /// - Complexity: O(entries and the waiting ones before the last of them).
  mutating func insert(contentsOf entries: [ReadyEntry]) {
    grow(to: count + entries.count)
    writeOutMarks()
    head = (head &- entries.count) & (capacity &- 1)
    var read = entries.count
    var write = 0
    let end = entries.count + count
    for entry in entries {
      while read < end, self[read].place < entry.place {
        move(from: read, to: write)
        read += 1
        write += 1
      }
      self.write(entry, at: write)
      write += 1
    }
    count += entries.count
  }

  /// Takes out the entries with these places, wherever they are.
  ///
  /// - Complexity: O(places) for those at the head, else O(the entries behind the first of them).
  mutating func remove(_ places: Set<UInt64>, _ body: (ReadyEntry) -> Void) {
    while count > 0, places.contains(self[0].place), let entry = popFirst() { body(entry) }
    guard count > 0 else { return }
    let head = self[0].place
    guard let lowest = places.lazy.filter({ $0 > head }).min() else { return }
    let first = firstIndex(after: lowest)
    guard let start = (first..<count).first(where: { places.contains(self[$0].place) }) else {
      return
    }
    writeOutMarks()
    var kept = start
    for index in start..<count {
      let entry = self[index]
      if places.contains(entry.place) {
        body(entry)
      } else {
        write(entry, at: kept)
        kept += 1
      }
    }
    count = kept
  }

  /// The index of the first entry whose place is as high or higher, `count` if there is none.
  func firstIndex(after place: UInt64) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if self[middle].place < place { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Moves an entry of a ring with marks.
  private func move(from source: Int, to target: Int) {
    write(self[source], at: target)
  }

  /// Writes an entry of a ring with marks.
  private func write(_ entry: ReadyEntry, at index: Int) {
    messages[slot(index)] = entry.message
    marks?[slot(index)] = entry.mark
  }

  @inline(never)
  private mutating func writeOutMarks() {
    guard marks == nil else { return }
    let written = UnsafeMutablePointer<UInt64>.allocate(capacity: capacity)
    for index in 0..<count { written[slot(index)] = mark(at: index) }
    marks = written
  }

  /// Makes an empty ring small and regular again.
  @inline(never)
  private mutating func giveBack() {
    marks?.deallocate()
    marks = nil
    if capacity > Self.keptCapacity { resize(to: Self.smallestCapacity) }
  }

  @inline(never)
  private mutating func grow(to needed: Int) {
    var larger = max(capacity, Self.smallestCapacity)
    while larger < needed { larger *= 2 }
    if larger > capacity { resize(to: larger) }
  }

  private mutating func resize(to newCapacity: Int) {
    messages = moved(messages, to: newCapacity)
    if let marks { self.marks = moved(marks, to: newCapacity) }
    capacity = newCapacity
    head = 0
  }

  private func moved<Element>(
    _ slots: UnsafeMutablePointer<Element>,
    to newCapacity: Int
  ) -> UnsafeMutablePointer<Element> {
    let larger = UnsafeMutablePointer<Element>.allocate(capacity: newCapacity)
    for index in 0..<count { larger[index] = slots[slot(index)] }
    if capacity > 0 { slots.deallocate() }
    return larger
  }
}
