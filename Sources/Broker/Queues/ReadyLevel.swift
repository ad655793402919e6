import Store

/// A message that waits in a queue, wherever it is.
enum WaitingMessage {
  case inMemory(ReadyEntry)
  case onDisk(PagedMessages.Entry)

  /// Its ``ReadyEntry``'s.
  var mark: UInt64 {
    switch self {
    case .inMemory(let entry): entry.mark
    case .onDisk(let entry): entry.mark
    }
  }

  var place: UInt64 { ReadyEntry.place(in: mark) }

  var bodyBytes: Int {
    switch self {
    case .inMemory(let entry): entry.message.bodyBytes
    case .onDisk(let entry): entry.bodyBytes
    }
  }
}

/// The messages of one priority that wait in a queue: in memory, or, when there are too many, those
/// in the middle on the disk.
///
///     ring [m1][m2][m3]   on disk ...........   back [m8][m9]▏← append
///
/// The ring is empty only when everything is, so the next message is always at hand. What is put
/// back goes into the ring: whatever was handed out came in before all that is on the disk.
struct ReadyLevel: ~Copyable {
  private(set) var ring = ReadyRing()
  private var paging: Paging?

  /// What a level has beside its ring while it is too long for memory.
  private final class Paging {
    let onDisk = PagedMessages()
    var back = ReadyRing()
    let store: MessageStore
    unowned let queue: Queue

    init(_ store: MessageStore, _ queue: Queue) {
      self.store = store
      self.queue = queue
    }
  }

  /// What stays in memory at the head, and how much is read back at once.
  private static let ringCount = 1_024
  private static let ringBytes = 1 << 20

  var count: Int {
    @inline(__always) get {
      guard let paging else { return ring.count }
      return ring.count &+ paging.onDisk.count &+ paging.back.count
    }
  }

  @inline(__always) var isEmpty: Bool { ring.isEmpty }

  var first: ReadyEntry? { ring.isEmpty ? nil : ring[0] }

  /// Messages that are on the disk alone, and the bytes of their bodies.
  var paged: (count: Int, bodyBytes: Int) {
    guard let paging else { return (0, 0) }
    return (paging.onDisk.count, paging.onDisk.bodyBytes)
  }

  @inline(__always)
  mutating func append(_ entry: ReadyEntry) {
    if paging == nil { ring.append(entry) } else { appendBehind(entry) }
  }

  @inline(never)
  private mutating func appendBehind(_ entry: ReadyEntry) {
    if let paging { paging.back.append(entry) }
  }

  @inline(__always)
  mutating func popFirst() -> ReadyEntry? {
    let entry = ring.popFirst()
    if ring.isEmpty, paging != nil { refill() }
    return entry
  }

  mutating func insert(_ entry: ReadyEntry) {
    // What was never handed out is behind all that was, except what a quorum queue puts last.
    if let paging, entry.place > lastRingPlace { return paging.back.insert(entry) }
    ring.insert(entry)
  }

  /// Puts many entries back; they come sorted by place.
  mutating func insert(contentsOf entries: [ReadyEntry]) {
    guard let paging else { return ring.insert(contentsOf: entries) }
    let last = lastRingPlace
    ring.insert(contentsOf: entries.filter { $0.place <= last })
    for entry in entries where entry.place > last { paging.back.insert(entry) }
  }

  private var lastRingPlace: UInt64 { ring.isEmpty ? .max : ring[ring.count - 1].place }

  /// Visits the messages that are in memory.
  func forEachInMemory(_ body: (ReadyEntry) -> Void) {
    for index in 0..<ring.count { body(ring[index]) }
    guard let paging else { return }
    for index in 0..<paging.back.count { body(paging.back[index]) }
  }

  /// Takes everything out without reading what is on the disk.
  mutating func removeAll(
    inMemory: (ReadyEntry) -> Void,
    onDisk: (PagedMessages.Entry) -> Void
  ) {
    while let entry = ring.popFirst() { inMemory(entry) }
    guard let paging else { return }
    self.paging = nil
    paging.onDisk.forEach(onDisk)
    while let entry = paging.back.popFirst() { inMemory(entry) }
  }

  // MARK: - Looking, and taking out of the middle

  /// Adds up to `count` messages to `found`, from the head on without the first `skipped`; takes
  /// from `skipped` what it passed over.
  func look(past skipped: inout Int, count: Int, into found: inout [WaitingMessage]) {
    look(at: ring, past: &skipped, count: count, into: &found)
    guard let paging else { return }
    if skipped >= paging.onDisk.count {
      skipped -= paging.onDisk.count
    } else if found.count < count {
      var left = skipped
      skipped = 0
      paging.onDisk.visit { entry in
        if left > 0 { left -= 1 } else { found.append(.onDisk(entry)) }
        return found.count < count
      }
    }
    look(at: paging.back, past: &skipped, count: count, into: &found)
  }

