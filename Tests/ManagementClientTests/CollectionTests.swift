import JSONText
import Telemetry
import Testing

@testable import ManagementClient

/// A management's answers as a snapshot.
@Suite struct CollectionTests {
  private func snapshot(
    _ collection: Collection,
    at seconds: Double = 1_000
  ) throws -> BrokerSnapshot {
    try #require(
      collection.snapshot(at: Sample.time(seconds), endpoint: "http://h:1", details: nil)
    )
  }

  @Test func theAnswersOfARabbitMQBecomeASnapshot() throws {
    let collection = try Sample.collection()
    let snapshot = try snapshot(collection)
    #expect(collection.product == "RabbitMQ 3.10.8")
    #expect(snapshot.identity.label == "lab5690@vm")
    #expect(snapshot.identity.endpoint == "http://h:1")
    #expect(snapshot.queues.map(\.name) == ["orders.audit", "orders.mail", "orders.quorum"])
    #expect(snapshot.totals.published == 668)
    #expect(snapshot.totals.ready == 993)
    #expect(!snapshot.totals.isLedgerKept)
  }

  @Test func aQueueHasItsSumsItsLimitsAndItsConsumers() throws {
    let queues = try snapshot(try Sample.collection()).queues
    let audit = queues[0]
    #expect(audit.ready == 497)
    #expect(audit.readyBytes == 4_333)
    #expect(audit.bounds.maximumLength == 1_000)
    #expect(audit.enqueued == 668)
    #expect(queues[1].acknowledged == 668)
    #expect(queues[1].consumerCount == 1)
    #expect(queues[1].oldestReadyAt == nil)
    #expect(queues[1].timeToAcknowledgement == nil)
  }

  @Test func aConsumerIsJoinedWithItsChannelAndItsConnection() throws {
    let snapshot = try snapshot(try Sample.collection())
    let consumer = try #require(snapshot.consumers.first)
    #expect(consumer.tag == "mail-1")
    #expect(consumer.queue == "orders.mail")
    #expect(consumer.prefetchCount == 10)
    #expect(consumer.acknowledged == 668)
    #expect(consumer.connectionName == "mailer")
    let connection = snapshot.connections.first {
      $0.identifier == consumer.connectionIdentifier
    }
    #expect(connection?.name == "mailer")
    #expect(snapshot.connections.map(\.name) == ["order-shop", "mailer"])
    #expect(snapshot.connections[0].clientProduct == "shop")
    #expect(snapshot.connections[0].published == 648)
    #expect(snapshot.connections[0].heartbeatSeconds == 60)
  }

  @Test func consumersThatShareAChannelHaveNoFiguresOfTheirOwn() throws {
    var collection = try Sample.collection()
    guard case .array(let consumers) = try Sample.json("consumers"),
      case .object(var second) = consumers[0]
    else { return }
    second.removeAll { $0.name == "consumer_tag" }
    second.append(JSON.Member(name: "consumer_tag", value: "mail-2"))
    _ = collection.take(.consumers, .array(consumers + [.object(second)]), at: Sample.time(1_005))
    let snapshot = try snapshot(collection, at: 1_005)
    #expect(snapshot.consumers.map(\.acknowledged) == [0, 0])
  }

  @Test func exchangesHaveTheirBindings() throws {
    let exchanges = try snapshot(try Sample.collection()).exchanges
    let orders = try #require(exchanges.first { $0.name == "orders" })
    #expect(orders.type == "topic")
    #expect(orders.bindingCount == 3)
    #expect(orders.published == 668)
    #expect(exchanges.first { $0.name.isEmpty }?.isPredeclared == true)
  }

  @Test func nodesSayHowTheyAreAndWhatTheyLead() throws {
    let node = try #require(try Sample.collection().describedNodes.first)
    #expect(node.name == "lab5690@localhost")
    #expect(node.isRunning)
    #expect(node.memoryLimitBytes == 10_110_600_806)
    #expect(node.leaderCount == 1)
    #expect(node.upSeconds == 69.23)
  }

  @Test func alarmsOfANodeAreThoseOfTheBroker() throws {
    var collection = try Sample.collection()
    let nodes: JSON = [
      ["name": "a", "mem_alarm": true, "partitions": ["b"]],
      ["name": "b", "disk_free_alarm": true],
    ]
    _ = collection.take(.nodes, nodes, at: Sample.time(1_005))
    #expect(try snapshot(collection, at: 1_005).alarms == [.memory, .disk])
    #expect(collection.describedNodes[0].partitions == ["b"])
  }

  @Test func aBrokerThatRunsForLessLongWasStartedAnew() throws {
    var collection = try Sample.collection()
    let before = try snapshot(collection).identity.startedAt
    func nodes(_ milliseconds: Int64) -> JSON {
      [["name": "lab5690@localhost", "uptime": .integer(milliseconds)]]
    }
    _ = collection.take(.nodes, nodes(74_500), at: Sample.time(1_005))
    #expect(try snapshot(collection, at: 1_005).identity.startedAt == before)
    _ = collection.take(.nodes, nodes(3_000), at: Sample.time(1_010))
    let after = try snapshot(collection, at: 1_010).identity.startedAt
    #expect(after == Instant.zero.advanced(bySeconds: 1_007))
  }

  @Test func numbersOfConnectionsAreNeverUsedAgain() throws {
    var collection = try Sample.collection()
    let all = try Sample.json("connections")
    let first = try snapshot(collection).connections.map(\.identifier)
    _ = collection.take(.connections, [], at: Sample.time(1_005))
    _ = collection.take(.connections, all, at: Sample.time(1_010))
    let second = try snapshot(collection, at: 1_010).connections.map(\.identifier)
    #expect(Set(first).isDisjoint(with: second))
  }

  @Test(arguments: [
    #"{}"#, #"[]"#, #"null"#, #"{"error":"x"}"#, #"{"hello":"world","product_name":"x"}"#, #""a""#,
  ])
  func whatIsNoOverviewIsNone(text: String) throws {
    var collection = Collection(stepSeconds: 5)
    let json = try JSON(parsing: text.utf8)
    #expect(collection.take(.overview, json, at: Sample.time(1)) == nil)
    #expect(collection.snapshot(at: Sample.time(1), endpoint: "", details: nil) == nil)
  }

  @Test func whatIsMissingOrOfAnotherKindIsNothing() throws {
    var collection = Collection(stepSeconds: 5)
    let odd = #"""
      [{}, {"name": 7}, 3, null, {"name":"q","messages_ready":-4,"message_stats":[],"arguments":[],
      "consumers":"x","messages_unacknowledged":1e2,"head_message_timestamp":99999999999999999999}]
      """#
    _ = collection.take(.overview, ["rabbitmq_version": "3.13.0"], at: Sample.time(1))
    for call in PolledCall.allCases where call != .overview {
      #expect(collection.take(call, try JSON(parsing: odd.utf8), at: Sample.time(1)) == 5)
    }
    let snapshot = try snapshot(collection, at: 1)
    #expect(snapshot.queues.map(\.name) == ["q"])
    #expect(snapshot.queues[0].ready == 0)
    #expect(snapshot.queues[0].unacked == 100)
    #expect(snapshot.consumers.isEmpty)
  }

  @Test(arguments: [
    (#"{"rabbitmq_version":"3.13.0"}"#, "RabbitMQ 3.13.0"),
    (#"{"lavinmq_version":"2.4.1","rabbitmq_version":"3.8.0"}"#, "LavinMQ 2.4.1"),
    (
      #"{"product_name":"RabbitMQ","product_version":"3.10.8","sluice_version":"0.1.0"}"#,
      "Sluice 0.1.0"
    ),
  ])
  func theProductSaysWhatItIs(text: String, product: String) throws {
    var collection = Collection(stepSeconds: 5)
    _ = collection.take(.overview, try JSON(parsing: text.utf8), at: Sample.time(1))
    #expect(collection.product == product)
  }

  @Test func oneQueueAloneIsNewerThanItsList() throws {
    var collection = try Sample.collection()
    let identity = QueueIdentity(virtualHost: "/", name: "orders.quorum")
    let time = Sample.time(1_005)
    #expect(collection.outdated([identity], since: time.instant) == [identity])
    collection.take(queue: try Sample.json("queue"), at: time)
    #expect(collection.outdated([identity], since: time.instant).isEmpty)
    let unknown = QueueIdentity(virtualHost: "/", name: "unknown")
    #expect(collection.outdated([unknown], since: time.instant).isEmpty)
  }

  @Test func aQueueThatIsWatchedTellsWhereItsMembersAre() throws {
    let collection = try Sample.collection()
    let watch = Watch.queue(virtualHost: "/", name: "orders.quorum")
    let details = WatchAnswers.details(
      for: watch,
      from: [.thing: try Sample.json("queue"), .bindings: try Sample.json("bindings")],
      in: collection
    )
    #expect(details?.facts.contains(.init("leader", "lab5690@localhost")) == true)
    #expect(details?.facts.contains(.init("type", "quorum")) == true)
    #expect(details?.facts.contains { $0.name == "away" } == false)
    #expect(details?.bindings.isEmpty == false)
  }

  @Test func messagesThatWereLookedAtAreAsTheyWerePublished() throws {
    let messages = try Sample.json("messages").elements.enumerated().map {
      MessageAnswer.message($1, position: $0)
    }
    #expect(
      messages.map { String(decoding: $0.body, as: UTF8.self) } == [#"{"n":401}"#, #"{"n":402}"#]
    )
    #expect(messages[0].isPersistent)
    #expect(messages[0].enteredAt == nil)
    #expect(messages[1].position == 1)
  }
}
