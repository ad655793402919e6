import AMQP
import Broker
import Testing

@testable import AMQPServer

/// The limits of virtual hosts and users, in the words that RabbitMQ 3.10.8 gave.
@Suite struct LimitMethodTests {
  private let broker = Broker { "unique" }

  private func setLimits(_ limits: FieldTable) throws {
    let key = ParameterKey(host: "/", component: "vhost-limits", name: "limits")
    try broker.setParameter(key, to: .table(limits)).get()
  }

  /// The close that a new connection gets instead of an open channel; nil when it gets that.
  private func refusal() throws -> SessionClient.Closing? {
    let client = SessionClient(broker: broker)
    client.send(bytes: client.handshakeBytes)
    return try client.closing()
  }

  private func closing(_ code: UInt16, _ text: String) -> SessionClient.Closing {
    SessionClient.Closing(scope: code == 406 ? .channel : .connection, code: code, text: text)
  }

  @Test func aFullVirtualHostTakesNoConnectionAndNoQueue() throws {
    try setLimits(["max-connections": .signed32(1), "max-queues": .signed32(2)])
    let client = try SessionClient.opened(broker: broker)
    let text = "access to vhost '/' refused for user 'guest': connection limit (1) is reached"
    #expect(try refusal() == closing(530, "NOT_ALLOWED - " + text))
    for name in ["a", "b", "a"] { client.send(QueueDeclare(queue: name), channel: 1) }
    #expect(try client.closing() == nil)
    client.send(QueueDeclare(queue: "c"), channel: 1)
    let reached = "cannot declare queue 'c': queue limit in vhost '/' (2) is reached"
    #expect(try client.closing() == closing(406, "PRECONDITION_FAILED - " + reached))
    try setLimits(["max-connections": .signed32(-1), "max-queues": .signed32(-1)])
    client.send(ChannelCloseOk(), channel: 1)
    client.send(ChannelOpen(), channel: 1)
    client.send(QueueDeclare(queue: "c"), channel: 1)
    #expect(try client.closing() == nil)
    #expect(try refusal() == nil)
  }

  @Test func aUserHasSoManyConnectionsAndChannels() throws {
    var guest = User.guest
    guest.limits = ["max-connections": .signed32(1), "max-channels": .signed32(2)]
    try broker.putUser(guest).get()
    let client = try SessionClient.opened(broker: broker)
    let text = "connection refused for user 'guest': user connection limit (1) is reached"
    #expect(try refusal() == closing(530, "NOT_ALLOWED - " + text))
    client.send(ChannelOpen(), channel: 2)
    #expect(try client.closing() == nil)
    client.send(ChannelOpen(), channel: 3)
    let reached = "number of channels opened for user 'guest' has reached the maximum allowed user "
    #expect(try client.closing() == closing(530, "NOT_ALLOWED - " + reached + "limit of (2)"))
    client.session.disconnected()
    #expect(try refusal() == nil)
  }
}
