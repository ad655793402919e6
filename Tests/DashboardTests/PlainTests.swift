import Canvas
import Telemetry
import Testing

@testable import Dashboard

/// The line mode: what is said, and that nothing is said twice.
@Suite struct PlainTests {
  /// A model and what was said about it.
  private struct Listener {
    var model: Model
    var stream = PlainStream()

    init(_ options: ViewOptions = ViewOptions()) {
      model = Model(size: Size(columns: 120, rows: 36), options: options)
    }

    /// Lets a world go on until some second, and returns what is said then.
    mutating func hear(_ world: SampleWorld, at seconds: Double) -> [String] {
      _ = update(&model, .lab(world.lab(at: seconds)))
      _ = update(&model, .snapshot(world.broker(at: seconds)))
      let now = SampleWorld.origin.advanced(bySeconds: seconds)
      _ = update(&model, .tick(now, SampleWorld.wall(seconds)))
      return stream.changes(in: model)
    }

    mutating func press(_ key: Key) -> [String] {
      _ = update(&model, .key(key))
      return stream.changes(in: model)
    }
  }

  private func world(
    ready: Int = 0,
    consumers: Int = 1,
    oldest: Double? = nil,
    name: String = "orders"
  ) -> SampleWorld {
    SampleWorld(
      queues: [
        SampleWorld.SampleQueue(
          name: name,
          perSecond: 20,
          ready: ready,
          consumerCount: consumers,
          oldestSeconds: oldest
        )
      ]
    )
  }

  private func time(_ line: String) -> Substring { line.prefix(8) }

  @Test func nothingIsSaidBeforeThereIsData() {
    var listener = Listener()
    #expect(listener.stream.changes(in: listener.model) == [])
    #expect(PlainSummary.full(of: listener.model).first?.hasSuffix("no data yet") == true)
  }

  @Test func itBeginsWithASummaryAndThenOnlyTellsChanges() throws {
    var listener = Listener()
    let summary = listener.hear(world(), at: 0)
    let first = try #require(summary.first)
    #expect(first.contains("embedded broker amqp://127.0.0.1:5672"))
    #expect(first.contains("1 queue, 0 ready"))
    #expect(first.wholeMatch(of: /\d\d:\d\d:\d\d .*/) != nil)
    #expect(summary.last?.hasSuffix("nothing is wrong") == true)
    for step in 1...20 { #expect(listener.hear(world(), at: Double(step) * 0.5) == []) }
  }

  @Test func aProblemIsSaidWhenItBeginsAndWhenItIsOver() throws {
    var listener = Listener()
    _ = listener.hear(world(), at: 0)
    #expect(listener.hear(world(ready: 120, consumers: 0), at: 1) == [])
    let begun = listener.hear(world(ready: 120, consumers: 0), at: 2.5)
    let line = try #require(begun.first)
    #expect(begun.count == 1)
    #expect(line.contains("queue orders: no consumer, 170 wait and nobody consumes, since "))
    // It lasts and grows, which is no news.
    #expect(listener.hear(world(ready: 400, consumers: 0), at: 5) == [])
    #expect(listener.hear(world(), at: 6) == [])
    let over = listener.hear(world(), at: 12)
    #expect(over.count == 1)
    #expect(over.first?.contains("queue orders: no consumer is over after 4s") == true, "\(over)")
    #expect(listener.hear(world(), at: 20) == [])
  }

  @Test func aProblemThatFlickersIsSaidOnce() {
    var listener = Listener()
    _ = listener.hear(world(), at: 0)
    var said: [String] = []
    for step in 1...40 {
      let isThere = step % 4 != 0
      let now = world(ready: isThere ? 50 : 0, consumers: isThere ? 0 : 1)
      said += listener.hear(now, at: Double(step) * 0.5)
    }
    #expect(said.count == 1, "\(said)")
  }

  @Test func eventsAreSaidOnceWithTheirWeight() {
    var listener = Listener()
    var world = world()
    world.events = [(.information, "queue 'orders' declared")]
    // What was before the start is in the summary.
    #expect(!listener.hear(world, at: 0).contains { $0.contains("declared") })
    world.events.append((.warning, "consumer 'a' left orders holding 2"))
    world.events.append((.critical, "disk is full"))
    let said = listener.hear(world, at: 1)
    #expect(said.count == 2)
    #expect(said.first?.hasSuffix("warning: consumer 'a' left orders holding 2") == true)
    #expect(said.last?.hasSuffix("critical: disk is full") == true)
    #expect(listener.hear(world, at: 2) == [])
  }

  @Test func muchAtOnceIsCounted() {
    var listener = Listener()
    var world = world()
    _ = listener.hear(world, at: 0)
    world.events = (0..<200).map { (.information, "event \($0)") }
    let said = listener.hear(world, at: 1)
    #expect(said.count == Limits.plainLines + 1)
    #expect(said.last?.hasSuffix("and 190 more; s says how it is") == true)
  }

  @Test func aChangeOfTheLabIsSaid() {
    var listener = Listener()
    var world = world()
    _ = listener.hear(world, at: 0)
    world.load = 50
    world.mode = .synchronous
    let said = listener.hear(world, at: 1)
    #expect(said.count == 1)
    #expect(
      said.first?.hasSuffix("lab payment: running, synchronous, 50.0 customers a second") == true
    )
  }

