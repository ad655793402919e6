/// What a client, or the operator, may do in a step, with how often in a seed that leaves it in.
enum SimulationCommand: CaseIterable {
  case publish, publishToQueue, consume, cancel, get
  case acknowledge, requeue, reject, settleMany, recover
  case commit, rollBack
  case bind, unbind, purge, recreate
  case pause, pauseConsumer, pass, die

  var weight: UInt64 {
    switch self {
    case .publish, .publishToQueue: 6
    case .acknowledge: 4
    case .consume, .get, .requeue, .reject, .settleMany, .commit: 2
    case .cancel, .recover, .rollBack, .bind, .unbind, .purge, .recreate, .pause, .pauseConsumer,
      .pass, .die:
      1
    }
  }
}
