import Telemetry
import Testing

@testable import Lab

struct LedgerTests {
  private let run: UInt32 = 0xBEEF

  private func identity(_ sequence: UInt64, start: Int = 1) -> MessageIdentity {
    MessageIdentity(run: run, start: start, sequence: sequence)
  }

  private func inspection(
    _ queue: String,
    _ identities: [MessageIdentity] = [],
    foreign: Int = 0,
    waiting: Int? = nil
  ) -> QueueInspection {
    QueueInspection(
      queue: queue,
      waitingCount: waiting ?? identities.count + foreign,
      identities: identities,
      foreignCount: foreign
    )
  }

  private func ledger(_ book: LedgerBook, _ inspections: [QueueInspection]) -> LabLedger {
    book.closed(with: inspections, counters: ServiceCounters(), ways: [], scenario: "payment")
  }

  /// A book with two queues and confirmed messages 1 to `count`.
  private func book(confirmed count: UInt64) -> LedgerBook {
    var book = LedgerBook(run: run, queues: ["trade", "points"])
    for sequence in 1...count { book.confirm(identity(sequence)) }
    return book
  }

  @Test func anUneventfulRunBalances() {
    var book = book(confirmed: 10)
    for sequence: UInt64 in 1...10 {
      book.handle(identity(sequence), from: "trade")
      book.handle(identity(sequence), from: "points")
    }
    let ledger = ledger(book, [inspection("trade"), inspection("points")])
    #expect(ledger.published == 10)
    #expect(ledger.queues.map(\.acknowledged) == [10, 10])
    #expect(ledger.queues.map(\.lost) == [0, 0])
    #expect(ledger.remainder == 0)
  }

  @Test func whatWaitsForADeadConsumerIsNotLost() {
    var book = book(confirmed: 10)
    for sequence: UInt64 in 1...10 { book.handle(identity(sequence), from: "trade") }
    for sequence: UInt64 in 1...4 { book.handle(identity(sequence), from: "points") }
    let waiting = (5...10).map { identity($0) }
    let points = ledger(book, [inspection("trade"), inspection("points", waiting)]).queues[1]
    #expect(points.acknowledged == 4)
    #expect(points.waiting == 6)
    #expect(points.lost == 0)
    #expect(points.remainder == 0)
  }

  @Test func aMessageWorkedOnTwiceCountsOnce() {
    var book = book(confirmed: 3)
    for sequence: UInt64 in [1, 2, 3, 2, 3] { book.handle(identity(sequence), from: "trade") }
    let trade = ledger(book, [inspection("trade"), inspection("points")]).queues[0]
    #expect(trade.acknowledged == 3)
    #expect(trade.repeated == 2)
    #expect(trade.remainder == 0)
  }

  @Test func aMessageWhoseConsumerWasKilledBeforeTheAcknowledgementWaits() {
    var book = book(confirmed: 3)
    for sequence: UInt64 in 1...3 { book.handle(identity(sequence), from: "trade") }
    let trade = ledger(book, [inspection("trade", [identity(3)]), inspection("points")]).queues[0]
    #expect(trade.acknowledged == 2)
    #expect(trade.waiting == 1)
    #expect(trade.remainder == 0)
  }

  @Test func aMessageThatIsNowhereIsLost() {
    var book = book(confirmed: 5)
    for sequence: UInt64 in [1, 2, 4] { book.handle(identity(sequence), from: "trade") }
    let trade = ledger(book, [inspection("trade", [identity(5)]), inspection("points")]).queues[0]
    #expect(trade.lost == 1)
    #expect(trade.remainder == 0)
  }

  @Test func aMessageWhoseConfirmDiedWithThePaymentServiceIsPublishedWhenItIsSeen() {
    var book = book(confirmed: 1)
    book.handle(identity(1), from: "trade")
    book.handle(identity(1), from: "points")
    // Handled here, still waiting there, and a second one that only waits.
    book.handle(identity(1, start: 2), from: "trade")
    let waiting = [identity(1, start: 2), identity(2, start: 2)]
    let ledger = ledger(
      book,
      [inspection("trade", [identity(2, start: 2)]), inspection("points", waiting)]
    )
    #expect(ledger.published == 3)
    #expect(ledger.queues.map(\.lost) == [0, 0])
    #expect(ledger.remainder == 0)
  }

