import AMQP
import Broker
import NIOCore
import Telemetry
import Testing

@testable import AMQPServer

/// Resource alarms, as a session without a socket sees them.
@Suite struct AlarmTests {
  private let client: SessionClient

  init() throws {
    client = try SessionClient.opened()
    client.send(QueueDeclare(queue: "q"), channel: 1)
    _ = try client.methods()
  }

  private func depth() throws -> UInt32? {
    let other = try SessionClient.opened(broker: client.broker)
    other.send(QueueDeclare(queue: "q", passive: true), channel: 1)
    for case .queueDeclareOk(let answer) in try other.methods() { return answer.messageCount }
    return nil
  }

  /// RabbitMQ 3.10.8 stops at the content header: the message itself waits for the end of it.
  @Test func aPublisherIsBlockedAtItsNextMessageAndToldWhy() throws {
    _ = client.broker.setAlarm(.memory, isOn: true)
    #expect(try client.methods().isEmpty, "who does not publish is left alone")
    client.publish("late", key: "q")
    #expect(
      try client.methods() == [.connectionBlocked(ConnectionBlocked(reason: "low on memory"))]
    )
    client.publish("later", key: "q")
    #expect(try client.methods().isEmpty)
    #expect(try depth() == 0)
    #expect(client.session.connection?.isBlocked == true)
    _ = client.broker.setAlarm(.memory, isOn: false)
    #expect(try client.methods() == [.connectionUnblocked(ConnectionUnblocked())])
    client.send(bytes: ByteBuffer())
    #expect(try depth() == 2)
    #expect(client.broker.brokenInvariants() == [])
  }

  @Test func anEmptyMessageIsTakenBeforeItsPublisherIsBlocked() throws {
    _ = client.broker.setAlarm(.disk, isOn: true)
    client.publish("", key: "q")
    #expect(try client.methods() == [.connectionBlocked(ConnectionBlocked(reason: "low on disk"))])
    #expect(try depth() == 1)
  }

  @Test func theLastOfSeveralAlarmsLetsPublishersGoOn() throws {
    _ = client.broker.setAlarm(.disk, isOn: true)
    _ = client.broker.setAlarm(.memory, isOn: true)
    client.publish("", key: "q")
    let reason = "low on memory & disk"
    #expect(try client.methods() == [.connectionBlocked(ConnectionBlocked(reason: reason))])
    _ = client.broker.setAlarm(.memory, isOn: false)
    #expect(try client.methods().isEmpty)
    #expect(client.session.connection?.isBlocked == true)
    _ = client.broker.setAlarm(.disk, isOn: false)
    #expect(try client.methods() == [.connectionUnblocked(ConnectionUnblocked())])
  }

  @Test func consumersAreNeverBlocked() throws {
    client.publish("one", key: "q")
    client.publish("two", key: "q")
    _ = client.broker.setAlarm(.memory, isOn: true)
    let consumer = try SessionClient.opened(broker: client.broker)
    consumer.send(BasicQos(prefetchCount: 1), channel: 1)
    consumer.send(BasicConsume(queue: "q", consumerTag: "c"), channel: 1)
    #expect(try consumer.methods().contains { if case .basicDeliver = $0 { true } else { false } })
    consumer.send(BasicAck(deliveryTag: 1), channel: 1)
    let second = try consumer.methods()
    #expect(second.count == 1)
    guard case .basicDeliver(let deliver) = try #require(second.first) else {
      Issue.record("expected a delivery, got \(second)")
      return
    }
    #expect(deliver.deliveryTag == 2)
  }

  @Test func aBlockedConnectionStillGetsItsDeliveries() throws {
    client.send(BasicConsume(queue: "q", consumerTag: "c"), channel: 1)
    _ = try client.methods()
    _ = client.broker.setAlarm(.memory, isOn: true)
    client.publish("", key: "nowhere")
    _ = try client.methods()
    let message = OperatorCommand.publish(
      virtualHost: "/",
      exchange: "",
      routingKey: "q",
      body: [1],
      count: 1
    )
    #expect(message.perform(on: client.broker) == .success("published 1 message"))
    #expect(try client.methods().contains { if case .basicDeliver = $0 { true } else { false } })
    client.send(BasicAck(deliveryTag: 1), channel: 1)
    #expect(client.broker.totals.unacked == 1, "nothing is read from it, acknowledgements neither")
  }

  @Test func anAlarmStaysOnWhileTheServerMeasuresIt() throws {
    let broker = client.broker
    broker.raise(.memory, by: .measurement, because: "9 MB used, the limit is 8 MB")
    _ = broker.setAlarm(.memory, isOn: true)
    #expect(
      broker.setAlarm(.memory, isOn: false)
        == "the memory alarm stays on: the server still measures too little"
    )
    #expect(broker.hasAlarms)
    #expect(broker.clear(.memory, by: .measurement))
    #expect(!broker.hasAlarms)
  }

  @Test func alarmsStandInTheSnapshotAndOnTheTimeline() throws {
    let broker = client.broker
    let command = OperatorCommand.setAlarm(.disk, isOn: true)
    #expect(command.perform(on: broker) == .success("the disk alarm is on"))
    client.publish("", key: "q")
    let identity = BrokerIdentity(label: "", endpoint: "", startedAt: .zero)
    let snapshot = broker.snapshot(of: identity)
    #expect(snapshot.alarms == [.disk])
    #expect(snapshot.connections.map(\.isBlocked) == [true])
    #expect(snapshot.events.last?.text == "disk alarm: raised by hand (you); publishers wait")
    #expect(snapshot.events.last?.severity == .critical)
    _ = OperatorCommand.setAlarm(.disk, isOn: false).perform(on: broker)
    let after = broker.snapshot(of: identity)
    #expect(after.alarms == [])
    #expect(after.connections.map(\.isBlocked) == [false])
    #expect(after.events.last?.text == "disk alarm cleared; publishers go on")
  }
}

