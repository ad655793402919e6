package import AMQP
import NIOCore

/// One channel: its synchronous methods are sent one after the other, each waiting for its answer.
///
/// A refused operation usually costs the channel: every later call then throws the reason. A
/// channel that nobody holds is closed; a ``DeliveryStream`` holds the channel that it reads from.
///
/// - Isolation: any task may call; the work is done on the connection's event loop.
package final class AMQPChannel: Sendable {
  package let connection: AMQPConnection
  /// The number on the wire, 1 or above.
  package let number: UInt16
  /// Mandatory messages that came back and that no publisher waits for, oldest first.
  ///
  /// At most ``ClientLimits/returnedMessages`` are kept unread. Ends with the channel.
  package let returns: AsyncStream<ReturnedMessage>
  let session: NIOLoopBound<ChannelSession>

  init(
    connection: AMQPConnection,
    number: UInt16,
    returns: AsyncStream<ReturnedMessage>,
    session: NIOLoopBound<ChannelSession>
  ) {
    self.connection = connection
    self.number = number
    self.returns = returns
    self.session = session
  }

  deinit {
    let session = session
    connection.execute { session.value.close(nil) }
  }

  /// Closes the channel and waits for the server's answer, at most ``ClientLimits/closeSeconds``.
  ///
  /// What is not acknowledged goes back to its queues. Closing a closed channel does nothing.
  package func close() async {
    // An error says that the channel or its connection is gone already, which is what is wanted.
    _ = try? await perform { (session, waiter: Waiter<Void>) in session.close(waiter) }
  }

  /// Limits what may be delivered and not yet acknowledged.
  ///
  /// - Parameters:
  ///   - count: Messages; 0 means no limit.
  ///   - global: For the whole channel instead of each consumer started from now on.
  /// - Throws: The reason why the channel or its connection is gone, or the task's cancellation.
  package func setPrefetch(count: UInt16, global: Bool = false) async throws(ClientError) {
    _ = try await call(
      .basicQos(BasicQos(prefetchCount: count, global: global)),
      answer: BasicQosOk.self
    )
  }

  /// Asks the server to confirm every message published from now on.
  package func confirmSelect() async throws(ClientError) {
    _ = try await call(.confirmSelect(ConfirmSelect()), answer: ConfirmSelectOk.self)
  }

  /// Sends a synchronous method and waits for its one answer.
  ///
  /// For methods that have no function of their own here.
  ///
  /// - Parameters:
  ///   - method: One that has exactly one kind of answer.
  ///   - answer: That kind.
  /// - Returns: The answer.
  /// - Throws: The reason why the channel or its connection is gone, or the task's cancellation.
  package func call<Answer: MethodArguments>(
    _ method: Method,
    answer: Answer.Type
  ) async throws(ClientError) -> Answer {
    try await perform { (session, waiter: Waiter<Answer>) in
      session.call(PendingMethod(method, answer: answer, waiter: waiter))
    }
  }

  /// Runs `body` on the event loop and waits until the waiter is settled.
  func perform<Value: Sendable>(
    _ body: @escaping @Sendable (ChannelSession, Waiter<Value>) -> Void
  ) async throws(ClientError) -> Value {
    let session = session
    return try await connection.perform { waiter in body(session.value, waiter) }
  }
}

/// Refuses names that a short string cannot hold.
func checkNames(_ names: String...) throws(ClientError) {
  for name in names where name.utf8.count > Limits.shortStringBytes {
    throw ClientError(
      code: .invalidArgument,
      message: "a name of \(name.utf8.count) bytes is longer than \(Limits.shortStringBytes)"
    )
  }
}
