import AMQP
import Broker
import JSONText
import Testing

@testable import ManagementServer

/// Times and names in RabbitMQ's manner.
@Suite struct DescriberTests {
  @Test(arguments: [
    (0, "1970-01-01T00:00:00.000+00:00"), (951_782_399_999, "2000-02-28T23:59:59.999+00:00"),
    (951_782_400_000, "2000-02-29T00:00:00.000+00:00"),
    (1_795_922_108_676, "2026-11-29T03:15:08.676+00:00"),
    (4_107_542_400_000, "2100-03-01T00:00:00.000+00:00"),
  ])
  func timesAreWrittenAsRabbitMQDoes(milliseconds: Int64, text: String) {
    #expect(Describer.time(milliseconds) == .string(text))
  }

  private func key(_ routingKey: String, _ arguments: FieldTable = [:]) -> String {
    BindingDescription(
      source: Name("x"),
      destinationKind: .queue,
      destination: Name("q"),
      routingKey: Name(routingKey),
      arguments: arguments
    ).propertiesKey
  }

  @Test func theKeyOfABindingTellsItsArgumentsApart() {
    #expect(key("") == "~")
    #expect(key("a.*") == "a.%2A")
    #expect(key("a~b c") == "a%7Eb+c")
    let one = key("a", ["k": .text("v")])
    #expect(one.hasPrefix("a~"))
    #expect(one != key("a", ["k": .text("w")]))
    #expect(key("", ["k": .text("v")]).hasPrefix("~"))
  }

  @Test func thePeerOfAConnectionHasHostAndPort() {
    let peer = Describer.Peer(address: "::1:5000", user: "guest")
    #expect(peer.host == "::1")
    #expect(peer.port == 5000)
  }
}
