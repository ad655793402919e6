import Telemetry
import Testing

@testable import ManagementClient

/// What changes in a cluster from one look to the next.
@Suite struct ClusterEventsTests {
  private let time = WallTime(milliseconds: 1_000)

  private func node(
    _ name: String,
    isRunning: Bool = true,
    _ partitions: [String] = []
  )
    -> NodeSnapshot
  {
    NodeSnapshot(name: name, isRunning: isRunning, partitions: partitions)
  }

  private func queue(_ name: String) -> QueueIdentity {
    QueueIdentity(virtualHost: "/", name: name)
  }

  @Test func theFirstLookTellsNothing() {
    var events = ClusterEvents()
    events.look(at: [node("a"), node("b", isRunning: false)], at: time)
    events.look(at: [(queue("q"), "a")], at: time)
    #expect(events.events.isEmpty)
  }

  @Test func nodesGoAndComeBack() {
    var events = ClusterEvents()
    events.look(at: [node("a"), node("b")], at: time)
    events.look(at: [node("a"), node("b", isRunning: false)], at: time)
    events.look(at: [node("a"), node("b", isRunning: false)], at: time)
    events.look(at: [node("a"), node("b"), node("c")], at: time)
    events.look(at: [node("a"), node("c")], at: time)
    #expect(
      events.events.map(\.text) == [
        "node b is down", "node b is up again", "node c has joined the cluster",
        "node b has left the cluster",
      ]
    )
    #expect(events.events[0].severity == .critical)
    #expect(events.events.map(\.sequence) == [1, 2, 3, 4])
  }

  @Test func aListWithoutNodesTellsNothingOfThem() {
    var events = ClusterEvents()
    events.look(at: [node("a")], at: time)
    events.look(at: [NodeSnapshot](), at: time)
    #expect(events.events.isEmpty)
  }

  @Test func aSplitIsToldWhenItBeginsAndEnds() {
    var events = ClusterEvents()
    events.look(at: [node("a")], at: time)
    events.look(at: [node("a", ["b"])], at: time)
    events.look(at: [node("a")], at: time)
    #expect(
      events.events.map(\.text) == ["node a does not see b", "node a sees all others again"]
    )
  }

  @Test func aLeaderThatMovesIsTold() {
    var events = ClusterEvents()
    events.look(at: [(queue("q"), "a"), (queue("r"), "a")], at: time)
    events.look(at: [(queue("q"), "b"), (queue("r"), "a"), (queue("new"), "a")], at: time)
    #expect(events.events.map(\.text) == ["q: its leader moved from a to b"])
  }

  @Test func aLeaderThatNobodyKnowsMeanwhileHasMovedAllTheSame() {
    var events = ClusterEvents()
    events.look(at: [(queue("q"), "a"), (queue("classic"), nil)], at: time)
    events.look(at: [(queue("q"), nil), (queue("classic"), nil)], at: time)
    events.look(at: [(queue("q"), "b"), (queue("classic"), nil)], at: time)
    #expect(events.events.map(\.text) == ["q: its leader moved from a to b"])
  }

  @Test func manyLeadersThatMoveAreOneEvent() {
    var events = ClusterEvents()
    let names = (0...ClusterEvents.toldLeadersLimit).map { queue("q\($0)") }
    events.look(at: names.map { ($0, "a") }, at: time)
    events.look(at: names.map { ($0, $0.name == "q0" ? "c" : "b") }, at: time)
    #expect(events.events.map(\.text) == ["leaders of 9 queues moved from a to b, c"])
  }

  @Test func onlyTheNewestAreKept() {
    var events = ClusterEvents()
    for number in 0..<150 { events.record("\(number)", .information, at: time) }
    #expect(events.events.count == ClusterEvents.eventsLimit)
    #expect(events.events.last?.text == "149")
    #expect(events.events.last?.sequence == 150)
  }
}
