package import AMQP

/// What a peer did against the protocol, and how the server answers it.
///
/// The server turns it into `channel.close` or `connection.close` (AMQP 0-9-1 section 1.8).
package struct Violation: Error, Sendable, Hashable {
  package var scope: Scope
  package var code: ReplyCode
  /// Names the entity and the numbers; the server puts the code's name before it.
  package var text: String

  /// How much of the peer's session ends.
  package enum Scope: Sendable, Hashable {
    case channel
    case connection
  }

  package init(_ code: ReplyCode, _ text: String) {
    self.code = code
    self.text = text
    scope = code.isConnectionError ? .connection : .channel
  }
}

extension Violation {
  static func noExchange(_ name: Name, in host: VirtualHost) -> Violation {
    Violation(.notFound, "no exchange '\(name.text)' in vhost '\(host.name)'")
  }

  static func noQueue(_ name: Name, in host: VirtualHost) -> Violation {
    Violation(.notFound, "no queue '\(name.text)' in vhost '\(host.name)'")
  }

  static func locked(_ queue: Queue) -> Violation {
    Violation(
      .resourceLocked,
      """
      cannot obtain exclusive access to locked queue '\(queue.name.text)' in vhost \
      '\(queue.host.name)'. It could be originally declared on another connection or the \
      exclusive property value does not match that of the original declaration.
      """
    )
  }

  static func singleActiveQuorum(_ queue: Queue) -> Violation {
    Violation(
      .resourceLocked,
      """
      cannot obtain access to locked queue '\(queue.name.text)' in vhost '\(queue.host.name)'. \
      basic.get operations are not supported by quorum queues with single active consumer
      """
    )
  }

  static func inequivalent(
    _ argument: String,
    of entity: String,
    received: String,
    current: String
  ) -> Violation {
    Violation(
      .preconditionFailed,
      "inequivalent arg '\(argument)' for \(entity): received '\(received)' but current is "
        + "'\(current)'"
    )
  }

  static func tooManyQueues(_ name: Name, in host: VirtualHost, limit: Int) -> Violation {
    Violation(
      .preconditionFailed,
      "cannot declare queue '\(name.text)': queue limit in vhost '\(host.name)' (\(limit)) is reached"
    )
  }

  static func unknownDeliveryTag(_ tag: UInt64) -> Violation {
    Violation(.preconditionFailed, "unknown delivery tag \(tag)")
  }
}
