import Canvas
import Dashboard
import Telemetry
import Testing

/// The ledger on the lab's screen, and words that numbers decide.
@Suite(.serialized) struct LabLedgerTests {
  private func account(
    _ name: String,
    published: Int = 1_000,
    waiting: Int = 0,
    dead: Int = 0,
    lost: Int = 0,
    repeated: Int = 0,
    doubled: Int = 0
  ) -> LabQueueSnapshot {
    LabQueueSnapshot(
      name: name,
      service: name,
      published: published,
      acknowledged: published - waiting - dead - lost,
      waiting: waiting,
      dead: dead,
      lost: lost,
      repeated: repeated,
      doubled: doubled
    )
  }

  /// What the lab's screen shows of a snapshot that was watched for some seconds.
  private func text(
    _ columns: Int,
    _ rows: Int,
    keys: String = "",
    _ change: (inout LabSnapshot, Double) -> Void
  ) -> String {
    var model = watched(.lesson, size: Size(columns: columns, rows: rows), seconds: 2)
    press("6 " + keys, in: &model)
    for seconds in stride(from: 0.5, through: 8, by: 0.5) {
      var lab = SampleWorld.lesson.lab(at: seconds)
      change(&lab, seconds)
      _ = update(&model, .lab(lab))
    }
    return textFrame(model)
  }

  private let five = ["stock", "invoices", "metrics", "offers", "mail"]

  @Test(arguments: [(120, 36), (200, 60), (120, 40)])
  func everyQueueOfFiveHasItsLine(columns: Int, rows: Int) {
    let text = text(columns, rows) { lab, _ in
      lab.queues = five.map { account($0, repeated: 31, doubled: 4) }
    }
    for name in five { #expect(text.contains("│ \(name) "), "\(name)\n\(text)") }
    #expect(text.contains("again twice"))
    #expect(text.contains("   31     4"))
    // The lesson keeps its room.
    #expect(text.contains("begins the lesson"))
  }

  @Test func onASmallScreenTheSumIsALineWithWhatIsToBeSaidOfTheQueues() {
    let text = text(80, 24) { lab, _ in
      lab.queues = [
        account("calm"), account("late", waiting: 610, dead: 4, lost: 2, repeated: 31, doubled: 5),
      ]
    }
    #expect(text.contains("ledger  2 000 = 1 384 + 610 + 4 + 2 ✓  31 again, 5 twice"))
    #expect(text.contains("late 610 wait 4 dead 2 lost 31 again 5 twice · calm ✓"))
  }

  @Test func aSumThatDoesNotComeOutSaysByHowMuch() {
    for (columns, rows) in [(80, 24), (120, 36)] {
      let text = text(columns, rows) { lab, _ in
        var queue = account("late", waiting: 610)
        queue.published += 17
        lab.queues = [queue]
      }
      #expect(text.contains("differs by 17"))
    }
  }

  @Test func aQueueThatNeitherGrowsNorFallsStays() {
    let text = text(120, 36) { lab, seconds in
      lab.queues = [
        account("poisoned", waiting: 13 + Int(seconds) % 2),
        account("flooded", published: 4_000, waiting: 13 + Int(seconds * 20)),
      ]
    }
    let lines = text.split(separator: "\n")
    #expect(lines.contains { $0.contains("│ poisoned") && $0.contains("stays") })
    #expect(lines.contains { $0.contains("│ flooded") && $0.contains("grows") })
  }

  @Test func publishesThatShareALineAreCalledPublishes() {
    let names = ["stock", "publish", "publish", "publish"]
    let text = text(80, 24) { lab, _ in
      lab.ways[1].waterfall = names.enumerated().map { index, name in
        RequestStep(name: name, startMilliseconds: Double(index) * 10, milliseconds: 10)
      }
    }
    #expect(text.contains("3 publishes"))
    #expect(text.contains(" stock "))
  }

  @Test func aFailedRequestsAnswerIsAnError() {
    let text = text(120, 36) { lab, _ in
      for index in lab.ways.indices {
        lab.ways[index].waterfall = [
          RequestStep(
            name: "user",
            startMilliseconds: 0,
            milliseconds: 2_005,
            outcome: .failed
          )
        ]
      }
    }
    #expect(text.contains("1 step, then an error = 2 005 ms"))
    #expect(text.contains("the customer has an error: 2 005 ms"))
  }

  @Test func oneFailedCallIsNotSeveral() {
    let text = text(120, 36, keys: "1") { lab, seconds in
      lab.ways[0].failed = seconds >= 6 ? 1 : 0
    }
    #expect(text.contains("1 call failed in the last 5s"))
  }

  @Test(arguments: ["6", "1"])
  func aBrokerThatIsAwaySaysSoAndNotThatNobodyConsumes(screen: String) {
    var world = SampleWorld.lesson
    world.queues[0].consumerCount = 0
    world.queues[0].ready = 235
    var model = watched(world, size: Size(columns: 120, rows: 36), seconds: 3)
    press(screen, in: &model)
    #expect(textFrame(model).contains("NO CONSUMER"))
    world.isBrokerAway = true
    // Its last words grow old meanwhile.
    for seconds in stride(from: 0.25, through: 6, by: 0.25) {
      _ = update(&model, .lab(world.lab(at: seconds)))
    }
    let text = textFrame(model)
    #expect(text.contains("THE BROKER IS AWAY on purpose"))
    // That it was so before is what changed, further down.
    let verdicts = text.split(separator: "\n").prefix(6).joined(separator: "\n")
    #expect(verdicts.contains("THE BROKER IS AWAY"))
    #expect(!verdicts.contains("NO CONSUMER"))
    #expect(!text.contains("NO DATA"))
    world.isBrokerAway = false
    watch(&model, world, from: 6.25, to: 8)
    #expect(!textFrame(model).contains("THE BROKER IS AWAY"))
    #expect(textFrame(model).contains("NO CONSUMER"))
  }

  @Test func theHeaderLeavesOutTheUptimeWholeWhereItHasNoRoom() {
    var model = watched(.cascade, size: Size(columns: 120, rows: 36), seconds: 20)
    // Below that the address alone has no room.
    for columns in 72...160 {
      _ = update(&model, .resized(Size(columns: columns, rows: 36)))
      let line = textFrame(model).prefix { $0 != "\n" }
      #expect(!line.contains("…"), "\(line)")
      #expect(!line.contains(" up ") || line.contains(" up 00:14:22"), "\(line)")
    }
  }

  @Test func thousandsInALessonAreGrouped() {
    var world = SampleWorld.lesson
    world.lesson.steps[0].reveal = "{sync.offered} came, {sync.p50} ms"
    world.load = 1_000
    var model = watched(world, size: Size(columns: 120, rows: 36), seconds: 3)
    press("6 n b", in: &model)
    watch(&model, world, from: 0.25, to: 2)
    press("n", in: &model)
    #expect(textFrame(model).contains("2 000 came, 266 ms"))
  }
}
