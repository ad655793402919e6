import Canvas
import Dashboard
import Telemetry
import Testing

/// The one word for how a way of calling fares.
@Suite struct LabVerdictTests {
  /// How customers of the asynchronous way fare, second after second.
  private struct Course {
    /// Customers a second, at a second.
    var rate: (Double) -> Double
    /// Those that were answered, of all that came, at a second.
    var answered: (Double) -> Double
    var faults: [FaultRequest] = []
    var threads = 40
  }

  /// What the header of way B says after so many seconds, a snapshot each half of one.
  private func word(after seconds: Double, of course: Course) -> String {
    var model = Model(size: Size(columns: 120, rows: 36))
    press("6", in: &model)
    var offered = 0.0
    var at = 0.0
    while at <= seconds {
      let answered = min(offered, max(0, course.answered(at)))
      let inHand = Int(offered) - Int(answered)
      let way = CallWaySnapshot(
        way: .asynchronous,
        offered: UInt64(offered),
        succeeded: UInt64(answered),
        latency: LatencySnapshot(p50: 100, p95: 110, p99: 120, sampleCount: 50, windowSeconds: 10),
        busyThreads: min(course.threads, inHand),
        threads: course.threads,
        waitingRequests: max(0, inHand - course.threads)
      )
      let instant = SampleWorld.origin.advanced(bySeconds: at)
      let snapshot = LabSnapshot(
        at: instant,
        scenario: "login",
        mode: .asynchronous,
        offeredPerSecond: course.rate(at),
        state: .running,
        ways: [way],
        faults: course.faults.enumerated().map {
          ActiveFault(identifier: $0 + 1, request: $1, since: instant)
        }
      )
      _ = update(&model, .lab(snapshot))
      offered += course.rate(at) * 0.5
      at += 0.5
    }
    let line = textFrame(model).split(separator: "\n").first { $0.contains("B publish to the") }
    let words = ["isolated", "slowed", "fails", "cascades", "no customers", "ok"]
    return words.first { line?.contains(" \($0)├") == true } ?? String(line ?? "")
  }

  private static let alarm = FaultRequest(service: FaultRequest.broker, kind: .memoryAlarm)

  @Test func aWayThatAnswersFewOfItsCustomersIsSlowedBeforeItsThreadsAreAllBusy() {
    // 12 customers a second come, 2.4 are answered: after 4 s 38 of 40 threads are busy.
    let course = Course(rate: { _ in 12 }, answered: { 2.4 * $0 }, faults: [Self.alarm])
    #expect(word(after: 4, of: course) == "slowed")
  }

  @Test(arguments: [1.0, 2, 12, 200])
  func aWayThatStopsAnsweringIsSlowed(rate: Double) {
    let course = Course(
      rate: { _ in rate },
      answered: { rate * min($0, 10) },
      faults: [Self.alarm],
      threads: 4_000
    )
    #expect(word(after: 10, of: course) == "isolated")
    #expect(word(after: 16, of: course) == "slowed")
  }

  @Test(arguments: [0.2, 1, 12, 200, 1_000])
  func requestsThatAreAnsweredInTimeAreNotCalledSlow(rate: Double) {
    // Answered after half a second, with a second's jitter of the figures.
    let course = Course(
      rate: { _ in rate },
      answered: { rate * max(0, $0 - 0.5 - ($0.truncatingRemainder(dividingBy: 2) < 1 ? 0.9 : 0)) },
      faults: [Self.alarm],
      threads: 4_000
    )
    for seconds in stride(from: 1.0, through: 20, by: 0.5) {
      let word = word(after: seconds, of: course)
      #expect(word == "isolated" || word == "no customers", "after \(seconds) s")
    }
  }

  @Test(arguments: [(2.0, 200.0), (200, 2), (20, 0)])
  func aLoadThatJumpsIsNotCalledSlow(before: Double, after: Double) {
    let course = Course(
      rate: { $0 < 10 ? before : after },
      // Everyone who came half a second ago is answered.
      answered: { $0 < 10.5 ? before * ($0 - 0.5) : before * 10 + after * ($0 - 10.5) },
      threads: 4_000
    )
    for seconds in stride(from: 9.0, through: 16, by: 0.5) {
      let word = word(after: seconds, of: course)
      #expect(word == "ok" || word == "no customers", "after \(seconds) s")
    }
  }

  @Test func aPoolThatIsFullWithOthersWaitingCascades() {
    let course = Course(rate: { _ in 50 }, answered: { 10 * $0 }, faults: [Self.alarm])
    #expect(word(after: 4, of: course) == "cascades")
  }
}
