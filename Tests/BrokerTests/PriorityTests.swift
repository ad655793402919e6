import AMQP
import Telemetry
import Testing

@testable import Broker

@Suite struct PriorityTests {
  private let client = QueueClient()

  private func publish(_ text: String, _ priority: UInt8?, expiration: String? = nil) {
    var properties = BasicProperties()
    properties.priority = priority
    properties.expiration = expiration
    client.publish(text, to: "q", properties)
  }

  @Test func theHighestComesFirstAndEqualsInOrder() throws {
    try client.declare("q", ["x-max-priority": .signed32(5)])
    let priorities: [UInt8?] = [0, 3, 9, 5, 1, nil, 255, 3]
    for (index, priority) in priorities.enumerated() { publish("\(index)", priority) }
    #expect(client.broker.depth("q") == 8)
    #expect(client.snapshot("q")?.readyBytes == 8)
    var items: [QueueClient.Item] = []
    while let item = try client.get("q", noAck: false) { items.append(item) }
    #expect(items.map(\.text) == ["2", "3", "6", "1", "7", "4", "0", "5"])
    for index in [3, 0, 2] { client.requeue(items[index]) }
    publish("n", 5)
    #expect(try client.drain("q").map(\.text) == ["2", "6", "n", "1"])
  }

  @Test func aFullQueueDropsTheHighest() throws {
    try client.declare("q", ["x-max-priority": .signed32(5), "x-max-length": .signed32(2)])
    for (index, priority) in [5, 1, 2, 3].enumerated() { publish("\(index)", UInt8(priority)) }
    #expect(try client.drain("q").map(\.text) == ["2", "1"])
  }

  @Test func aLowMessageExpiresOnlyAtTheHead() throws {
    try client.declare("q", ["x-max-priority": .signed32(5)])
    publish("low", 0, expiration: "50")
    publish("high", 3)
    try client.wait(milliseconds: 100)
    #expect(client.broker.depth("q") == 2)
    #expect(try client.get("q")?.text == "high")
    #expect(client.snapshot("q")?.expired == 1)
    #expect(try client.get("q") == nil)
  }

  @Test func aPurgeTakesAllLevels() throws {
    try client.declare("q", ["x-max-priority": .signed32(5)])
    for priority in 0..<6 { publish("x", UInt8(priority)) }
    #expect(
      try client.broker.purgeQueue(Name("q"), for: client.client.connection).get() == 6
    )
    #expect(client.broker.depth("q") == 0)
    client.broker.expectSound()
  }

  /// All that waits, and an array sorted anew each time, agree under random commands.
  @Test(arguments: UInt64(0)..<30) func theLevelsAgreeWithASortedArray(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let highest = Int(random.next() % 4) * 3
    var ready = ReadyMessages(maximumPriority: highest)
    var model: [Model] = []
    var taken: [ReadyEntry] = []
    var place: UInt64 = 0
    for step in 0..<600 {
      switch random.next() % 6 {
      case 0, 1, 2:
        place += 1
        let entry = entry(place, priority: UInt8(random.next() % 12))
        ready.append(entry)
        model.append(Model(entry, highest))
      case 3, 4:
        let popped = ready.popFirst()
        model.sort()
        #expect(popped?.place == model.first?.place, "seed \(seed), step \(step)")
        if let popped {
          taken.append(popped)
          model.removeFirst()
        }
      default:
        let count = min(taken.count, Int(random.next() % 4))
        let back = (0..<count).map { _ in
          taken.remove(at: Int(random.next() % UInt64(taken.count)))
        }
        model += back.map { Model($0, highest) }
        if let only = back.first, count == 1 {
          ready.insert(only)
        } else {
          ready.insert(contentsOf: back.sorted { $0.place < $1.place })
        }
      }
      #expect(ready.count == model.count, "seed \(seed), step \(step)")
    }
    var places: [UInt64] = []
    ready.forEachInMemory { places.append($0.place) }
    #expect(places == model.sorted().map(\.place), "seed \(seed)")
    while let entry = ready.popFirst() { entry.message.release() }
    for entry in taken { entry.message.release() }
  }

  private struct Model: Comparable {
    var level: Int
    var place: UInt64

    init(_ entry: ReadyEntry, _ highest: Int) {
      level = min(Int(entry.message.priority), highest)
      place = entry.place
    }

    static func < (left: Model, right: Model) -> Bool {
      (-left.level, left.place) < (-right.level, right.place)
    }
  }

  private func entry(_ place: UInt64, priority: UInt8) -> ReadyEntry {
    var properties = BasicProperties()
    properties.priority = priority
    let message = QueueClient.makeMessage("x", key: "q", properties, at: 1)
    return ReadyEntry(message: message, place: place, isRedelivered: false)
  }
}
