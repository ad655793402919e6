import Telemetry
import Testing

@testable import Lab

struct LedgerTests {
  private let scenario = Scenario.small([.consumer("trade"), .consumer("points")])

  private func identity(_ sequence: UInt64, start: Int = 1) -> MessageIdentity {
    LedgerCase.identity(sequence, start: start)
  }

  private func queue(
    _ name: String,
    _ identities: [MessageIdentity] = [],
    foreign: Int = 0,
    waiting: Int? = nil
  ) -> QueueInspection {
    LedgerCase.queue(name, identities, foreign: foreign, waiting: waiting)
  }

  /// A book with two queues and published messages 1 to `count`.
  private func published(_ count: UInt64) -> LedgerCase {
    var book = LedgerCase(scenario)
    book.publish(1...count)
    return book
  }

  @Test func anUneventfulRunBalances() {
    var book = published(10)
    book.handle(1...10, by: "trade")
    book.handle(1...10, by: "points")
    let ledger = book.closed()
    #expect(ledger.published == 10)
    #expect(ledger.queues.map(\.name) == ["trade", "points"])
    #expect(ledger.queues.map(\.acknowledged) == [10, 10])
    #expect(ledger.queues.map(\.lost) == [0, 0])
    #expect(ledger.remainder == 0)
  }

  @Test func whatWaitsForADeadConsumerIsNotLost() throws {
    var book = published(10)
    book.handle(1...4, by: "points")
    let waiting = LedgerCase.identities(5...10)
    let points = try #require(book.account(of: "points", [queue("points", waiting)]))
    #expect(points.acknowledged == 4)
    #expect(points.waiting == 6)
    #expect(points.lost == 0)
    #expect(points.remainder == 0)
  }

  @Test func aMessageWorkedOnTwiceCountsOnce() throws {
    var book = published(3)
    for sequence: UInt64 in [1, 2, 3, 2, 3] { book.handle(identity(sequence), by: "trade") }
    let trade = try #require(book.account(of: "trade"))
    #expect(trade.acknowledged == 3)
    #expect(trade.repeated == 2)
    #expect(trade.doubled == 2)
    #expect(trade.remainder == 0)
  }

  @Test func workThatWasKnownToBeDoneChangesNothingTwice() throws {
    var book = published(2)
    book.handle(1...2, by: "trade")
    book.handle(identity(1), by: "trade", isApplied: false)
    book.handle(identity(2), by: "trade", isApplied: true)
    let trade = try #require(book.account(of: "trade"))
    #expect(trade.repeated == 2)
    #expect(trade.doubled == 1)
    #expect(book.book.sums(of: "trade").doubled == 1)
  }

  @Test func aMessageThatWasPublishedTwiceAndWaitsTwiceIsOneMessageAndARepetition() throws {
    var book = published(3)
    book.handle(1...1, by: "trade")
    let waiting = [identity(2), identity(2), identity(3)]
    let trade = try #require(book.account(of: "trade", [queue("trade", waiting)]))
    #expect(trade.published == 3)
    #expect(trade.waiting == 2)
    #expect(trade.repeated == 1)
    #expect(trade.remainder == 0)
  }

  @Test func aMessageWhoseConsumerWasKilledBeforeTheAcknowledgementWaits() throws {
    var book = published(3)
    book.handle(1...3, by: "trade")
    let trade = try #require(book.account(of: "trade", [queue("trade", [identity(3)])]))
    #expect(trade.acknowledged == 2)
    #expect(trade.waiting == 1)
    #expect(trade.remainder == 0)
  }

  @Test func aMessageThatIsNowhereIsLost() throws {
    var book = published(5)
    for sequence: UInt64 in [1, 2, 4] { book.handle(identity(sequence), by: "trade") }
    let trade = try #require(book.account(of: "trade", [queue("trade", [identity(5)])]))
    #expect(trade.lost == 1)
    #expect(trade.remainder == 0)
  }

  @Test func aMessageWhoseConfirmDiedWithItsProducerIsPublishedWhenItIsSeen() {
    var book = published(1)
    for service in ["trade", "points"] { book.handle(identity(1), by: service) }
    // Handled here, still waiting there, and a second one that only waits.
    book.handle(identity(1, start: 2), by: "trade")
    let waiting = [identity(1, start: 2), identity(2, start: 2)]
    let ledger = book.closed([queue("trade", [identity(2, start: 2)]), queue("points", waiting)])
    #expect(ledger.queues.map(\.published) == [3, 3])
    #expect(ledger.queues.map(\.lost) == [0, 0])
    #expect(ledger.remainder == 0)
  }

