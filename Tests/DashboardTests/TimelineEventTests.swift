import Canvas
import Diagnosis
import Recording
import Telemetry
import TestSupport
import Testing

@testable import Dashboard

/// What changed, by the broker's own account and by what the figures say, in one list.
@Suite(.serialized, .computing) struct TimelineEventTests {
  private let size = Size(columns: 120, rows: 36)

  private func model(_ worlds: [(SampleWorld, until: Double)], hasLab: Bool = false) -> Model {
    var model = Model(size: size, options: ViewOptions(hasLab: hasLab))
    var start = 0.0
    for (world, end) in worlds {
      watch(&model, world, from: start, to: end)
      start = end + 0.25
    }
    return model
  }

  /// A broker on which so many messages were published.
  private func snapshot(
    at seconds: Double,
    published: Double,
    queues: [QueueSnapshot] = []
  )
    -> BrokerSnapshot
  {
    var totals = BrokerTotals()
    totals.published = UInt64(published)
    return BrokerSnapshot(
      at: SampleWorld.origin.advanced(bySeconds: seconds),
      wallTime: SampleWorld.wall(seconds),
      identity: BrokerIdentity(label: "b", endpoint: "e", startedAt: .zero),
      totals: totals,
      queues: queues
    )
  }

  @Test func aVerdictBeginsAtItsOnsetAndIsOverWhenItWasSeenLast() throws {
    var model = model([(.payment, 10), (.trouble, 30)])
    let finding = try #require(
      model.live.diagnosis.findings.first { $0.subject.shownName == "audit" }
    )
    let begin = try #require(
      model.live.log.events.first { $0.kind == .begins && $0.subject == finding.subject }
    )
    #expect(begin.text.hasPrefix("NO CONSUMER audit: "))
    #expect(begin.at == finding.since)
    #expect(begin.wallTime == model.live.wallTime(of: begin.at))
    #expect(begin.severity == .critical)
    #expect(!model.live.log.events.contains { $0.kind == .ends })
    watch(&model, .payment, from: 30.25, to: 34)
    // It could come back.
    #expect(!model.live.log.events.contains { $0.kind == .ends })
    watch(&model, .payment, from: 34.25, to: 40)
    let end = try #require(
      model.live.log.events.first { $0.kind == .ends && $0.subject == finding.subject }
    )
    let lasted = Format.span(end.at.seconds(since: begin.at))
    #expect(end.text == "audit: NO CONSUMER is over, after \(lasted)")
    #expect(end.at == SampleWorld.origin.advanced(bySeconds: 30))
    #expect(model.live.log.events.count { $0.kind == .begins } == 2)
  }

  @Test func aHealthyScenarioHasNoEventsOfItsOwn() {
    let model = model([(.payment, 120)], hasLab: true)
    #expect(!model.live.log.events.contains { $0.isFound })
    #expect(model.live.log.events.count == 6)
  }

  @Test func eventsAreInTheOrderOfTimeAndNotInThatOfTheirDetection() {
    let model = model([(.payment, 10), (.trouble, 30), (.payment, 45)])
    let instants = model.live.log.events.map(\.at)
    #expect(instants == instants.sorted())
    let numbers = model.live.log.events.map(\.number)
    #expect(Set(numbers).count == numbers.count)
  }

  @Test func aFrozenScreenKnowsOnlyWhatWasKnownThen() throws {
    var model = model([(.payment, 10), (.trouble, 30), (.payment, 45)])
    let all = model.live.log.events.count
    press("[ [ [", in: &model)
    let frozen = try #require(model.frozen?.picture)
    #expect(frozen.log.events.count <= all)
    for _ in 0..<16 { press("2 \u{7B} 1", in: &model) }
    let early = try #require(model.frozen?.picture)
    let now = try #require(early.broker?.at)
    #expect(early.log.events.allSatisfy { $0.at <= now })
    #expect(!early.log.events.contains { $0.kind == .ends })
    #expect(model.live.log.events.count == all)
  }

  @Test func aRecordingMakesTheSameEventsAgain() throws {
    let recording = try recorded([
      (.payment, until: 10), (.trouble, until: 40), (.payment, until: 50),
    ])
    var played = replaying(recording)
    play(recording, in: &played, from: 0, to: 50)
    var shown = replaying(recording)
    shown.goToEnd()
    #expect(played.live.log.events == shown.live.log.events)
    #expect(played.live.log.events.count { $0.kind == .begins } == 2)
    #expect(played.live.log.events.count { $0.kind == .ends } == 2)
  }

  @Test func aRateThatChangesForGoodIsAnEventAtItsStep() throws {
    var model = Model(size: size, options: ViewOptions(hasLab: false))
    var published = 0.0
    for step in 0..<200 {
      let seconds = Double(step) * 0.5
      published += seconds <= 60 ? 10 : 25
      _ = update(&model, .snapshot(snapshot(at: seconds, published: published)))
    }
    let steps = model.live.log.events.filter { $0.kind == .rises }
    try #require(steps.count == 1)
    #expect(steps[0].text == "publish 20.0/s -> 50.0/s")
    #expect(abs(steps[0].at.seconds(since: SampleWorld.origin) - 60) <= 1)
    #expect(steps[0].subject == .broker)
    #expect(textFrame(model).contains("↑ publish 20.0/s -> 50.0/s"))
  }

  @Test func howeverManyVerdictsBeginAtOnceTheListStaysBounded() {
    var model = Model(size: size, options: ViewOptions(hasLab: false))
    for step in 0..<60 {
      let queues = (100..<(step < 20 ? 110 : 400)).map {
        QueueSnapshot(
          virtualHost: "/",
          name: "q-\($0)",
          ready: step < 20 ? 0 : 5,
          enqueued: step < 20 ? 0 : 5
        )
      }
      _ = update(&model, .snapshot(snapshot(at: Double(step) * 0.5, published: 0, queues: queues)))
    }
    let begun = model.live.log.events.filter { $0.kind == .begins }
    #expect(begun.count == Limits.verdictEvents + 1)
    #expect(begun.contains { $0.text.hasSuffix("more begin at once") })
    #expect(!model.live.log.events.contains { $0.kind == .ends })
  }

  @Test func whatAPersonDidAndWhatIsAboutEverythingAreTold() {
    #expect(TimelineEvent.kind(of: "notification killed (you, K)") == .byYou)
    #expect(TimelineEvent.kind(of: "queue 'points' declared") == .told)
    #expect(
      TimelineEvent.subject(of: "memory alarm: too much; publishers wait") == .resource(.memory)
    )
    #expect(TimelineEvent.subject(of: "load 10.0/s to 20.0/s (you, +)") == .broker)
    #expect(TimelineEvent.subject(of: "queue 'memory alarm' declared") == nil)
  }

  @Test func aQueuesScreenListsItsOwnVerdictsAndNotThoseOfOthers() {
    let model = model([(.payment, 10), (.trouble, 30)])
    let rows = EventRow.rows(
      in: model.live,
      about: .queue(QueueIdentity(virtualHost: "/", name: "billing"))
    )
    #expect(rows.count == 1)
    #expect(model.live.log.events[rows[0]].text.hasPrefix("NO CONSUMER billing: "))
  }
}
