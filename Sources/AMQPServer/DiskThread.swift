import Dispatch
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
/// Where groups would be small it lets the disk rest between them: ``SyncPace``.
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

  private enum Step {
    case group(BatchGroup)
    case rest(TimeAmount)
  }

  private struct State {
    var waiting: [SegmentLog.Batch] = []
    var pace = SyncPace()
    /// It works, or it has failed.
    var isTaken = false
    var isStopped = false
    var isResting = false

    var whatWaits: SyncPace.Waiting {
      waiting.reduce(into: SyncPace.Waiting()) { sum, batch in
        sum.messages += batch.messageCount
        sum.bytes += batch.messageBytes
      }
    }
  }

  private let state = Mutex(State())
  private let writer: AnyDisk
  private let pool = NIOThreadPool(numberOfThreads: 1)
  private let tell: @Sendable (News) -> Void
  /// Ends a rest early.
  private let isEnough = DispatchSemaphore(value: 0)

  /// - Parameters:
  ///   - writer: Nobody else writes to its files.
  ///   - tell: Called on the thread, in the order of the batches.
  init(_ writer: AnyDisk, tell: @escaping @Sendable (News) -> Void) {
    self.writer = writer
    self.tell = tell
    pool.start()
  }

  func add(_ batch: SegmentLog.Batch) {
    let (isFree, mustEndRest) = state.withLock { state in
      state.waiting.append(batch)
      defer { state.isTaken = true }
      guard state.isResting, state.pace.isEnough(state.whatWaits) else {
        return (!state.isTaken, false)
      }
      state.isResting = false
      return (false, true)
    }
    if isFree { goOn() }
    if mustEndRest { isEnough.signal() }
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
    while let step = next() {
      switch step {
      // A thread of its own waits here; the loop goes on.
      case .rest(let time): _ = isEnough.wait(timeout: .now() + .nanoseconds(Int(time.nanoseconds)))
      case .group(let group): guard perform(group) else { return }
      }
    }
  }

  private func next() -> Step? {
    state.withLock { state in
      guard !state.isStopped, !state.waiting.isEmpty else {
        state.isTaken = false
        return nil
      }
      let rest = state.pace.rest(at: .now(), before: state.whatWaits)
      state.isResting = rest > .zero
      if state.isResting { return .rest(rest) }
      return BatchGroup.take(from: &state.waiting).map(Step.group)
    }
  }

  /// - Returns: Whether it went well.
  private func perform(_ group: BatchGroup) -> Bool {
    let begin = NIODeadline.now()
    let isDurable = group.batches.contains(where: \.isDurable)
    if let failure = perform(group.durable) { return failed(group, failure) }
    if isDurable { note(group, since: begin) }
    // Publishers need not wait for what comes after.
    if isDurable, !group.rest.isEmpty { tell(.durable(group.batches)) }
    if let failure = perform(group.rest) { return failed(group, failure) }
    tell(.done(group.batches))
    return true
  }

  private func note(_ group: BatchGroup, since begin: NIODeadline) {
    let end = NIODeadline.now()
    let messages = group.batches.reduce(0) { $0 + $1.messageCount }
    state.withLock { state in
      state.pace.note(begin: begin, end: end, messages: messages, waiting: state.whatWaits)
    }
  }

  private func failed(_ group: BatchGroup, _ error: StoreError) -> Bool {
    // All of it again: after a sync that failed nobody knows which of the writes are lost, and to
    // write once more what is there changes nothing.
    state.withLock { $0.waiting.insert(contentsOf: group.batches, at: 0) }
    tell(.failed(error))
    return false
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
