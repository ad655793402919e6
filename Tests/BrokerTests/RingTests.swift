import Telemetry
import Testing

@testable import Broker

@Suite struct RingTests {
  /// A ready ring and an array, given the same random commands, hold the same.
  @Test(arguments: 0..<20) func theReadyRingAgreesWithASortedArray(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var ring = ReadyRing()
    var model: [UInt64] = []
    var taken: [UInt64] = []
    var redelivered: Set<UInt64> = []
    var place: UInt64 = 0
    for _ in 0..<2_000 {
      switch random.next() % 16 {
      case 0..<6:
        place += 1
        ring.append(entry(place))
        model.append(place)
      case 6..<13:
        let popped = ring.popFirst()
        #expect(popped?.place == model.first)
        popped?.message.release()
        if !model.isEmpty { taken.append(model.removeFirst()) }
      case 13, 14:
        guard !taken.isEmpty else { continue }
        let returned = taken.remove(at: Int(random.next() % UInt64(taken.count)))
        ring.insert(entry(returned, isRedelivered: true))
        model.insert(returned, at: model.firstIndex { $0 > returned } ?? model.count)
        redelivered.insert(returned)
      default:
        let returned = taken.suffix(Int(random.next() % 8)).sorted()
        taken.removeLast(returned.count)
        ring.insert(contentsOf: returned.map { entry($0, isRedelivered: true) })
        model = (model + returned).sorted()
        redelivered.formUnion(returned)
      }
      #expect(ring.count == model.count)
    }
    #expect((0..<ring.count).map { ring[$0].place } == model)
    #expect((0..<ring.count).map { ring[$0].isRedelivered } == model.map(redelivered.contains))
    while let entry = ring.popFirst() { entry.message.release() }
  }

  private func entry(_ place: UInt64, isRedelivered: Bool = false) -> ReadyEntry {
    let message = makeMessage("x", exchange: "", key: "k")
    return ReadyEntry(message: message, place: place, isRedelivered: isRedelivered)
  }

  /// A ring whose places have gaps keeps them, as one does whose places follow each other.
  @Test(arguments: [1, 3]) func placesAreKeptWithAndWithoutGaps(step: UInt64) {
    var ring = ReadyRing()
    let places = (1...100).map { UInt64($0) * step }
    for place in places { ring.append(entry(place)) }
    #expect((0..<ring.count).map { ring[$0].place } == places)
    var popped: [UInt64] = []
    while let entry = ring.popFirst() {
      popped.append(entry.place)
      entry.message.release()
    }
    #expect(popped == places)
  }

  /// All ways to settle four deliveries one after the other leave tags that go on counting.
  @Test func deliveryTagsGoOnWhateverIsSettled() throws {
    let broker = makeBroker()
    let client = TestClient(broker)
    try client.declare("q")
    try client.consume("q")
    var expected: UInt64 = 0
    for order in permutations(of: [0, 1, 2, 3]) {
      for _ in 0..<4 { client.publish("x", key: "q") }
      let tags = try client.deliveries().map(\.tag)
      #expect(tags == Array((expected + 1)...(expected + 4)))
      expected += 4
      for index in order { #expect(client.settle(tags[index]) == nil) }
      #expect(broker.totals.unacked == 0)
    }
  }

  private func permutations(of items: [Int]) -> [[Int]] {
    guard items.count > 1 else { return [items] }
    return items.flatMap { item in
      permutations(of: items.filter { $0 != item }).map { [item] + $0 }
    }
  }
}
