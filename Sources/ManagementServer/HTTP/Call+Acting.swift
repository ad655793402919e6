import AMQP
import Broker
import Definitions
import JSONText

extension Call {
  /// Does something in the user's name; the events of it say so.
  func act<Value: Sendable>(
    _ body: @escaping @Sendable (Broker) -> Value
  ) async throws(Refusal) -> Value {
    let name = user.name
    return try await withBroker { broker in
      broker.by(.management(user: name)) { body(broker) }
    }
  }

  /// As ``act(_:)``, for what may be refused.
  func tryAct<Value: Sendable>(
    _ body: @escaping @Sendable (Broker) -> Result<Value, OperationRefusal>
  ) async throws(Refusal) -> Value {
    try await act(body).orRefusal()
  }

  /// Checks what the user may do to a queue or exchange of the path's virtual host.
  ///
  /// - Throws: 401 as RabbitMQ has it.
  func demand(_ permission: Permission, on resource: Resource) async throws(Refusal) {
    let (name, host) = (user.name, self[Call.hostName])
    let isAllowed = try await withBroker { $0.allows(name, permission, on: resource, in: host) }
    guard isAllowed else { throw .accessRefused }
  }
}

extension Members {
  /// A value that AMQP can hold.
  ///
  /// - Throws: 400 for null, and what is not there.
  func fieldValue(_ name: String) throws(Refusal) -> FieldValue {
    do {
      return try FieldValue(self[name] ?? .null)
    } catch {
      throw .badRequest("\(name): \(error.problem)")
    }
  }

  /// The arguments of a declaration.
  ///
  /// - Throws: 400 for what no table can hold.
  func arguments(_ name: String = "arguments") throws(Refusal) -> FieldTable {
    guard let json = self[name], json != .null else { return [:] }
    do {
      return try FieldTable(json)
    } catch {
      throw .badRequest("\(name): \(error.problem)")
    }
  }
}
