import NIOCore
import Synchronization

/// The deliveries of one consumer between the event loop, which offers them, and its readers.
final class DeliveryBuffer: Sendable {
  let consumerTag: String
  let noAck: Bool
  private let countLimit: Int
  /// Called by a reader, on any thread, when a full buffer is half empty again.
  private let drained: @Sendable () -> Void
  private let state = Mutex(State())

  /// What became of an offered delivery, and what the connection has to do about it.
  enum Offer {
    case taken
    /// Taken, and the limit is reached: stop reading.
    case takenAndFull
    /// Refused: the reader is hopelessly behind.
    case refused
  }

  private struct State {
    var deliveries = CircularBuffer<Delivery>()
    var bytes = 0
    var isFull = false
    var end: ConsumerEnd?
    var waiters: [Waiter<Delivery?>] = []

    mutating func takeFirst() -> Delivery? {
      guard let delivery = deliveries.popFirst() else { return nil }
      bytes -= delivery.body.readableBytes
      return delivery
    }
  }

  init(
    consumerTag: String,
    noAck: Bool,
    countLimit: Int,
    drained: @escaping @Sendable () -> Void
  ) {
    self.consumerTag = consumerTag
    self.noAck = noAck
    self.countLimit = countLimit
    self.drained = drained
  }

  var end: ConsumerEnd? { state.withLock { $0.end } }

  func offer(_ delivery: Delivery) -> Offer {
    state.withLock { state in
      guard state.end == nil else { return .refused }
      while !state.waiters.isEmpty {
        if state.waiters.removeFirst().settle(.success(delivery)) { return .taken }
      }
      let bytesLimit = ClientLimits.bufferedDeliveryBytes
      guard state.deliveries.count < countLimit * ClientLimits.overflowFactor,
        state.bytes < bytesLimit * ClientLimits.overflowFactor
      else { return .refused }
      state.deliveries.append(delivery)
      state.bytes += delivery.body.readableBytes
      guard state.deliveries.count >= countLimit || state.bytes >= bytesLimit else {
        return .taken
      }
      state.isFull = true
      return .takenAndFull
    }
  }

  /// Ends the stream after what it holds; the first reason counts.
  func finish(_ end: ConsumerEnd) {
    state.withLock { state in
      guard state.end == nil else { return }
      state.end = end
      for waiter in state.waiters { waiter.settle(.success(nil)) }
      state.waiters = []
    }
  }

  /// Takes all that nobody has read.
  func removeAll() -> [Delivery] {
    state.withLock { state in
      defer {
        state.deliveries.removeAll()
        state.bytes = 0
      }
      return Array(state.deliveries)
    }
  }

  /// Waits for a delivery and takes what has come by then.
  func nextBatch(atMost limit: Int) async -> [Delivery] {
    guard let first = await next() else { return [] }
    var batch = [first]
    let isDrained = state.withLock { state in
      while batch.count < limit, let delivery = state.takeFirst() { batch.append(delivery) }
      return becomesDrained(&state)
    }
    if isDrained { drained() }
    return batch
  }

  /// Whether a full buffer is half empty again, which is then forgotten.
  private func becomesDrained(_ state: inout State) -> Bool {
    let isDrained =
      state.isFull && state.deliveries.count <= countLimit / 2
      && state.bytes <= ClientLimits.bufferedDeliveryBytes / 2
    if isDrained { state.isFull = false }
    return isDrained
  }

  func next() async -> Delivery? {
    guard !Task.isCancelled else { return nil }
    let waiter = Waiter<Delivery?>()
    let (delivery, mustWait, isDrained) = state.withLock {
      state -> (Delivery?, mustWait: Bool, isDrained: Bool) in
      guard let delivery = state.takeFirst() else {
        guard state.end == nil else { return (nil, false, false) }
        state.waiters.append(waiter)
        return (nil, true, false)
      }
      return (delivery, false, becomesDrained(&state))
    }
    if isDrained { drained() }
    guard mustWait else { return delivery }
    do throws(ClientError) {
      return try await waiter.value()
    } catch {
      // Only the task's own cancellation fails this waiter, and a cancelled reader sees the end.
      state.withLock { state in state.waiters.removeAll { $0 === waiter } }
      return nil
    }
  }
}
