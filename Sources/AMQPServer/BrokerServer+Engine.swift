package import Broker
import NIOCore

/// What management does with the engine.
extension BrokerServer {
  /// Does something with the engine in one turn, on its loop.
  ///
  /// - Parameter body: Must be quick: every client waits for it.
  /// - Returns: nil while the broker is down, and when it has stopped.
  package func withBroker<Value: Sendable>(
    _ body: @escaping @Sendable (Broker) -> Value
  ) async -> Value? {
    let result: Result<Value, OperatorRefusal> = await carryOut { loop in
      .done(.success(body(loop.broker)))
    }
    switch result {
    case .success(let value): return value
    case .failure: return nil
    }
  }

  /// Finds out who asks something of the broker, by the rules for clients.
  ///
  /// - Parameters:
  ///   - name: Who it says that it is.
  ///   - password: In clear.
  ///   - address: Where it comes from, as `address:port`.
  /// - Returns: nil when it is refused, for whatever reason.
  package func authenticate(
    _ name: String,
    password: [UInt8],
    from address: String
  ) async -> User? {
    await withBroker { broker in
      broker.access.user(
        claimedBy: .password(user: name, password: password),
        from: Peer(address: address)
      ).flatMap { broker.access.users[$0] }
    } ?? nil
  }
}