  private func look(
    at ring: borrowing ReadyRing,
    past skipped: inout Int,
    count: Int,
    into found: inout [WaitingMessage]
  ) {
    var index = min(skipped, ring.count)
    skipped -= index
    while index < ring.count, found.count < count {
      found.append(.inMemory(ring[index]))
      index += 1
    }
  }

  /// Adds up to `count` messages whose places are above `place` to `found`.
  func look(after place: UInt64, count: Int, into found: inout [WaitingMessage]) {
    look(at: ring, after: place, count: count, into: &found)
    guard let paging else { return }
    if paging.onDisk.count > 0, found.count < count {
      paging.onDisk.visit { entry in
        if ReadyEntry.place(in: entry.mark) > place { found.append(.onDisk(entry)) }
        return found.count < count
      }
    }
    look(at: paging.back, after: place, count: count, into: &found)
  }

  private func look(
    at ring: borrowing ReadyRing,
    after place: UInt64,
    count: Int,
    into found: inout [WaitingMessage]
  ) {
    var index = ring.firstIndex(after: place + 1)
    while index < ring.count, found.count < count {
      found.append(.inMemory(ring[index]))
      index += 1
    }
  }

  /// Takes out the messages with these places; the references of those in memory pass to the
  /// caller.
  mutating func remove(_ places: Set<UInt64>, into removed: inout [WaitingMessage]) {
    let before = removed.count
    ring.remove(places) { removed.append(.inMemory($0)) }
    if let paging {
      if removed.count - before < places.count {
        removed += paging.onDisk.remove(places).map { .onDisk($0) }
      }
      if removed.count - before < places.count {
        paging.back.remove(places) { removed.append(.inMemory($0)) }
      }
    }
    if ring.isEmpty, paging != nil { refill() }
  }

  // MARK: - To the disk and back

  /// Begins to keep no more than the head in memory, if there is more than that.
  ///
  /// - Returns: Whether there is something to move.
  mutating func startPaging(to store: MessageStore, of queue: Queue) -> Bool {
    if let paging { return !paging.back.isEmpty }
    guard ring.count > Self.ringCount || ring.count > 1 && queue.readyBytes > Self.ringBytes else {
      return false
    }
    let paging = Paging(store, queue)
    swap(&ring, &paging.back)
    var bytes = 0
    while ring.count < Self.ringCount, bytes < Self.ringBytes || ring.isEmpty,
      let entry = paging.back.popFirst()
    {
      bytes += entry.message.bodyBytes
      ring.append(entry)
    }
    self.paging = paging
    return !paging.back.isEmpty
  }

  /// Moves one message to the disk.
  ///
  /// - Returns: The bytes of its body; nil when there is none to move, or the store takes none.
  mutating func pageOut() -> Int? {
    guard let paging, !paging.back.isEmpty else { return nil }
    let entry = paging.back[0]
    let message = entry.message
    guard let record = paging.store.page(message, of: paging.queue) else { return nil }
    _ = paging.back.popFirst()
    paging.onDisk.append(
      PagedMessages.Entry(
        position: record.position,
        mark: entry.mark,
        bodyBytes: message.bodyBytes,
        isPaged: record.isPaged
      )
    )
    defer { message.release() }
    return message.bodyBytes
  }

  /// Adds a message that was found on the disk; ``refill()`` brings the first into memory.
  mutating func append(_ entry: PagedMessages.Entry, from store: MessageStore, of queue: Queue) {
    let paging = paging ?? Paging(store, queue)
    self.paging = paging
    paging.onDisk.append(entry)
  }

  /// Reads messages back when none is in memory.
  @inline(never)
  mutating func refill() {
    guard let paging else { return }
    while ring.isEmpty, paging.onDisk.count > 0 {
      var entries: [PagedMessages.Entry] = []
      var bytes = 0
      while entries.count < Self.ringCount, bytes < Self.ringBytes,
        let entry = paging.onDisk.popFirst()
      {
        bytes += entry.bodyBytes
        entries.append(entry)
      }
      for (entry, message) in zip(entries, paging.store.load(entries)) {
        if let message {
          ring.append(ReadyEntry(message: message, mark: entry.mark))
        } else {
          paging.queue.noteLost(entry)
        }
      }
    }
    guard ring.isEmpty else { return }
    swap(&ring, &paging.back)
    self.paging = nil
  }
}