  @Test func silenceOfTheBrokerIsSaid() {
    var listener = Listener()
    _ = listener.hear(world(), at: 0)
    let later = SampleWorld.origin.advanced(bySeconds: 3)
    _ = update(&listener.model, .tick(later, SampleWorld.wall(3)))
    #expect(
      listener.stream.changes(in: listener.model).map { $0.dropFirst(9) } == [
        "the broker has said nothing for 3s"
      ]
    )
    #expect(listener.hear(world(), at: 4).contains { $0.hasSuffix("the broker answers again") })
  }

  @Test func theAnswerToAKeyIsSaid() {
    var listener = Listener()
    _ = listener.hear(world(), at: 0)
    let said = listener.press(.character("u"))
    #expect(said.count == 1, "\(said)")
    #expect(said.first?.contains("u: ") == true)
  }

  @Test func namesCannotSteerTheTerminalAndAsciiStaysAscii() {
    var options = ViewOptions()
    options.glyphs = options.glyphs.ascii()
    var listener = Listener(options)
    _ = listener.hear(world(name: "a\u{1B}[31m漢\n"), at: 0)
    let lines = PlainSummary.full(of: listener.model)
    #expect(lines.contains { $0.contains("queue a") })
    for scalar in lines.joined().unicodeScalars {
      #expect((0x20...0x7E).contains(scalar.value))
    }
  }

  @Test func noLineHasAMarkThatOnlyEyesCanRead() {
    var listener = Listener()
    let lines =
      listener.hear(world(ready: 9, consumers: 0), at: 0) + PlainSummary.full(of: listener.model)
      + PlainKeys.help
    for scalar in lines.joined().unicodeScalars {
      #expect((0x20...0x7E).contains(scalar.value), "\(scalar)")
    }
  }

  @Test func keysThatNeedNoCursorWork() {
    for key: Key in ["b", "+", "-", "x", "u"].map({ .character($0) }) {
      #expect(PlainKeys.command(for: key) == .press, "\(key)")
    }
    for key: Key in [.character("q"), .character("Q"), .control("c")] {
      #expect(PlainKeys.command(for: key) == .quit, "\(key)")
    }
    #expect(PlainKeys.command(for: .character("s")) == .summary)
    #expect(PlainKeys.command(for: .character("?")) == .help)
    for key: Key in [.character("K"), .character("i"), .tab, .down, .pasted("q"), .unknown(27)] {
      #expect(PlainKeys.command(for: key) == .nothing, "\(key)")
    }
    #expect(PlainKeys.help.contains { $0.hasPrefix("b: ") })
    #expect(PlainKeys.help.count == 8)
  }
}
