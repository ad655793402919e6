import AMQP
import Telemetry

/// What a person deletes on conditions, as management has them.
extension Broker {
  /// Deletes a queue with its messages.
  ///
  /// - Returns: 404 for no such queue, 406 when a condition is not met.
  package func deleteQueue(
    _ name: Name,
    in hostName: String,
    onlyIfUnused: Bool,
    onlyIfEmpty: Bool
  ) -> Result<DeletedQueue, OperationRefusal> {
    findHost(hostName).flatMap { host in
      findQueue(name, in: host).flatMap { queue in
        let entity = "queue '\(name.text)' in vhost '\(hostName)'"
        if onlyIfUnused, !queue.consumers.isEmpty {
          return .failure(OperationRefusal("\(entity) in use", code: .preconditionFailed))
        }
        if onlyIfEmpty, !queue.ready.isEmpty {
          return .failure(OperationRefusal("\(entity) not empty", code: .preconditionFailed))
        }
        return deleteByOperator(queue: name, in: host)
      }
    }
  }

  /// Deletes an exchange.
  ///
  /// - Returns: 403 for one that every virtual host has, 404 for no such exchange, 406 when the
  ///   condition is not met.
  package func deleteExchange(
    _ name: Name,
    in hostName: String,
    onlyIfUnused: Bool
  ) -> Result<Void, OperationRefusal> {
    findHost(hostName).flatMap { host in
      findExchange(name, in: host).flatMap { _ in
        let violation = deleteExchange(name, onlyIfUnused: onlyIfUnused, in: host)
        return violation.map { .failure(OperationRefusal($0)) } ?? .success(())
      }
    }
  }
}
