import Synchronization

/// One place for one result that one task waits for.
///
/// The first of an outcome and the waiting task's cancellation wins; whoever settles learns
/// whether its outcome was the first, and undoes what nobody will receive.
final class Waiter<Value: Sendable>: Sendable {
  typealias Outcome = Result<Value, ClientError>

  private enum State {
    case pending
    case waiting(CheckedContinuation<Outcome, Never>)
    case settled(Outcome)
  }

  private let state = Mutex(State.pending)
  /// Called with the first outcome, by whoever settles, instead of waking a task.
  private let onSettled: (@Sendable (Outcome) -> Void)?

  init(onSettled: (@Sendable (Outcome) -> Void)? = nil) {
    self.onSettled = onSettled
  }

  /// Whether an outcome, or the cancellation, has come.
  var isSettled: Bool {
    state.withLock { state in
      switch state {
      case .pending, .waiting: false
      case .settled: true
      }
    }
  }

  /// Gives the outcome; false when there was one already.
  @discardableResult
  func settle(_ outcome: Outcome) -> Bool {
    let (isFirst, continuation) = state.withLock {
      state -> (Bool, CheckedContinuation<Outcome, Never>?) in
      switch state {
      case .pending:
        state = .settled(outcome)
        return (true, nil)
      case .waiting(let continuation):
        state = .settled(outcome)
        return (true, continuation)
      case .settled:
        return (false, nil)
      }
    }
    continuation?.resume(returning: outcome)
    if isFirst { onSettled?(outcome) }
    return isFirst
  }

  /// Waits for the outcome; at most one task does.
  func value() async throws(ClientError) -> Value {
    let outcome = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let settled = state.withLock { state -> Outcome? in
          switch state {
          case .pending:
            state = .waiting(continuation)
            return nil
          case .settled(let outcome):
            return outcome
          case .waiting:
            preconditionFailure("one task waits for a result")
          }
        }
        if let settled { continuation.resume(returning: settled) }
      }
    } onCancel: {
      settle(.failure(.cancelled))
    }
    return try outcome.get()
  }
}
