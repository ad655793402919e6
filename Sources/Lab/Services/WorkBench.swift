import NIOCore
import Synchronization

/// A number of places, and a bounded line of those who wait for one.
final class Gate: Sendable {
  private struct State {
    var freePlaces: Int
    /// First come, first served; at most ``Limits/waitingRequests``.
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  /// Too many wait already.
  struct Full: Error {}

  private let state: Mutex<State>

  init(places: Int) {
    state = Mutex(State(freePlaces: places))
  }

  /// Runs `body` in a place of its own, after waiting for one.
  ///
  /// - Throws: ``Full`` at once when the line is as long as it may be.
  func withPlace<Value: Sendable>(_ body: () async -> Value) async throws(Full) -> Value {
    try await enter()
    let value = await body()
    leave()
    return value
  }

  private func enter() async throws(Full) {
    let isTurnedAway = state.withLock { state in
      state.freePlaces == 0 && state.waiting.count >= Limits.waitingRequests
    }
    if isTurnedAway { throw Full() }
    await withCheckedContinuation { continuation in
      let isFree = state.withLock { state in
        guard state.freePlaces > 0 else {
          state.waiting.append(continuation)
          return false
        }
        state.freePlaces -= 1
        return true
      }
      if isFree { continuation.resume() }
    }
  }

  private func leave() {
    let next: CheckedContinuation<Void, Never>? = state.withLock { state in
      guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
      state.freePlaces += 1
      return nil
    }
    next?.resume()
  }
}

/// Where a service does its steps of work: each takes its time, a stated number at once.
final class WorkBench: Sendable {
  private let gate: Gate
  private let loop: any EventLoop
  private let duration: TimeAmount

  /// - Parameters:
  ///   - places: Steps at once.
  ///   - duration: What one step takes.
  ///   - loop: The event loop that keeps the time.
  init(places: Int, duration: Duration, loop: any EventLoop) {
    gate = Gate(places: places)
    self.loop = loop
    self.duration = TimeAmount(duration)
  }

  /// Does one step: a timer's wait, as a call to a database would be.
  ///
  /// - Throws: ``Gate/Full`` when too many steps wait already.
  func work() async throws(Gate.Full) {
    try await gate.withPlace {
      // The loop's timer is exact to a fraction of a millisecond; that of a task may be 10 % late.
      // It fails only while the process ends, and then nobody needs the step.
      try? await loop.scheduleTask(in: duration) {}.futureResult.get()
    }
  }
}