@Suite struct ResourceMonitorTests {
  private let broker = Broker { "unique" }
  private let monitor: ResourceMonitor

  init() {
    var limits = ServerLimits()
    limits.memory = .fraction(0.4)
    limits.diskFreeBytes = 50
    monitor = ResourceMonitor(limits, machineBytes: 1_000)
  }

  private func alarms(_ used: Int?, _ free: Int?) -> [ResourceAlarm] {
    monitor.apply(ResourceReadings(usedMemoryBytes: used, freeDiskBytes: free), to: broker)
    return broker.snapshot(of: BrokerIdentity(label: "", endpoint: "", startedAt: .zero)).alarms
  }

  @Test func alarmsFollowTheReadings() {
    #expect(alarms(400, 50) == [])
    #expect(alarms(401, 50) == [.memory])
    #expect(alarms(401, 49) == [.memory, .disk])
    #expect(
      alarms(nil, nil) == [.memory, .disk],
      "without a reading nothing is known to be better"
    )
    #expect(alarms(400, nil) == [.disk])
    #expect(alarms(nil, 50) == [])
  }

  @Test func theSystemTellsWhatIsUsedAndWhatThereIs() throws {
    let used = try #require(ResourceReadings.anonymousBytes)
    let machine = try #require(ResourceReadings.machineMemoryBytes)
    #expect(used > 0 && used < machine)
    #expect(try #require(ResourceReadings.freeBytes(of: ".")) > 0)
    #expect(ResourceReadings.freeBytes(of: "/no/such/place") == nil)
  }

  @Test func aLabelIsFoundAtTheBeginningOfALine() {
    let text = "VmRSS:\t  100 kB\nRssAnon:\t    2400 kB\nRssFile:\t 3 kB\n"
    #expect(ResourceReadings.kilobytes(after: "RssAnon:", in: text) == 2_400)
    #expect(ResourceReadings.kilobytes(after: "RssShmem:", in: text) == nil)
  }
}