  @Test func messagesByHandAndOfOtherRunsAreKeptApart() {
    var book = published(1)
    let ofAnotherRun = MessageIdentity(run: 1, start: 1, sequence: 1)
    book.handle(identity(1), by: "trade")
    book.handle(nil, by: "trade")
    book.handle(ofAnotherRun, by: "trade")
    book.publish(ofAnotherRun)
    book.book.giveUp(ofAnotherRun, by: "trade")
    let leftOver = MessageIdentity(run: 2, start: 1, sequence: 9)
    let ledger = book.closed([queue("points", [leftOver, identity(1)], foreign: 3)])
    #expect(ledger.queues[0].foreign == 2)
    #expect(ledger.queues[0].dead == 0)
    #expect(ledger.queues[1].waiting == 1)
    #expect(ledger.published == 1)
    #expect(ledger.remainder == 0)
  }

  @Test func aQueueTooLongToReadIsCounted() {
    let book = published(1000)
    let head = LedgerCase.identities(1...20)
    let ledger = book.closed([queue("trade", waiting: 1000), queue("points", head, waiting: 990)])
    #expect(ledger.queues.map(\.waiting) == [1000, 990])
    #expect(ledger.queues.map(\.lost) == [0, 10])
    #expect(ledger.problems.last == "of 990 messages in points only 20 were read")
  }

  @Test func aBrokerThatHoldsMoreThanItWasGivenLeavesARemainder() {
    var book = published(2)
    book.handle(1...2, by: "points")
    book.handle(1...2, by: "trade")
    let ledger = book.closed([queue("trade", waiting: 1)])
    #expect(ledger.queues[0].remainder == -1)
    #expect(ledger.remainder == 1)
    #expect(ledger.lines.last == "  published - acked - waiting - dead - lost = 1")
  }

  @Test func aBrokerThatCannotBeAskedIsAProblemAndNotAZero() {
    let book = published(4)
    var unknown = queue("trade")
    unknown.problem = "the broker cannot be asked what waits"
    let ledger = book.closed([unknown, queue("points", waiting: 4)])
    #expect(
      ledger.problems == [
        "the broker cannot be asked what waits", "of 4 messages in points only 0 were read",
      ]
    )
    #expect(ledger.queues.map(\.lost) == [0, 0])
    #expect(ledger.remainder == 4)
    #expect(ledger.lines.contains("  the broker cannot be asked what waits"))
  }

  @Test func oneProblemOfManyQueuesIsSaidOnce() {
    let book = published(1)
    let queues = ["trade", "points"].map { name in
      var inspection = queue(name)
      inspection.problem = "the broker is away"
      return inspection
    }
    #expect(book.closed(queues).problems == ["the broker is away"])
  }

  @Test func itsLinesFitATerminal() {
    let way = CallWaySnapshot(
      way: .asynchronous,
      offered: 1_234_567,
      succeeded: 1_000_000,
      declined: 54_321,
      failed: 12_345
    )
    let ledger = published(3).closed(
      counters: ServiceCounters(returned: 3, unconfirmed: 4),
      ways: [way]
    )
    #expect(ledger.lines.allSatisfy { $0.count <= 80 })
    #expect(ledger.lines.contains { $0.contains("3 returned, 4 unconfirmed") })
  }

  @Test func theAccountsOfAReportAreThoseOfTheLedger() {
    var book = published(5)
    book.handle(1...3, by: "trade")
    let accounts = book.closed([queue("trade", [identity(5)])]).accounts
    #expect(
      accounts[0]
        == LabQueueSnapshot(
          name: "trade",
          service: "trade",
          published: 5,
          acknowledged: 3,
          waiting: 1,
          lost: 1
        )
    )
  }

  @Test func whileItRunsTheSumsAreKnownQueueByQueue() {
    var book = published(100)
    book.handle(1...70, by: "trade")
    #expect(book.book.sums(of: "trade").outstanding == 30)
    #expect(book.book.sums(of: "points").outstanding == 100)
    #expect(book.book.sums(of: "nobody") == LedgerBook.Sums())
  }
}
