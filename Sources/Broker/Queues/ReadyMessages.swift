/// All messages that wait in one queue: one ring, or one for each priority.
///
/// The head is the oldest message of the highest priority that has one (RabbitMQ, "Priority Queue
/// Support"). A queue without priorities is its ring and one test of a pointer.
struct ReadyMessages: ~Copyable {
  private var ring = ReadyRing()
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
    return ring.isEmpty ? nil : ring[0]
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

  /// Visits every entry, in the order in which they would go out.
  func forEach(_ body: (ReadyEntry) -> Void) {
    if let levels { return levels.forEach(body) }
    for index in 0..<ring.count { body(ring[index]) }
  }
}

/// The rings of a queue with priorities.
private final class PriorityLevels {
  // Safe: `rings` holds `count` initialised rings for the life of this object, which nobody else
  // sees; indices come from `level(of:)` and `highest`, both below `count`.
  private let rings: UnsafeMutablePointer<ReadyRing>
  private let count: Int
  private(set) var total = 0
  /// No level above this one has a message.
  private var highest = 0

  init(count: Int) {
    self.count = count
    rings = .allocate(capacity: count)
    for index in 0..<count { (rings + index).initialize(to: ReadyRing()) }
  }

  deinit {
    rings.deinitialize(count: count)
    rings.deallocate()
  }

  private func level(of entry: ReadyEntry) -> Int {
    min(Int(entry.message.priority), count - 1)
  }

  private func lowerHighest() {
    while highest > 0, rings[highest].isEmpty { highest -= 1 }
  }

  private func note(_ level: Int, added: Int) {
    total += added
    highest = max(highest, level)
  }

  var first: ReadyEntry? {
    rings[highest].isEmpty ? nil : rings[highest][0]
  }

  func append(_ entry: ReadyEntry) {
    let level = level(of: entry)
    rings[level].append(entry)
    note(level, added: 1)
  }

  func popFirst() -> ReadyEntry? {
    guard let entry = rings[highest].popFirst() else { return nil }
    total -= 1
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

  func forEach(_ body: (ReadyEntry) -> Void) {
    for level in stride(from: count - 1, through: 0, by: -1) {
      for index in 0..<rings[level].count { body(rings[level][index]) }
    }
  }
}
