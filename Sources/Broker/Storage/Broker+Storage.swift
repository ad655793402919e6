import AMQP
import DequeModule
package import Store
import Telemetry

/// Messages in the log: when they enter it, when they leave it, and when the disk has them.
extension Broker {
  /// Keeps messages from now on; called before there are queues.
  package func keep(in store: MessageStore) { self.store = store }

  /// Keeps nothing any more; called when nobody publishes or consumes.
  package func keepNothing() { store = nil }

  /// Appends a persistent message for those of its queues that survive a restart.
  ///
  /// - Returns: false when it should be kept and cannot be.
  @inline(never)
  func keep(_ message: Message, for queues: [Queue], heldBackBy exchanges: [Exchange] = []) -> Bool
  {
    guard let store else { return true }
    var numbers =
      queues.count == 1 ? queues[0].storeNumbers : queues.flatMap(\.storeNumbers)
    if !exchanges.isEmpty { numbers += exchanges.compactMap(\.storeNumber) }
    guard !numbers.isEmpty else { return true }
    guard store.append(message, for: numbers) else { return false }
    keptCount &+= 1
    return true
  }

  /// Gives up a message that leaves a queue for good.
  @inline(__always)
  func letGo(_ message: Message, of queue: Queue) {
    if message.traits.isPositioned { store?.settle(message, in: queue) }
    message.release()
  }

  /// Gives up a message that an exchange held back.
  func letGo(_ message: Message, heldBackBy exchange: Exchange, isDeleted: Bool = false) {
    if let number = exchange.storeNumber {
      store?.settle(message, of: number, isForgotten: isDeleted)
    }
    message.release()
  }

  /// The disk has done a batch: what waited for it is told to its publishers.
  package func diskFinished(_ batch: SegmentLog.Batch) {
    store?.finished(batch)
    if batch.isDurable { confirmHeld() }
  }

  /// The disk failed in a way that leaves in doubt what it has: no persistent message is taken from
  /// now on, and none that waits is confirmed.
  package func diskFailed(because text: String) {
    guard let store, store.failure == nil else { return }
    store.fail(text)
    record(.critical, "the message store failed: \(text); persistent messages are refused")
    refuseHeld()
  }

  /// Why a persistent message is not taken.
  static func storeRefusal(_ store: MessageStore?) -> Violation {
    let reason = store?.failure ?? "it is too long for the message store"
    return Violation(.internalError, "a persistent message cannot be kept: \(reason)")
  }

  /// Says what could not be read back.
  func reportLost() {
    guard let lost = store?.takeLost(), let first = lost.first else { return }
    let file = SegmentLog.file(of: first)
    let more = lost.count > 1 ? " and \(lost.count - 1) more" : ""
    record(
      .critical,
      "a message that waited on the disk is lost: \(file) at \(first.offset)\(more)"
    )
  }
}

/// Making room in memory.
extension Broker {
  private static let lookNanoseconds: Int64 = 20_000_000
  /// What one turn moves at most.
  private static let pagedPerTurn = 4_096
  private static let pagedBytesPerTurn = 4 << 20
  /// No more is moved while so much waits for the disk.
  private static let waitingBytes = 16 << 20
  /// What a waiting message takes beside its body.
  static let messageOverheadBytes = 80

  /// Moves messages of long queues to the disk when all of them together take too much memory.
  func makeRoom() {
    guard let store, store.failure == nil else { return }
    if store.hasLost { reportLost() }
    if now - store.lookedAt >= Self.lookNanoseconds { lookForRoom(store) }
    guard store.excessBytes > 0, store.waitingBytes < Self.waitingBytes else { return }
    var count = 0
    var bytes = 0
    while let queue = store.longQueues.first, store.excessBytes > 0 {
      guard !queue.isDeleted, queue.ready.startPaging(to: store, of: queue) else {
        store.longQueues.removeFirst()
        continue
      }
      guard count < Self.pagedPerTurn, bytes < Self.pagedBytesPerTurn else { return }
      guard let body = queue.ready.pageOut() else {
        store.longQueues.removeFirst()
        continue
      }
      count += 1
      bytes += body
      store.excessBytes -= body + Self.messageOverheadBytes
    }
    store.excessBytes = 0
    store.longQueues = []
  }

  /// Finds out whether there is too much in memory, and which queues have it.
  private func lookForRoom(_ store: MessageStore) {
    store.lookedAt = now
    let wasPaging = store.excessBytes > 0
    let bytes = readyMemoryBytes
    guard bytes > (wasPaging ? store.memoryBytes / 2 : store.memoryBytes) else {
      store.excessBytes = 0
      store.longQueues = []
      return
    }
    store.excessBytes = bytes - store.memoryBytes / 2
    let queues = hosts.values.flatMap(\.queues.values)
      .map { (bytes: $0.memoryBytes, queue: $0) }.filter { $0.bytes > 0 }
    store.longQueues = Deque(queues.sorted { $0.bytes > $1.bytes }.map(\.queue))
  }

  /// Ready messages that are on the disk alone.
  package var pagedCount: Int {
    hosts.values.flatMap(\.queues.values).reduce(0) { $0 + $1.ready.paged.count }
  }

  private var readyMemoryBytes: Int {
    hosts.values.reduce(0) { sum, host in
      host.queues.values.reduce(sum) { $0 + $1.memoryBytes }
    }
  }
}

extension Queue {
  /// What its waiting messages take in memory, about, in bytes.
  fileprivate var memoryBytes: Int {
    guard !ready.isEmpty else { return 0 }
    let paged = ready.paged
    let count = ready.count - paged.count
    return count * Broker.messageOverheadBytes + readyBytes - paged.bodyBytes
  }
}
