import Testing

@testable import Lab

struct ReplyCountsTests {
  /// Counts replies to broadcasts and says which of them were the last ones.
  private func last(
    _ replies: [(broadcast: UInt64, expected: Int)],
    _ counts: inout ReplyCounts
  ) -> [Bool] {
    replies.map { reply in
      counts.add(
        to: MessageIdentity(run: 7, start: 1, sequence: reply.broadcast),
        of: reply.expected
      )
    }
  }

  @Test func theLastOfAllRepliesIsKnown() {
    var counts = ReplyCounts(limit: 10)
    let answers = last([(1, 3), (1, 3), (2, 2), (1, 3), (2, 2), (3, 1)], &counts)
    #expect(answers == [false, false, false, true, true, true])
    #expect(counts.count == 0)
  }

  @Test func repliesThatNeverComeAreForgottenOldestFirst() {
    var counts = ReplyCounts(limit: 4)
    for sequence: UInt64 in 1...1_000 {
      // Every second one is complete at once.
      let isComplete = sequence % 2 == 0
      let answers = last(Array(repeating: (sequence, 2), count: isComplete ? 2 : 1), &counts)
      #expect(answers.last == isComplete)
      #expect(counts.count <= 4)
    }
    let late = last([(999, 2), (995, 2), (1, 2)], &counts)
    #expect(late == [true, true, false])
  }
}
