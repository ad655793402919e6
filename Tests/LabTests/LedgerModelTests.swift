import Testing

@testable import Lab

/// The ledger against a world in which everything is known.
struct LedgerModelTests {
  enum Kind: CaseIterable {
    case plain
    case rejecting
    case deadLetters
    case copies
  }

  @Test(arguments: Kind.allCases, 1...25)
  func whateverHappensTheAccountIsThatOfTheWorld(kind: Kind, seed: UInt64) throws {
    var world = LedgerWorld(kind, seed: seed)
    for _ in 0..<400 {
      world.step()
      let sums = world.book.book.sums(of: LedgerWorld.name)
      #expect(sums.published == world.known.count)
      #expect(sums.acknowledged == world.handled.count)
      #expect(sums.outstanding == sums.published - sums.acknowledged - sums.dead)
    }
    world.everybodyLeaves()
    let account = try #require(
      world.book.account(of: LedgerWorld.name, world.queues, dead: world.deadQueue)
    )
    #expect(account.remainder == 0)
    #expect(account.published == world.truth.values.reduce(0) { $0 + $1.count })
    #expect(account.acknowledged == world.truth[.acknowledged]?.count ?? 0)
    #expect(account.waiting == world.truth[.waiting]?.count ?? 0)
    #expect(account.dead == world.truth[.dead]?.count ?? 0)
    #expect(account.lost == world.truth[.lost]?.count ?? 0)
    #expect(account.repeated == world.repetitions)
  }
}

/// A broker, a producer and consumers, of which everybody may fail at any moment.
private struct LedgerWorld {
  enum Fate: CaseIterable {
    case acknowledged
    case waiting
    case dead
    case lost
  }

  static let name = "points"

  private let kind: LedgerModelTests.Kind
  private var random: SeededRandom
  private let copies: Int
  private var nextSequence: UInt64 = 0
  /// What the broker holds, by the copy of the queue: 0 for the only one.
  private var ready: [Int: [MessageIdentity]] = [:]
  private var inHand: [(copy: Int, body: MessageIdentity)] = []
  private var deadLetters: [MessageIdentity] = []
  private(set) var book: LedgerCase
  /// What somebody has written a line about.
  private(set) var known: Set<MessageIdentity> = []
  private(set) var handled: Set<MessageIdentity> = []
  private var handledLines = 0
  private var givenUp: Set<MessageIdentity> = []

  init(_ kind: LedgerModelTests.Kind, seed: UInt64) {
    self.kind = kind
    random = SeededRandom(seed: seed)
    copies = kind == .copies ? 3 : 0
    let scenario = Scenario.small([
      .consumer(Self.name) { queue in
        queue.copies = kind == .copies ? 3 : 1
        queue.onError = kind == .plain ? .requeue : .reject
        queue.hasDeadLetters = kind == .deadLetters || kind == .copies
      }
    ])
    book = LedgerCase(scenario)
  }

  private var places: [Int] { copies == 0 ? [0] : Array(1...copies) }

  mutating func step() {
    switch Int.random(in: 0..<100, using: &random) {
    case 0..<30: publish()
    case 30..<60: deliver()
    case 60..<85: work()
    case 85..<90: kill()
    case 90..<94: lose()
    case 94..<97: sendAgain()
    default: purgeADeadLetter()
    }
  }

  private mutating func publish() {
    nextSequence += 1
    let body = LedgerCase.identity(nextSequence)
    let times = Int.random(in: 0..<10, using: &random) == 0 ? 2 : 1
    for _ in 0..<times {
      for place in places { ready[place, default: []].append(body) }
    }
    // Now and then the producer is killed before its line.
    guard Int.random(in: 0..<8, using: &random) > 0 else { return }
    book.publish(body, copies: max(1, copies))
    known.formUnion(places.map(body.copied))
  }

  private mutating func deliver() {
    let place = places.randomElement(using: &random) ?? 0
    guard ready[place]?.isEmpty == false, let body = ready[place]?.removeFirst() else { return }
    inHand.append((place, body))
  }

  /// The work on one message ends: well, or in vain; and with its last step or before it.
  private mutating func work() {
    guard let index = inHand.indices.randomElement(using: &random) else { return }
    let (place, body) = inHand.remove(at: index)
    let identity = body.copied(place)
    let isKilled = Int.random(in: 0..<6, using: &random) == 0
    if Int.random(in: 0..<4, using: &random) > 0 {
      book.handle(identity, by: Self.name)
      handled.insert(identity)
      known.insert(identity)
      handledLines += 1
    } else if kind == .plain {
      return ready[place, default: []].insert(body, at: 0)
    } else {
      book.book.giveUp(identity, by: Self.name)
      givenUp.insert(identity)
      known.insert(identity)
      if !isKilled, kind != .rejecting { deadLetters.append(body) }
    }
    if isKilled { ready[place, default: []].insert(body, at: 0) }
  }

  /// A consumer dies with what it holds; the broker puts it back.
  private mutating func kill() {
    for (place, body) in inHand.reversed() { ready[place, default: []].insert(body, at: 0) }
    inHand = []
  }

  private mutating func lose() {
    let place = places.randomElement(using: &random) ?? 0
    guard let index = ready[place]?.indices.randomElement(using: &random) else { return }
    ready[place]?.remove(at: index)
  }

  /// Somebody moves a dead letter back into the queue.
  private mutating func sendAgain() {
    guard kind == .deadLetters, !deadLetters.isEmpty else { return }
    ready[0, default: []].append(deadLetters.removeFirst())
  }

  private mutating func purgeADeadLetter() {
    guard kind == .deadLetters, !deadLetters.isEmpty else { return }
    deadLetters.removeLast()
  }

  mutating func everybodyLeaves() {
    kill()
  }

  // MARK: The end

  private func queueName(_ place: Int) -> String {
    place == 0 ? Self.name : "\(Self.name).\(place)"
  }

  var queues: [QueueInspection] {
    places.map { LedgerCase.queue(queueName($0), ready[$0] ?? []) }
  }

  var deadQueue: [QueueInspection] {
    [LedgerCase.queue(Self.name + ".dead", deadLetters)]
  }

  private var waiting: [MessageIdentity] {
    places.flatMap { place in (ready[place] ?? []).map { $0.copied(place) } }
  }

  /// Times that a message was worked on again or waits once more than it should.
  var repetitions: Int64 {
    let waiting = waiting
    return Int64(handledLines - handled.count + waiting.count - Set(waiting).count)
  }

  /// Every message that anybody knows of, by what became of it.
  var truth: [Fate: Set<MessageIdentity>] {
    let waiting = Set(waiting)
    let dead = kind == .deadLetters ? Set(deadLetters) : givenUp
    var truth: [Fate: Set<MessageIdentity>] = [:]
    for identity in known.union(waiting).union(dead) {
      let fate: Fate =
        if waiting.contains(identity) {
          .waiting
        } else if handled.contains(identity) {
          .acknowledged
        } else if dead.contains(identity) {
          .dead
        } else {
          .lost
        }
      truth[fate, default: []].insert(identity)
    }
    return truth
  }
}
