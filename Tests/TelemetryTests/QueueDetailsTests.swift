import Telemetry
import Testing

@Suite struct QueueDetailsTests {
  private var returned: ReturnedMessage {
    ReturnedMessage(identifier: 1, routingKey: "k", count: 2, since: .zero)
  }

  @Test func aQueueWithoutAnythingSpecialCarriesNothing() {
    var queue = QueueSnapshot(virtualHost: "/", name: "q")
    #expect(queue.bounds == QueueBounds())
    #expect(queue.deadLetters == DeadLetterReasons())
    #expect(queue.mostReturned == nil)
    queue.bounds.maximumLength = 3
    #expect(queue.details != nil)
    queue.bounds.maximumLength = nil
    #expect(queue.details == nil)
    #expect(queue == QueueSnapshot(virtualHost: "/", name: "q"))
  }

  @Test func eachIsSetWithoutTheOthers() {
    var queue = QueueSnapshot(virtualHost: "/", name: "q")
    queue.bounds.deadLetterExchange = "dlx"
    queue.deadLetters.expired += 4
    queue.mostReturned = returned
    queue.mostReturned?.count += 1
    #expect(queue.bounds == QueueBounds(deadLetterExchange: "dlx"))
    #expect(queue.deadLetters.expired == 4)
    #expect(queue.mostReturned?.count == 3)
    queue.mostReturned = nil
    #expect(queue.deadLetters.expired == 4)
  }

  @Test func snapshotsCompareByWhatTheDetailsSay() {
    var (left, right) = (
      QueueSnapshot(virtualHost: "/", name: "q"), QueueSnapshot(virtualHost: "/", name: "q")
    )
    for count in 1...2 {
      left.mostReturned = returned
      left.mostReturned?.count = count
      #expect(left != right)
      right.mostReturned = left.mostReturned
      #expect(left == right)
      #expect(left.hashValue == right.hashValue)
    }
    right.deadLetters.rejected = 1
    #expect(left != right)
    let copy = left
    left.bounds.maximumBytes = 9
    #expect(copy.bounds.maximumBytes == nil, "a copy does not change with the original")
  }
}
