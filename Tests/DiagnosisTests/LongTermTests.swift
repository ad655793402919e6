import Telemetry
import Testing

@testable import Diagnosis

/// What is kept of the past, and how much of it.
@Suite struct LongTermTests {
  /// Snapshots one after the other, as a diagnosis gives them.
  private struct Tape {
    var longTerm = LongTerm()
    var snapshot = Stage().snapshot
    private var before: BrokerSnapshot?

    mutating func take(after seconds: Double = 0.5, _ change: (inout BrokerSnapshot) -> Void) {
      snapshot.at = snapshot.at.advanced(bySeconds: seconds)
      change(&snapshot)
      longTerm.record(
        snapshot,
        after: before,
        consumersOfQueue: Diagnosis.consumersOfQueue(in: snapshot),
        tuning: .standard
      )
      before = snapshot
    }
  }

  private static func connection(_ identifier: UInt64, channels: Int = 1) -> ConnectionSnapshot {
    ConnectionSnapshot(
      identifier: identifier,
      name: "app",
      peerAddress: "10.0.0.7:\(identifier)",
      user: "guest",
      virtualHost: "/",
      channelCount: channels,
      connectedAt: .zero
    )
  }

  @Test func aSampleAMinuteIsKeptForElevenMinutes() {
    var tape = Tape()
    for step in 0..<(20 * 120) { tape.take { $0.totals.published = UInt64(step) } }
    #expect(tape.longTerm.minutes.count == Limits.minutes)
    let steps = zip(tape.longTerm.minutes, tape.longTerm.minutes.dropFirst())
    #expect(steps.allSatisfy { $1.at.seconds(since: $0.at) == 60 })
    #expect(tape.longTerm.minutes.last?.totals.published == 19 * 120)
  }

  @Test func howeverManyExchangesLoseMessagesSomeAreKept() {
    var tape = Tape()
    tape.take { snapshot in
      snapshot.exchanges = (0..<3_000).map {
        ExchangeSnapshot(virtualHost: "/", name: "e\($0)", type: "topic")
      }
    }
    tape.take { snapshot in
      for index in snapshot.exchanges.indices { snapshot.exchanges[index].unroutable += 1 }
    }
    #expect(tape.longTerm.losses.count == LongTerm.limit)
    tape.take(after: 61) { _ in }
    #expect(tape.longTerm.losses.isEmpty)
  }

  @Test func howeverManyQueuesDeadLetterSomeAreKept() {
    var tape = Tape()
    tape.take { snapshot in
      snapshot.queues = (0..<3_000).map { QueueSnapshot(virtualHost: "/", name: "q\($0)") }
    }
    tape.take { snapshot in
      for index in snapshot.queues.indices {
        snapshot.queues[index].deadLettered += 1
        snapshot.queues[index].deadLetters.rejected += 1
      }
    }
    #expect(tape.longTerm.deaths.count == LongTerm.limit)
    tape.take(after: 61) { _ in }
    #expect(tape.longTerm.deaths.isEmpty)
  }

  @Test func howeverManyConnectionsThereAreSomeAreFollowed() {
    var tape = Tape()
    tape.take { snapshot in
      snapshot.connections = (1...3_000).map { number in
        var connection = Self.connection(UInt64(number), channels: 5)
        connection.name = "app-\(number)"
        connection.unconfirmed = 1
        return connection
      }
    }
    #expect(tape.longTerm.channels.count == LongTerm.limit)
    #expect(tape.longTerm.waits.count == LongTerm.limit)
    #expect(tape.longTerm.piles.count == LongTerm.limit)
    tape.take(after: 10) { $0.connections = [] }
    #expect(tape.longTerm.channels.isEmpty)
    #expect(tape.longTerm.waits.isEmpty)
    #expect(tape.longTerm.piles.isEmpty)
  }

  @Test func channelsBeginAnewWhenOneIsClosed() {
    var tape = Tape()
    for channels in [2, 3, 5, 5, 9] {
      tape.take { $0.connections = [Self.connection(1, channels: channels)] }
    }
    var growth = tape.longTerm.channels[1]
    #expect(growth?.atFirst == 2 && growth?.now == 9 && growth?.rises == 3)
    tape.take { $0.connections = [Self.connection(1, channels: 8)] }
    growth = tape.longTerm.channels[1]
    #expect(growth?.atFirst == 8 && growth?.rises == 0 && growth?.since == tape.snapshot.at)
  }

