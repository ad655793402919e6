import Telemetry
import Testing

@testable import Lab

/// Queues that are more than a row of messages: with dead letters, retries, copies, or late.
struct LedgerQueueTests {
  private func queue(_ name: String, _ identities: [MessageIdentity] = []) -> QueueInspection {
    LedgerCase.queue(name, identities)
  }

  private let deadLetters = Scenario.small([
    .consumer("points") { queue in
      queue.onError = .reject
      queue.hasDeadLetters = true
    }
  ])

  @Test func whatWasGivenUpLiesInTheDeadLetterQueueAndIsNotLost() throws {
    var book = LedgerCase(deadLetters)
    book.publish(1...5)
    book.handle(1...3, by: "points")
    book.giveUp(4, 5, by: "points")
    #expect(book.book.sums(of: "points").dead == 2)
    #expect(book.book.sums(of: "points").outstanding == 0)
    let dead = queue("points.dead", LedgerCase.identities(4...5))
    let points = try #require(book.account(of: "points", dead: [dead]))
    #expect(points.dead == 2)
    #expect(points.lost == 0)
    #expect(points.remainder == 0)
  }

  @Test func theDeadLetterQueueHasTheLastWord() throws {
    var book = LedgerCase(deadLetters)
    book.publish(1...4)
    // The consumer was killed before 2 was rejected; 3 was dropped by the broker without a line; of
    // 4 the dead-letter queue knows nothing.
    book.giveUp(1, 2, 4, by: "points")
    let points = try #require(
      book.account(
        of: "points",
        [queue("points", [LedgerCase.identity(2)])],
        dead: [queue("points.dead", [LedgerCase.identity(1), LedgerCase.identity(3)])]
      )
    )
    #expect(points.dead == 2)
    #expect(points.waiting == 1)
    #expect(points.lost == 1)
    #expect(points.remainder == 0)
  }

  @Test func aMessageThatIsSentAgainFromTheDeadLettersIsDeadNoMore() throws {
    var book = LedgerCase(deadLetters)
    book.publish(1...3)
    book.giveUp(1, 2, 3, by: "points")
    // A person moves them back: 1 is worked on, 2 waits, 3 is given up again.
    book.handle(1...1, by: "points")
    book.giveUp(3, by: "points")
    let sums = book.book.sums(of: "points")
    #expect(sums.acknowledged == 1)
    #expect(sums.dead == 2)
    #expect(sums.repeated == 0)
    let points = try #require(
      book.account(
        of: "points",
        [queue("points", [LedgerCase.identity(2)])],
        dead: [queue("points.dead", [LedgerCase.identity(3)])]
      )
    )
    #expect(points.acknowledged == 1)
    #expect(points.waiting == 1)
    #expect(points.dead == 1)
    #expect(points.lost == 0)
    #expect(points.remainder == 0)
  }

  @Test func withoutADeadLetterQueueTheConsumersWordCounts() throws {
    var book = LedgerCase(Scenario.small([.consumer("points") { $0.onError = .reject }]))
    book.publish(1...2)
    // The producer of 3 was killed before its line.
    book.giveUp(2, 3, by: "points")
    let sums = book.book.sums(of: "points")
    #expect(sums.published == 3)
    #expect(sums.outstanding == 1)
    let points = try #require(book.account(of: "points", [queue("points", [.sampleOne])]))
    #expect(points.published == 3)
    #expect(points.dead == 2)
    #expect(points.remainder == 0)
  }

  /// What a dead group leaves when the knob was turned down before it came back.
  @Test func copiesAboveTheKnobThatNobodyCouldReadBelongToNoAccount() {
    let scenario = Scenario.small([.consumer("friends")])
      .turningCopies(of: "friends", values: [1, 3], start: 3)
    var book = LedgerCase(scenario)
    book.publish(1...2, copies: 3)
    book.publish(3...6)
    let ledger = book.closed([
      LedgerCase.queue("friends.1", LedgerCase.identities(1...6)),
      // The first two of these six are meant.
      LedgerCase.queue("friends.2", LedgerCase.identities(1...1), waiting: 6),
      LedgerCase.queue("friends.3", waiting: 6),
    ])
    let friends = ledger.queues[0]
    #expect(friends.published == 10)
    #expect(friends.waiting == 10)
    #expect(friends.lost == 0)
    #expect(ledger.remainder == 0)
    #expect(ledger.problems == ["of 12 messages in 2 queues of friends only 1 were read"])
  }

  @Test func whatRestsInTheRetryQueueWaits() throws {
    let scenario = Scenario.small([
      .consumer("points") { queue in
        queue.onError = .retry
        queue.deliveryLimit = 5
        queue.hasDeadLetters = true
      }
    ])
    var book = LedgerCase(scenario)
    book.publish(1...4)
    book.handle(1...1, by: "points")
    let points = try #require(
      book.account(
        of: "points",
        [
          queue("points", [LedgerCase.identity(2)]),
          queue("points.retry", LedgerCase.identities(3...4)),
        ]
      )
    )
    #expect(points.acknowledged == 1)
    #expect(points.waiting == 3)
    #expect(points.lost == 0)
    #expect(points.remainder == 0)
  }

  @Test func eachCopyOfABroadcastCounts() throws {
    let scenario = Scenario.small([.consumer("friends")])
      .turningCopies(of: "friends", values: [1, 3, 5], start: 3)
    var book = LedgerCase(scenario)
    book.publish(1, 2, copies: 3)
    book.publish(3, copies: 5)
    #expect(book.book.sums(of: "friends").published == 11)
    for copy in 1...3 {
      book.handle(LedgerCase.identity(1, copy: copy), by: "friends")
      book.handle(LedgerCase.identity(3, copy: copy), by: "friends")
    }
    book.handle(LedgerCase.identity(2, copy: 1), by: "friends")
    #expect(book.book.sums(of: "friends").outstanding == 4)
    let second = LedgerCase.identity(2)
    let third = LedgerCase.identity(3)
    let friends = try #require(
      book.account(
        of: "friends",
        // The bodies of a broadcast's copies are the same; the queues tell them apart.
        [
          queue("friends.1"), queue("friends.2", [second]), queue("friends.3", [second]),
          queue("friends.4", [third]), queue("friends.5"),
        ]
      )
    )
    #expect(friends.acknowledged == 7)
    #expect(friends.waiting == 3)
    #expect(friends.lost == 1)
    #expect(friends.repeated == 0)
    #expect(friends.remainder == 0)
  }

  @Test func aCopyThatIsGivenUpIsDeadAndTheOthersAreNot() throws {
    let scenario = Scenario.small([
      .consumer("friends") { queue in
        queue.copies = 2
        queue.onError = .reject
        queue.hasDeadLetters = true
      }
    ])
    var book = LedgerCase(scenario)
    book.publish(1, copies: 2)
    book.handle(LedgerCase.identity(1, copy: 2), by: "friends")
    book.giveUp(1, by: "friends", copy: 1)
    let dead = queue("friends.dead", [LedgerCase.identity(1)])
    let friends = try #require(book.account(of: "friends", dead: [dead]))
    #expect(friends.published == 2)
    #expect(friends.acknowledged == 1)
    #expect(friends.dead == 1)
    #expect(friends.lost == 0)
    #expect(friends.remainder == 0)
  }

  @Test func whatIsPutStraightIntoOneCopyIsOneMessageOfThatCopy() throws {
    let scenario = Scenario.small([.consumer("friends") { $0.copies = 3 }])
    var book = LedgerCase(scenario)
    book.book.publish(
      PublishedLine(
        identity: LedgerCase.identity(1),
        exchange: "",
        key: "friends.2",
        copies: 3,
        beganAt: 1
      )
    )
    #expect(book.book.sums(of: "friends").published == 1)
    book.handle(LedgerCase.identity(1, copy: 2), by: "friends")
    let friends = try #require(book.account(of: "friends"))
    #expect(friends.published == 1)
    #expect(friends.acknowledged == 1)
    #expect(friends.lost == 0)
  }

  @Test func aServiceThatJoinsLateIsOwedNothingFromBefore() throws {
    var coupon = ServicePlan.consumer("coupon")
    coupon.isOptional = true
    var book = LedgerCase(Scenario.small([.consumer("points"), coupon]))
    book.publish(1, 2, at: 100)
    #expect(book.book.sums(of: "coupon").published == 0)
    book.book.bind("coupon", at: 200)
    // Being started again is no second joining.
    book.book.bind("coupon", at: 900)
    book.publish(3, at: 199)
    book.publish(4, 5, at: 300)
    #expect(book.book.sums(of: "coupon").published == 2)
    #expect(book.book.sums(of: "points").published == 5)
    // 3 was on its way when the queue was bound, and came after all.
    book.handle(3...4, by: "coupon")
    let account = try #require(
      book.account(of: "coupon", [queue("coupon", [LedgerCase.identity(5)])])
    )
    #expect(account.published == 3)
    #expect(account.acknowledged == 2)
    #expect(account.waiting == 1)
    #expect(account.remainder == 0)
  }

  @Test func anEventThatNoQueueIsBoundForIsNobodysMessage() {
    var book = LedgerCase(Scenario.small([.consumer("points")]))
    book.book.publish(
      PublishedLine(
        identity: LedgerCase.identity(1),
        exchange: "payments",
        key: "refund.succeeded",
        beganAt: 1
      )
    )
    #expect(book.book.sums(of: "points").published == 0)
    #expect(book.closed().published == 1)
    #expect(book.closed().remainder == 0)
  }
}

extension MessageIdentity {
  fileprivate static let sampleOne = LedgerCase.identity(1)
}
