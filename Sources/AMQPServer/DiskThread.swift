import NIOCore
import NIOPosix
import Store
import Synchronization

#if canImport(Glibc)
import Glibc
#endif

/// Does batches in their order on a thread of its own; what comes while it works is done together.
///
/// It goes from one group to the next without asking the loop, which is told what became of each.
///
/// - Isolation: any thread.
final class DiskThread: Sendable {
  /// What became of batches.
  enum News: Sendable {
    /// The messages are on the disk; the rest of the batches is not done.
    case durable([SegmentLog.Batch])
    case done([SegmentLog.Batch])
    /// Nothing is done until ``DiskThread/goOn()`` tries all of it again, or ``DiskThread/drop()``.
    case failed(StoreError)
  }

  private struct State {
    var waiting: [SegmentLog.Batch] = []
    /// It works, or it has failed.
    var isTaken = false
    var isStopped = false
  }

  private let state = Mutex(State())
  private let writer: AnyDisk
  private let pool = NIOThreadPool(numberOfThreads: 1)
  private let tell: @Sendable (News) -> Void

  /// - Parameters:
  ///   - writer: Nobody else writes to its files.
  ///   - tell: Called on the thread, in the order of the batches.
  init(_ writer: AnyDisk, tell: @escaping @Sendable (News) -> Void) {
    self.writer = writer
    self.tell = tell
    pool.start()
  }

  func add(_ batch: SegmentLog.Batch) {
    let isFree = state.withLock { state in
      state.waiting.append(batch)
      defer { state.isTaken = true }
      return !state.isTaken
    }
    if isFree { goOn() }
  }

  /// Tries again what failed.
  func goOn() {
    pool.submit { [self] pool in
      guard pool == .active else {
        return tell(.failed(.system(call: "thread", file: "", code: ECANCELED)))
      }
      work()
    }
  }

  /// Forgets what failed and what waits behind it.
  func drop() {
    state.withLock { state in
      state.waiting = []
      state.isTaken = false
    }
  }

  /// Ends after what it is doing; what waits is not done.
  func stop() {
    state.withLock { $0.isStopped = true }
  }

  /// - Parameter isEnded: Called when it has ended what it was doing.
  func shutDown(_ isEnded: @escaping @Sendable () -> Void) {
    pool.shutdownGracefully { _ in isEnded() }
  }

  private func work() {
    while let group = next() {
      if let failure = perform(group.durable) { return failed(group, failure) }
      // Publishers need not wait for what comes after.
      if !group.rest.isEmpty, group.batches.contains(where: \.isDurable) {
        tell(.durable(group.batches))
      }
      if let failure = perform(group.rest) { return failed(group, failure) }
      tell(.done(group.batches))
    }
  }

  private func next() -> BatchGroup? {
    state.withLock { state in
      guard !state.isStopped, let group = BatchGroup.take(from: &state.waiting) else {
        state.isTaken = false
        return nil
      }
      return group
    }
  }

  private func failed(_ group: BatchGroup, _ error: StoreError) {
    // All of it again: after a sync that failed nobody knows which of the writes are lost, and to
    // write once more what is there changes nothing.
    state.withLock { $0.waiting.insert(contentsOf: group.batches, at: 0) }
    tell(.failed(error))
  }

  /// - Returns: Why it ended early; nil when it did not.
  private func perform(_ operations: [DiskOperation]) -> StoreError? {
    var disk = writer
    do throws(StoreError) {
      for operation in operations { try disk.perform(operation) }
      return nil
    } catch {
      return error
    }
  }
}
