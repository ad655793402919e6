import Synchronization

/// How many messages may be on their way; one publisher waits when there are too many.
///
/// It is woken when there is room for ``Limits/wakingRoom``, so that it does not send one by one.
final class Window: Sendable {
  private struct State {
    var room: Int
    var isClosed = false
    var waiter: CheckedContinuation<Void, Never>?
  }

  private let state: Mutex<State>
  private let wakingRoom: Int

  init(_ count: Int) {
    // Of a smaller window all room is waited for.
    wakingRoom = min(Limits.wakingRoom, count)
    state = Mutex(State(room: count))
  }

  /// Takes room for at most `limit` messages, and waits while there is none.
  ///
  /// - Returns: 0 when the window was closed.
  func take(atMost limit: Int) async -> Int {
    while true {
      let taken = state.withLock { state -> Int? in
        if state.isClosed { return 0 }
        guard state.room >= wakingRoom else { return nil }
        let taken = min(limit, state.room)
        state.room -= taken
        return taken
      }
      if let taken { return taken }
      await withCheckedContinuation { continuation in
        let goesOn = state.withLock { state in
          if state.isClosed || state.room >= wakingRoom { return true }
          state.waiter = continuation
          return false
        }
        if goesOn { continuation.resume() }
      }
    }
  }

  /// Gives room back.
  func give(_ count: Int) {
    let waiter = state.withLock { state in
      state.room += count
      guard state.room >= wakingRoom else { return nil as CheckedContinuation<Void, Never>? }
      defer { state.waiter = nil }
      return state.waiter
    }
    waiter?.resume()
  }

  /// Ends every wait, now and later.
  func close() {
    let waiter = state.withLock { state in
      state.isClosed = true
      defer { state.waiter = nil }
      return state.waiter
    }
    waiter?.resume()
  }
}
