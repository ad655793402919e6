/// How far a walk over the waiting messages of a queue has come.
struct ReadyCursor {
  /// Of the priorities; 0 in a queue without them.
  var level: Int
  var place: UInt64
}

/// All messages that wait in one queue: one ring, or one for each priority.
///
/// The head is the oldest message of the highest priority that has one (RabbitMQ, "Priority Queue
/// Support"). A queue without priorities is its ring and one test of a pointer.
struct ReadyMessages: ~Copyable {
  private var ring = ReadyLevel()
  private var levels: PriorityLevels?

  /// Messages above `maximumPriority` count as of that priority; 0 means no priorities.
  init(maximumPriority: Int = 0) {
    if maximumPriority > 0 { levels = PriorityLevels(count: maximumPriority + 1) }
  }

  var count: Int {
    @inline(__always) get { levels?.total ?? ring.count }
  }

  @inline(__always) var isEmpty: Bool { count == 0 }

  /// The next to go out.
  var first: ReadyEntry? {
    if let levels { return levels.first }
    return ring.first
  }

  @inline(__always)
  mutating func append(_ entry: ReadyEntry) {
    if let levels {
      levels.append(entry)
    } else {
      ring.append(entry)
    }
  }

  @inline(__always)
  mutating func popFirst() -> ReadyEntry? {
    if let levels { return levels.popFirst() }
    return ring.popFirst()
  }

  /// Puts an entry back where its place says, among those of its priority.
  mutating func insert(_ entry: ReadyEntry) {
    if let levels {
      levels.insert(entry)
    } else {
      ring.insert(entry)
    }
  }

  /// Puts many entries back; they come sorted by place.
  mutating func insert(contentsOf entries: [ReadyEntry]) {
    if let levels {
      levels.insert(contentsOf: entries)
    } else {
      ring.insert(contentsOf: entries)
    }
  }

  /// Visits the messages that are in memory, in the order in which they would go out.
  func forEachInMemory(_ body: (ReadyEntry) -> Void) {
    if let levels { return levels.forEachInMemory(body) }
    ring.forEachInMemory(body)
  }

  /// Up to `count` messages in the order in which they would go out, without the first `skipped`.
  ///
  /// - Complexity: O(count), and O(skipped) for what lies on the disk.
  func look(past skipped: Int, count: Int) -> [WaitingMessage] {
    var skipped = skipped
    var found: [WaitingMessage] = []
    if let levels {
      levels.look(past: &skipped, count: count, into: &found)
    } else {
      ring.look(past: &skipped, count: count, into: &found)
    }
    return found
  }

  /// A message that waits, and the cursor that a walk has there.
  typealias Place = (cursor: ReadyCursor, message: WaitingMessage)

  /// Up to `count` messages behind a cursor, in the order in which they would go out; nil is the
  /// head.
  ///
  /// - Complexity: O(count), and O(what lies before it on the disk).
  func look(after cursor: ReadyCursor?, count: Int) -> [Place] {
    if let levels { return levels.look(after: cursor, count: count) }
    var found: [WaitingMessage] = []
    ring.look(after: cursor?.place ?? 0, count: count, into: &found)
    return found.map { (ReadyCursor(level: 0, place: $0.place), $0) }
  }

  /// Takes out the messages with these places; the references of those in memory pass to the
  /// caller.
  ///
  /// - Complexity: O(places) at the head, else linear in what waits behind, or is on the disk.
  mutating func remove(_ places: Set<UInt64>) -> [WaitingMessage] {
    var removed: [WaitingMessage] = []
    if let levels {
      levels.remove(places, into: &removed)
    } else {
      ring.remove(places, into: &removed)
    }
    return removed
  }

  /// Takes everything out without reading what is on the disk.
  mutating func removeAll(
    inMemory: (ReadyEntry) -> Void,
    onDisk: (PagedMessages.Entry) -> Void
  ) {
    if let levels { return levels.removeAll(inMemory: inMemory, onDisk: onDisk) }
    ring.removeAll(inMemory: inMemory, onDisk: onDisk)
  }

  /// Messages that are on the disk alone, and the bytes of their bodies.
  var paged: (count: Int, bodyBytes: Int) { levels?.paged ?? ring.paged }

  /// Begins to keep no more than the head in memory, if there is more than that.
  ///
  /// - Returns: Whether there is something to move.
  mutating func startPaging(to store: MessageStore, of queue: Queue) -> Bool {
    levels?.startPaging(to: store, of: queue) ?? ring.startPaging(to: store, of: queue)
  }

  /// Moves one message to the disk.
  ///
  /// - Returns: The bytes of its body; nil when there is none to move, or the store takes none.
  mutating func pageOut() -> Int? {
    guard let levels else { return ring.pageOut() }
    return levels.pageOut()
  }

  /// Adds a message that was found on the disk; ``refill()`` brings the first into memory.
  mutating func append(
    _ entry: PagedMessages.Entry,
    priority: UInt8,
    from store: MessageStore,
    of queue: Queue
  ) {
    if let levels {
      levels.append(entry, priority: priority, from: store, of: queue)
    } else {
      ring.append(entry, from: store, of: queue)
    }
  }

