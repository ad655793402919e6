import AMQP
import Synchronization

/// Whether a connection lives, readable from every thread; the event loop alone writes it.
final class ConnectionStatus: Sendable {
  private enum Phase {
    case opening
    case open
    case closing
    /// nil when it was closed by us.
    case ended(ClientError?)
  }

  private struct State {
    var phase = Phase.opening
    var waiters: [Waiter<ClientError?>] = []
    var serverProperties = FieldTable()
  }

  private let state = Mutex(State())

  var isOpen: Bool {
    state.withLock { state in
      switch state.phase {
      case .open: true
      case .opening, .closing, .ended: false
      }
    }
  }

  /// Whether the event loop may still be asked to do something.
  var hasEnded: Bool {
    state.withLock { state in
      switch state.phase {
      case .opening, .open, .closing: false
      case .ended: true
      }
    }
  }

  /// Why nothing can be asked of the connection any more.
  var reason: ClientError {
    state.withLock { state in
      switch state.phase {
      case .opening, .open, .closing: .connectionClosedByUs
      case .ended(let error): error ?? .connectionClosedByUs
      }
    }
  }

  /// What the server said of itself; empty until it has.
  var serverProperties: FieldTable { state.withLock(\.serverProperties) }

  func greeted(_ properties: FieldTable) {
    state.withLock { $0.serverProperties = properties }
  }

  func opened() {
    state.withLock { state in
      switch state.phase {
      case .opening: state.phase = .open
      case .open, .closing, .ended: break
      }
    }
  }

  /// Notes that either side has begun to close.
  func closing() {
    state.withLock { state in
      switch state.phase {
      case .opening, .open: state.phase = .closing
      case .closing, .ended: break
      }
    }
  }

  /// Notes the end, for which the first reason counts.
  ///
  /// - Returns: Whoever waits for the end, to be woken when everything has ended.
  func ended(_ reason: ClientError?) -> [Waiter<ClientError?>] {
    state.withLock { state in
      switch state.phase {
      case .ended: return []
      case .opening, .open, .closing: break
      }
      state.phase = .ended(reason)
      defer { state.waiters = [] }
      return state.waiters
    }
  }

  /// Waits for the end; nil when it was closed by us.
  func waitUntilEnded() async -> ClientError? {
    let waiter = Waiter<ClientError?>()
    state.withLock { state in
      switch state.phase {
      case .ended(let reason): waiter.settle(.success(reason))
      case .opening, .open, .closing: state.waiters.append(waiter)
      }
    }
    do throws(ClientError) {
      return try await waiter.value()
    } catch {
      state.withLock { state in state.waiters.removeAll { $0 === waiter } }
      return error
    }
  }
}
