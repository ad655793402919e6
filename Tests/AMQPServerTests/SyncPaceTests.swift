import NIOCore
import Testing

@testable import AMQPServer

/// How long a disk rests between syncs.
struct SyncPaceTests {
  private var pace = SyncPace()
  private var now = NIODeadline.uptimeNanoseconds(1_000_000_000)

  /// One sync of a message that begins now; another comes while it is under way, if not more.
  private mutating func sync(_ took: TimeAmount, messages: Int = 1, waiting: Int = 1) {
    let begin = now
    now = now + took
    pace.note(begin: begin, end: now, messages: messages, waiting: .init(messages: waiting))
  }

  private func rest(_ messages: Int = 1, bytes: Int = 100) -> TimeAmount {
    pace.rest(at: now, before: .init(messages: messages, bytes: bytes))
  }

  @Test func theFirstBeginsAtOnce() {
    #expect(rest() == .zero)
  }

  @Test mutating func itRestsTwiceAsLongAsItWorks() {
    sync(.microseconds(200))
    #expect(rest() == .microseconds(400))
    now = now + .microseconds(150)
    #expect(rest() == .microseconds(250))
    now = now + .microseconds(250)
    #expect(rest() == .zero)
    now = now + .seconds(5)
    #expect(rest() == .zero)
  }

  @Test mutating func aSlowDiskRestsNoLongerThanHalfAMillisecond() {
    for _ in 1...100 { sync(.milliseconds(8)) }
    #expect(rest() == SyncPace.longestRest)
  }

  @Test mutating func aRestThatIsShorterThanASleepIsLeftOut() {
    sync(.microseconds(20))
    #expect(rest() == .zero)
    pace = SyncPace()
    sync(.microseconds(200))
    now = now + .microseconds(350)
    #expect(rest() == SyncPace.shortestRest)
    now = now + .microseconds(1)
    #expect(rest() == .zero)
  }

  @Test mutating func whoIsAloneNeedNotWait() {
    sync(.microseconds(200), waiting: 0)
    #expect(rest() == .zero)
  }

  /// Four publishers that wait for their confirms share each sync after the first.
  @Test mutating func theRestEndsWhenThoseWhoWereConfirmedHavePublishedAgain() {
    sync(.microseconds(200), messages: 1, waiting: 3)
    #expect(rest(3) > .zero)
    #expect(rest(4) == .zero)
    for _ in 1...3 {
      sync(.microseconds(200), messages: 4, waiting: 0)
      #expect(rest(1) > .zero)
      #expect(rest(3) > .zero)
      #expect(rest(4) == .zero)
    }
  }

  /// What the others would have filled is waited for once, no longer than a rest.
  @Test mutating func whoIsLeftAloneWaitsOnce() {
    sync(.microseconds(200), messages: 4, waiting: 0)
    #expect(rest(1) == .microseconds(400))
    now = now + rest(1)
    sync(.microseconds(200), messages: 1, waiting: 0)
    #expect(rest(1) == .zero)
  }

  @Test mutating func whatFillsASyncNeedNotWait() {
    sync(.microseconds(200), messages: 100, waiting: 100)
    #expect(rest(100, bytes: SyncPace.wellFilledBytes) == .zero)
    #expect(rest(100, bytes: SyncPace.wellFilledBytes - 1) > .zero)
  }

  @Test mutating func afterAHiccupThereIsNoRest() {
    for _ in 1...20 { sync(.microseconds(200)) }
    sync(.milliseconds(20))
    #expect(rest() == .zero)
    sync(.microseconds(200))
    #expect(rest() <= .microseconds(500))
  }

  @Test mutating func itGetsUsedToADiskThatBecameSlowOrFast() {
    func approximately(_ microseconds: Int64) -> ClosedRange<TimeAmount> {
      .microseconds(microseconds - 5) ... .microseconds(microseconds + 5)
    }
    for _ in 1...20 { sync(.microseconds(50)) }
    #expect(rest() == .microseconds(100))
    for _ in 1...60 { sync(.microseconds(200)) }
    #expect(approximately(400).contains(rest()), "\(rest())")
    for _ in 1...60 { sync(.microseconds(50)) }
    #expect(approximately(100).contains(rest()), "\(rest())")
  }
}
