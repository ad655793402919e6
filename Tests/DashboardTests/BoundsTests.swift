import Canvas
@testable import Dashboard
import Telemetry
import TestSupport
import Testing

/// What the dashboard keeps stays within its named limits, whatever the broker does.
@Suite(.serialized, .computing) struct BoundsTests {
  private func snapshot(_ step: Int, queues: [QueueSnapshot] = []) -> BrokerSnapshot {
    BrokerSnapshot(
      at: Instant(nanoseconds: Int64(step + 1) * 250_000_000),
      wallTime: WallTime(milliseconds: Int64(step) * 250),
      identity: BrokerIdentity(label: "b", endpoint: "e", startedAt: .zero),
      queues: queues
    )
  }

  @Test func thousandsOfQueuesThatComeAndGoLeaveNothingBehind() {
    var model = Model(size: Size(columns: 120, rows: 36), options: ViewOptions(hasLab: false))
    for step in 0..<4 {
      let queues = (0..<Limits.trackedQueues + 900).map {
        QueueSnapshot(virtualHost: "/", name: "amq.gen-\(step)-\(10_000 + $0)", ready: 1)
      }
      _ = update(&model, .snapshot(snapshot(step, queues: queues)))
      #expect(model.live.history.queues.count == Limits.trackedQueues)
      #expect(model.live.problems.listed.count <= Limits.problems)
      #expect(model.live.problems.count <= queues.count)
    }
    _ = update(&model, .snapshot(snapshot(12)))
    #expect(model.live.history.queues.isEmpty)
    #expect(model.live.problems.listed.isEmpty)
  }

  @Test func aQueueThatStaysKeepsItsHistoryWhileOthersComeAndGo() {
    var model = Model(size: Size(columns: 120, rows: 36), options: ViewOptions(hasLab: false))
    for step in 0..<80 {
      var queues = (0..<step % 7).map {
        QueueSnapshot(virtualHost: "/", name: "a-\(step)-\($0)")
      }
      queues.append(QueueSnapshot(virtualHost: "/", name: "b-stays", ready: step))
      _ = update(&model, .snapshot(snapshot(step, queues: queues)))
    }
    let track = model.live.history.queues.last
    #expect(track?.identity.name == "b-stays")
    #expect(track?.depth.newest == 79)
    #expect(track?.depth.resampled(to: 60).filter { !$0.isNaN }.count == 21)
  }

  @Test func eventsAreTakenOnceAndTheOldestGo() {
    var model = Model(size: Size(columns: 120, rows: 36), options: ViewOptions(hasLab: false))
    for step in 0..<200 {
      var next = snapshot(step)
      let newest = UInt64(step * 10)
      next.events = (newest..<newest + 30).map {
        BrokerEvent(
          sequence: $0 + 1,
          wallTime: WallTime(milliseconds: 0),
          severity: .information,
          text: "event \($0 + 1)"
        )
      }
      _ = update(&model, .snapshot(next))
    }
    let sequences = model.live.log.events.map(\.number)
    #expect(sequences.count == Limits.events)
    #expect(sequences == Array((2_020 - UInt64(Limits.events) + 1)...2_020))
  }

  @Test func anotherBrokerBeginsAnew() {
    var model = Model(size: Size(columns: 120, rows: 36), options: ViewOptions(hasLab: false))
    var old = snapshot(0)
    old.totals.published = 1_000
    old.events = [
      BrokerEvent(
        sequence: 90,
        wallTime: WallTime(milliseconds: 0),
        severity: .information,
        text: "old"
      )
    ]
    _ = update(&model, .snapshot(old))
    var new = snapshot(4)
    new.identity.startedAt = Instant(nanoseconds: 5)
    new.events = [
      BrokerEvent(
        sequence: 1,
        wallTime: WallTime(milliseconds: 0),
        severity: .information,
        text: "new"
      )
    ]
    _ = update(&model, .snapshot(new))
    #expect(model.live.window.base == nil)
    #expect(model.live.log.events.map(\.text) == ["new"])
  }

  @Test func whatCanBeTakenBackIsLimited() {
    var model = Model(size: Size(columns: 120, rows: 36), options: ViewOptions(hasLab: false))
    let queues = (0..<100).map { QueueSnapshot(virtualHost: "/", name: "q-\(100 + $0)") }
    _ = update(&model, .snapshot(snapshot(0, queues: queues)))
    for _ in queues {
      _ = update(&model, .key(.character("p")))
      _ = update(&model, .key(.down))
    }
    #expect(model.undoable.count == Limits.undoable)
  }
}