  @Test func aConfirmThatComesEndsTheWait() {
    var tape = Tape()
    func publish(_ published: UInt64, _ unconfirmed: Int) {
      tape.take { snapshot in
        var connection = Self.connection(1)
        connection.published = published
        connection.unconfirmed = unconfirmed
        snapshot.connections = [connection]
      }
    }
    publish(10, 4)
    let first = tape.snapshot.at
    publish(15, 9)
    #expect(tape.longTerm.waits[1]?.unconfirmedSince == first)
    publish(15, 8)
    #expect(tape.longTerm.waits[1]?.unconfirmedSince == tape.snapshot.at)
    publish(15, 0)
    #expect(tape.longTerm.waits.isEmpty)
  }

  @Test func whereTheLastConsumersOfAQueueWereIsKeptUntilOneComes() {
    var tape = Tape()
    func consumers(_ count: Int) {
      tape.take { snapshot in
        snapshot.queues = [
          QueueSnapshot(virtualHost: "/", name: "idle"),
          QueueSnapshot(virtualHost: "/", name: "orders", consumerCount: count),
        ]
        snapshot.connections = count > 0 ? [Self.connection(1), Self.connection(2)] : []
        snapshot.consumers = (0..<count).map { number in
          ConsumerSnapshot(
            identifier: UInt64(10 + number),
            tag: "c",
            virtualHost: "/",
            queue: "orders",
            connectionIdentifier: UInt64(1 + number % 2),
            connectionName: "app",
            startedAt: .zero
          )
        }
      }
    }
    let orders = QueueIdentity(virtualHost: "/", name: "orders")
    consumers(3)
    #expect(tape.longTerm.departures.isEmpty)
    consumers(0)
    let left = tape.snapshot.at
    consumers(0)
    #expect(Set(tape.longTerm.departures.keys) == [orders])
    #expect(tape.longTerm.departures[orders]?.at == left)
    #expect(
      tape.longTerm.departures[orders]?.connections == [
        LongTerm.Departure.Place(identifier: 1, name: "app@10.0.0.7", host: "10.0.0.7"),
        LongTerm.Departure.Place(identifier: 2, name: "app@10.0.0.7", host: "10.0.0.7"),
      ]
    )
    consumers(1)
    #expect(tape.longTerm.departures.isEmpty)
    consumers(0)
    tape.take { $0.queues = [] }
    #expect(tape.longTerm.departures.isEmpty)
  }

  @Test func bindingsAreLookedAtOnceForEachSurvey() {
    var tape = Tape()
    let survey = BindingSurvey(
      at: .zero,
      bindings: [BindingSnapshot("e", to: "q", "#"), BindingSnapshot("e", to: "q", "a")]
    )
    tape.take { snapshot in
      snapshot.exchanges = [ExchangeSnapshot(virtualHost: "/", name: "e", type: "topic")]
      snapshot.bindingSurvey = survey
    }
    #expect(tape.longTerm.bindingFindings.count == 1)
    // The same survey is not looked at again, whatever else changes.
    tape.take { $0.exchanges = [] }
    #expect(tape.longTerm.bindingFindings.count == 1)
    tape.take { $0.bindingSurvey = nil }
    #expect(tape.longTerm.bindingFindings.isEmpty)
  }

  @Test func thingsAreFoundInTheSnapshotBeforeWhereverTheyStood() {
    let names = ["a", "b", "c", "d"]
    var places = EarlierPlaces(count: names.count) { names[$0] }
    #expect(places.place(of: "c", near: 2) == 2)
    #expect(places.place(of: "d", near: 0) == 3)
    #expect(places.place(of: "a", near: 9) == 0)
    #expect(places.place(of: "x", near: 1) == nil)
  }

  @Test(arguments: [
    ("10.0.0.7:41022", "10.0.0.7"), ("[::1]:41022", "::1"), ("::1:41022", "::1"), ("::1", "::1"),
    ("host", "host"), ("host:", "host:"), ("host:name", "host:name"), ("", ""), ("?", "?"),
  ])
  func anAddressHasAHost(address: String, host: String) {
    #expect(PeerAddress.host(of: address) == host)
  }
}
