import Broker
import NIOCore
package import Telemetry

/// What the person at the dashboard asks the broker.
extension BrokerServer {
  /// Does what a person asked for.
  ///
  /// - Returns: One line on what was done, or why it could not be.
  package func perform(_ command: OperatorCommand) async -> Result<String, OperatorRefusal> {
    await carryOut { loop in
      guard case .moveMessages(let host, let source, let destination, let count) = command else {
        return .done(command.perform(on: loop.broker))
      }
      let broker = loop.broker
      let move = broker.findHost(host).flatMap {
        broker.beginMove(from: Name(source), to: Name(destination), count: count, in: $0)
      }
      return .steps(of: move) { move in broker.byOperator { broker.advance(move) } }
    }
  }

  /// Looks at messages that wait in a queue; nothing is consumed and nothing is changed.
  ///
  /// - Parameters:
  ///   - virtualHost: Where the queue is.
  ///   - queue: Its name.
  ///   - position: Of the first message, from the head on, which is 0.
  ///   - count: How many; at most ``WatchedDetails/messagesLimit`` come.
  /// - Returns: The messages in the order in which they would go out.
  package func peek(
    virtualHost: String,
    queue: String,
    from position: Int,
    count: Int
  ) async -> Result<[MessageSnapshot], OperatorRefusal> {
    await carryOut { loop in
      let result = loop.broker.findHost(virtualHost).flatMap { host in
        loop.broker.peek(queue: Name(queue), in: host, from: position, count: count)
      }
      return .done(result.mapError { OperatorRefusal(message: $0.message) })
    }
  }

  /// Publishes the dead letters in a queue again, each where it was before it died last, or says
  /// what would go where.
  ///
  /// - Parameters:
  ///   - virtualHost: Where the queue is.
  ///   - queue: The queue that the dead letters are in.
  ///   - isDryRun: Whether nothing is to be moved.
  /// - Returns: What went where; what has an obstacle stayed.
  package func redrive(
    virtualHost: String,
    queue: String,
    isDryRun: Bool
  ) async -> Result<Redrive, OperatorRefusal> {
    await carryOut { loop in
      let broker = loop.broker
      let redrive = broker.findHost(virtualHost).flatMap { host in
        broker.beginRedrive(of: Name(queue), in: host, isDryRun: isDryRun)
      }
      return .steps(of: redrive) { redrive in broker.byOperator { broker.advance(redrive) } }
    }
  }

  /// Says what a person looks at closely: from now on each snapshot tells more about that, and one
  /// is made at once.
  ///
  /// - Parameters:
  ///   - watch: When it is not there, or goes away, ``BrokerSnapshot/details`` is nil.
  ///   - isTapping: Whether messages that go to the queue or exchange are copied for the person.
  package func watch(_ watch: Watch, isTapping: Bool) {
    eventLoop.execute { [self] in
      loop.value.watch(watch, isTapping: isTapping)
      publishSnapshot()
    }
  }

  /// Something that is done at once, or a turn's worth at a time.
  enum Work<Value> {
    case done(Result<Value, OperatorRefusal>)
    /// Called once a turn until it has a result.
    case steps(() -> Result<Value, OperationRefusal>?)

    static func steps<Task>(
      of task: Result<Task, OperationRefusal>,
      _ step: @escaping (Task) -> Result<Value, OperationRefusal>?
    ) -> Work {
      switch task {
      case .success(let task): .steps { step(task) }
      case .failure(let refusal): .done(.failure(OperatorRefusal(message: refusal.message)))
      }
    }
  }

  func carryOut<Value: Sendable>(
    _ begin: @escaping @Sendable (BrokerLoop) -> Work<Value>
  ) async -> Result<Value, OperatorRefusal> {
    let done = eventLoop.flatSubmit { [loop] () -> EventLoopFuture<Value> in
      let loop = loop.value
      loop.tellTime()
      guard !loop.isDown else {
        return loop.eventLoop.makeFailedFuture(OperatorRefusal(message: "the broker is down"))
      }
      switch begin(loop) {
      case .done(let result):
        loop.endTurn()
        return loop.eventLoop.makeCompletedFuture(result.mapError { $0 })
      case .steps(let step): return loop.run(step)
      }
    }
    do {
      return .success(try await done.get())
    } catch let refusal as OperatorRefusal {
      return .failure(refusal)
    } catch {
      return .failure(.stopped)
    }
  }
}

extension BrokerLoop {
  /// Does something step by step, each in a turn of its own.
  fileprivate func run<Value: Sendable>(
    _ step: @escaping () -> Result<Value, OperationRefusal>?
  ) -> EventLoopFuture<Value> {
    let promise = eventLoop.makePromise(of: Value.self)
    let number = tasks.begin { promise.fail($0) }
    goOn(with: number, step, promise)
    return promise.futureResult
  }

  private func goOn<Value: Sendable>(
    with number: UInt64,
    _ step: @escaping () -> Result<Value, OperationRefusal>?,
    _ promise: EventLoopPromise<Value>
  ) {
    // Whoever abandoned it has said so.
    guard tasks.isGoingOn(number) else { return }
    tellTime()
    let result = step()
    endTurn()
    guard let result else {
      if broker.isStoreFlooded {
        // It waits for the disk, which is slow.
        eventLoop.assumeIsolated()
          .scheduleTask(in: .milliseconds(ServerLimits.floodedMilliseconds)) { [self] in
            goOn(with: number, step, promise)
          }
      } else {
        afterOthers { [self] in goOn(with: number, step, promise) }
      }
      return
    }
    tasks.end(number)
    promise.completeWith(result.mapError { OperatorRefusal(message: $0.message) as any Error })
  }
}