  @Test func messagesByHandAndOfOtherRunsAreKeptApart() {
    var book = book(confirmed: 1)
    book.handle(identity(1), from: "trade")
    book.handle(nil, from: "trade")
    book.handle(MessageIdentity(run: 1, start: 1, sequence: 1), from: "trade")
    book.confirm(MessageIdentity(run: 1, start: 1, sequence: 1))
    let leftOver = MessageIdentity(run: 2, start: 1, sequence: 9)
    let ledger = ledger(
      book,
      [inspection("trade"), inspection("points", [leftOver, identity(1)], foreign: 3)]
    )
    #expect(ledger.queues[0].foreign == 2)
    #expect(ledger.queues[1].waiting == 1)
    #expect(ledger.published == 1)
    #expect(ledger.remainder == 0)
  }

  @Test func aQueueTooLongToReadIsCounted() {
    let book = book(confirmed: 1000)
    let head = (1...20).map { identity($0) }
    let points = ledger(
      book,
      [inspection("trade", waiting: 1000), inspection("points", head, waiting: 990)]
    ).queues
    #expect(points.map(\.waiting) == [1000, 990])
    #expect(points.map(\.lost) == [0, 10])
  }

  @Test func aBrokerThatHoldsAMessageTwiceLeavesARemainder() {
    var book = book(confirmed: 2)
    book.handle(identity(1), from: "trade")
    let ledger = ledger(
      book,
      [inspection("trade", [identity(2), identity(2)]), inspection("points", waiting: 2)]
    )
    #expect(ledger.queues[0].remainder == -1)
    #expect(ledger.remainder == 1)
    #expect(ledger.lines.last == "  published - acked - waiting - lost = 1")
  }

  @Test func aBrokerThatCannotBeAskedIsAProblemAndNotAZero() {
    let book = book(confirmed: 4)
    var unknown = inspection("trade")
    unknown.problem = "the broker cannot be asked what waits"
    let ledger = ledger(book, [unknown, inspection("points", waiting: 4)])
    #expect(
      ledger.problems == [
        "the broker cannot be asked what waits", "of 4 messages in points only 0 were read",
      ]
    )
    #expect(ledger.queues.map(\.lost) == [0, 0])
    #expect(ledger.remainder == 4)
    #expect(ledger.lines.contains("  the broker cannot be asked what waits"))
  }

  @Test func itsLinesFitATerminal() {
    let way = CallWaySnapshot(
      way: .asynchronous,
      offered: 1_234_567,
      succeeded: 1_000_000,
      declined: 54_321,
      failed: 12_345
    )
    let ledger = book(confirmed: 3).closed(
      with: [inspection("trade"), inspection("points")],
      counters: ServiceCounters(returned: 3, unconfirmed: 4),
      ways: [way],
      scenario: "payment"
    )
    #expect(ledger.lines.allSatisfy { $0.count <= 80 })
    #expect(ledger.lines.contains { $0.contains("3 returned, 4 unconfirmed") })
  }

  @Test func unhandledMessagesAreCountedByQueue() {
    var book = book(confirmed: 100)
    for sequence: UInt64 in 1...70 { book.handle(identity(sequence), from: "trade") }
    #expect(book.unhandledCount(in: "trade") == 30)
    #expect(book.unhandledCount(in: "points") == 100)
  }
}

struct MessageIdentityTests {
  @Test func anIdentitySurvivesItsText() {
    let identity = MessageIdentity(run: .max, start: 12, sequence: 1 << 27)
    #expect(MessageIdentity(identity.text) == identity)
  }

  @Test(arguments: [
    "", "1", "1-2", "1-2-3-4", "x-1-1", "1-0-1", "1-1-0", "1-10001-1", "1-1-134217729", "1--1",
    "1-1-99999999999999999999", "-1-1-1", "100000000-1-1",
  ])
  func whatIsNoIdentityIsRefused(text: String) {
    #expect(MessageIdentity(text) == nil)
  }

  @Test(arguments: 1...20)
  func aSequenceSetBehavesLikeASet(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var sets = [SequenceSet(), SequenceSet()]
    var models: [Set<UInt64>] = [[], []]
    for _ in 0..<300 {
      let index = Int.random(in: 0...1, using: &random)
      let number = UInt64.random(in: 0...500, using: &random)
      #expect(sets[index].insert(number) == models[index].insert(number).inserted)
    }
    switch seed % 3 {
    case 0:
      sets[0].formUnion(sets[1])
      models[0].formUnion(models[1])
    case 1:
      sets[0].subtract(sets[1])
      models[0].subtract(models[1])
    default:
      sets[0].formIntersection(sets[1])
      models[0].formIntersection(models[1])
    }
    #expect(sets[0].count == models[0].count)
    #expect((0...600).allSatisfy { sets[0].contains($0) == models[0].contains($0) })
  }
}
