import AMQP
import Broker
import Testing

/// The answers are those of RabbitMQ 3.10.8.
@Suite struct QueueArgumentTests {
  private static let quorum = FieldTable.Entry(key: "x-queue-type", value: .text("quorum"))

  private func refusal(of arguments: FieldTable, isDurable: Bool = true) -> Violation? {
    let client = QueueClient()
    let result = client.broker.declareQueue(
      QueueDeclaration(name: Name("q"), isDurable: isDurable, arguments: arguments),
      on: client.client.channel
    )
    if case .failure(let violation) = result { return violation }
    return nil
  }

  @Test(arguments: [
    ("x-message-ttl", FieldValue.signed32(-1), "{value_negative,-1}"),
    ("x-message-ttl", .signed64(1 << 40), "{value_too_large,1099511627776}"),
    ("x-message-ttl", .double(1.5), "\"expected integer, got double\""),
    ("x-expires", .signed32(0), "{value_zero,0}"),
    ("x-expires", .text("5"), "\"expected integer, got longstr\""),
    ("x-max-length", .boolean(true), "\"expected integer, got bool\""),
    ("x-max-length-bytes", .signed8(-1), "{value_negative,-1}"),
    ("x-max-priority", .signed32(256), "{max_value_exceeded,256}"),
    ("x-max-priority", .signed32(-1), "{value_negative,-1}"),
    ("x-overflow", .text("bogus"), "invalid_overflow"),
    ("x-overflow", .signed32(5), "{unacceptable_type,signedint}"),
    ("x-queue-mode", .text("bogus"), "\"unsupported queue mode 'bogus'\""),
    ("x-queue-version", .signed32(3), "\"unsupported queue version '3'\""),
    ("x-queue-version", .signed32(0), "\"unsupported queue version '0'\""),
    ("x-single-active-consumer", .signed32(1), "{unacceptable_type,signedint}"),
    ("x-queue-type", .text("bogus"), "\"unsupported queue type 'bogus'\""),
    ("x-queue-type", .void, "{unacceptable_type,void}"),
    ("x-dead-letter-routing-key", .text("k"), "routing_key_but_no_dlx_defined"),
    ("x-queue-master-locator", .text("x"), "\"unsupported queue master locator 'x'\""),
  ]) func wrongArgumentsAreRefused(key: String, value: FieldValue, reason: String) {
    let violation = refusal(of: FieldTable(entries: [.init(key: key, value: value)]))
    #expect(
      violation
        == Violation(
          .preconditionFailed,
          "invalid arg '\(key)' for queue 'q' in vhost '/': \(reason)"
        )
    )
  }

  @Test(arguments: [
    ("x-message-ttl", FieldValue.signed32(0)), ("x-message-ttl", .signed64(315_360_000_000)),
    ("x-max-length", .signed64(1 << 40)), ("x-max-priority", .unsigned8(255)),
    ("x-max-priority", .signed32(0)), ("x-queue-version", .signed32(2)),
    ("x-queue-mode", .text("lazy")), ("x-queue-master-locator", .text("min-masters")),
    ("x-dead-letter-exchange", .text("missing")), ("x-mine", .array([.void])),
    ("x-overflow", .text("reject-publish-dlx")), ("x-single-active-consumer", .boolean(false)),
  ]) func rightArgumentsAreTaken(key: String, value: FieldValue) {
    #expect(refusal(of: FieldTable(entries: [.init(key: key, value: value)])) == nil)
  }

  @Test func aDeadLetterExchangeIsText() {
    #expect(
      refusal(of: ["x-dead-letter-exchange": .signed32(5), "x-expires": .signed32(0)])?.text
        == "invalid type 'signedint' for arg 'x-dead-letter-exchange' in queue 'q' in vhost '/'"
    )
  }

  @Test func aClassicQueueHasNoDeliveryLimit() {
    #expect(
      refusal(of: ["x-delivery-limit": .signed32(5)])?.text
        == "invalid arg 'x-delivery-limit' for queue 'q' in vhost '/' of queue type "
        + "rabbit_classic_queue"
    )
  }

  @Test(arguments: ["x-max-priority", "x-queue-mode", "x-queue-version", "x-queue-master-locator"])
  func aQuorumQueueHasNot(key: String) {
    let table = FieldTable(entries: [Self.quorum, .init(key: key, value: .signed32(-1))])
    #expect(
      refusal(of: table)?.text
        == "invalid arg '\(key)' for queue 'q' in vhost '/' of queue type rabbit_quorum_queue"
    )
  }

  @Test func aValueIsCheckedBeforeWhatTheTypeTakes() {
    let table: FieldTable = ["x-delivery-limit": .signed32(1), "x-expires": .signed32(0)]
    #expect(refusal(of: table)?.text.hasSuffix("{value_zero,0}") == true)
  }

  @Test func streamsAreRefused() {
    #expect(refusal(of: ["x-queue-type": .text("stream")])?.code == .notImplemented)
  }

  private func difference(_ first: FieldTable, _ second: FieldTable) -> String? {
    let client = QueueClient()
    let name = Name("q")
    for (arguments, isFirst) in [(first, true), (second, false)] {
      let result = client.broker.declareQueue(
        QueueDeclaration(name: name, isDurable: true, arguments: arguments),
        on: client.client.channel
      )
      guard case .failure(let violation) = result else { continue }
      #expect(!isFirst)
      #expect(violation.code == .preconditionFailed)
      return violation.text
    }
    return nil
  }

  private static let entity = "for queue 'q' in vhost '/': "

  @Test func argumentsComparedByValue() {
    #expect(difference(["x-max-length": .signed32(1)], ["x-max-length": .signed64(1)]) == nil)
    #expect(
      difference(["x-max-length": .signed32(1)], ["x-max-length": .signed32(2)])
        == "inequivalent arg 'x-max-length' \(Self.entity)received '2' but current is '1'"
    )
    #expect(
      difference(["x-max-length": .signed32(1)], ["x-max-length": .text("a")])
        == "inequivalent arg 'x-max-length' \(Self.entity)received 'a' but current is '1'"
    )
  }

  @Test func anArgumentThatIsMissingIsNone() {
    #expect(
      difference(["x-message-ttl": .signed32(1_000)], [:])
        == "inequivalent arg 'x-message-ttl' \(Self.entity)received none but current is the value "
        + "'1000' of type 'signedint'"
    )
    #expect(
      difference([:], ["x-single-active-consumer": .boolean(true)])
        == "inequivalent arg 'x-single-active-consumer' \(Self.entity)received the value 'true' of "
        + "type 'bool' but current is none"
    )
    #expect(
      difference([:], ["x-message-ttl": .array([.signed32(1)])])
        == "inequivalent arg 'x-message-ttl' \(Self.entity)received the value '[{signedint,1}]' of "
        + "type 'array' but current is none"
    )
  }

  @Test func theTypeIsComparedAndClassicIsTheDefault() {
    #expect(difference([:], ["x-queue-type": .text("classic")]) == nil)
    #expect(
      difference(["x-queue-type": .text("quorum")], [:])
        == "inequivalent arg 'x-queue-type' \(Self.entity)received none but current is the value "
        + "'quorum' of type 'longstr'"
    )
  }

  @Test func whatTheTypeDoesNotKnowIsNotCompared() {
    #expect(difference(["x-mine": .signed32(1)], ["x-mine": .signed32(2)]) == nil)
    #expect(difference([:], ["x-delivery-limit": .signed32(1)]) == nil)
  }

  @Test func theFirstDifferenceIsInRabbitMQsOrder() {
    let text = difference([:], ["x-message-ttl": .signed32(1), "x-expires": .signed32(5)])
    #expect(text?.hasPrefix("inequivalent arg 'x-expires'") == true)
  }

  @Test func exclusivityIsComparedBeforeAllElse() throws {
    let client = QueueClient()
    try client.declare("q")
    let declaration = QueueDeclaration(name: Name("q"), isDurable: true, isExclusive: true)
    let result = client.broker.declareQueue(declaration, on: client.client.channel)
    guard case .failure(let violation) = result else {
      Issue.record("an exclusive queue is another one")
      return
    }
    #expect(violation.code == .resourceLocked)
  }
}