  /// Reads messages back when none is in memory.
  mutating func refill() {
    if let levels { levels.refill() } else { ring.refill() }
  }
}

/// The rings of a queue with priorities.
private final class PriorityLevels {
  // Safe: `rings` holds `count` initialised rings for the life of this object, which nobody else
  // sees; indices come from `level(of:)` and `highest`, both below `count`.
  private let rings: UnsafeMutablePointer<ReadyLevel>
  private let count: Int
  private(set) var total = 0
  /// No level above this one has a message.
  private var highest = 0

  init(count: Int) {
    self.count = count
    rings = .allocate(capacity: count)
    for index in 0..<count { (rings + index).initialize(to: ReadyLevel()) }
  }

  deinit {
    rings.deinitialize(count: count)
    rings.deallocate()
  }

  private func level(of entry: ReadyEntry) -> Int {
    level(ofPriority: entry.message.priority)
  }

  private func level(ofPriority priority: UInt8) -> Int {
    min(Int(priority), count - 1)
  }

  private func lowerHighest() {
    while highest > 0, rings[highest].isEmpty { highest -= 1 }
  }

  private func note(_ level: Int, added: Int) {
    total += added
    highest = max(highest, level)
  }

  var first: ReadyEntry? {
    rings[highest].first
  }

  func append(_ entry: ReadyEntry) {
    let level = level(of: entry)
    rings[level].append(entry)
    note(level, added: 1)
  }

  func popFirst() -> ReadyEntry? {
    let before = rings[highest].count
    guard let entry = rings[highest].popFirst() else { return nil }
    // More than one goes when messages cannot be read back.
    total -= before - rings[highest].count
    lowerHighest()
    return entry
  }

  func insert(_ entry: ReadyEntry) {
    let level = level(of: entry)
    rings[level].insert(entry)
    note(level, added: 1)
  }

  func insert(contentsOf entries: [ReadyEntry]) {
    for (level, group) in Dictionary(grouping: entries, by: level(of:)) {
      rings[level].insert(contentsOf: group)
      note(level, added: group.count)
    }
  }

  func forEachInMemory(_ body: (ReadyEntry) -> Void) {
    for level in stride(from: count - 1, through: 0, by: -1) { rings[level].forEachInMemory(body) }
  }

  func look(past skipped: inout Int, count limit: Int, into found: inout [WaitingMessage]) {
    for level in stride(from: count - 1, through: 0, by: -1) where found.count < limit {
      rings[level].look(past: &skipped, count: limit, into: &found)
    }
  }

  func look(after cursor: ReadyCursor?, count limit: Int) -> [ReadyMessages.Place] {
    var found: [ReadyMessages.Place] = []
    for level in stride(from: cursor?.level ?? count - 1, through: 0, by: -1)
    where found.count < limit {
      var ofLevel: [WaitingMessage] = []
      let place = level == cursor?.level ? cursor?.place ?? 0 : 0
      rings[level].look(after: place, count: limit - found.count, into: &ofLevel)
      found += ofLevel.map { (ReadyCursor(level: level, place: $0.place), $0) }
    }
    return found
  }

  func remove(_ places: Set<UInt64>, into removed: inout [WaitingMessage]) {
    for level in stride(from: count - 1, through: 0, by: -1) where removed.count < places.count {
      let before = rings[level].count
      rings[level].remove(places, into: &removed)
      total -= before - rings[level].count
    }
    lowerHighest()
  }

  func removeAll(inMemory: (ReadyEntry) -> Void, onDisk: (PagedMessages.Entry) -> Void) {
    for level in stride(from: count - 1, through: 0, by: -1) {
      rings[level].removeAll(inMemory: inMemory, onDisk: onDisk)
    }
    total = 0
    highest = 0
  }

  var paged: (count: Int, bodyBytes: Int) {
    (0..<count).reduce((0, 0)) { sum, level in
      let paged = rings[level].paged
      return (sum.0 + paged.count, sum.1 + paged.bodyBytes)
    }
  }

  func startPaging(to store: MessageStore, of queue: Queue) -> Bool {
    var hasWork = false
    for level in 0..<count where rings[level].startPaging(to: store, of: queue) { hasWork = true }
    return hasWork
  }

  func pageOut() -> Int? {
    for level in 0..<count {
      if let bytes = rings[level].pageOut() { return bytes }
    }
    return nil
  }

  func append(
    _ entry: PagedMessages.Entry,
    priority: UInt8,
    from store: MessageStore,
    of queue: Queue
  ) {
    let level = level(ofPriority: priority)
    rings[level].append(entry, from: store, of: queue)
    note(level, added: 1)
  }

  func refill() {
    for level in 0..<count { rings[level].refill() }
    total = (0..<count).reduce(0) { $0 + rings[$1].count }
    lowerHighest()
  }
}
