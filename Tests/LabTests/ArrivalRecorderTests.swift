import Foundation
import Telemetry
import Testing

@testable import Lab

struct ArrivalRecorderTests {
  /// Lends the path of a file that is not there yet.
  private func withFile(_ body: (String) throws -> Void) throws {
    let path = "/tmp/sluice-arrivals-\(UUID().uuidString)"
    // The file may never have been made.
    defer { try? FileManager.default.removeItem(atPath: path) }
    try body(path)
  }

  private func instants(_ milliseconds: Int64...) -> [Int64] {
    milliseconds.map { 5_000_000_000 + $0 * 1_000_000 }
  }

  private let began = Instant(nanoseconds: 5_000_000_000)

  @Test(arguments: [(1.0, [0, 0.25, 1.5]), (4.0, [0, 1, 6])])
  func whatIsRecordedCanBeReplayedInTheScenariosTime(
    timeScale: Double,
    arrivals: [Double]
  ) throws {
    try withFile { path in
      let recorder = try ArrivalRecorder(path: path)
      recorder.begin(at: began)
      recorder.record(instants(0, 250), timeScale: timeScale)
      // The customers were killed and come again.
      recorder.begin(at: began.advanced(bySeconds: 1))
      recorder.record(instants(1_500), timeScale: timeScale)
      recorder.finish()
      #expect(recorder.problem == nil)
      #expect(try ArrivalFile.read(path) == arrivals)
    }
  }

  @Test func whoIsToldLateStandsWhereTheFileIsInOrder() throws {
    try withFile { path in
      let recorder = try ArrivalRecorder(path: path)
      recorder.begin(at: began)
      recorder.record(instants(700, 690), timeScale: 1)
      recorder.record(instants(-3, 800), timeScale: 1)
      recorder.finish()
      #expect(try ArrivalFile.read(path) == [0.7, 0.7, 0.7, 0.8])
    }
  }

  @Test func anOlderRecordingIsReplaced() throws {
    try withFile { path in
      try "1\n2\n3\n".write(toFile: path, atomically: true, encoding: .utf8)
      let recorder = try ArrivalRecorder(path: path)
      recorder.begin(at: began)
      recorder.record(instants(2_000), timeScale: 1)
      recorder.finish()
      #expect(try ArrivalFile.read(path) == [2])
    }
  }

  @Test(arguments: [
    ("/nowhere/arrivals.txt", "no such file or directory"), ("/tmp", "is a directory"),
  ])
  func aFileThatCannotBeWrittenIsRefusedBeforeTheRun(path: String, reason: String) throws {
    let error = #expect(throws: LabError.self) { try ArrivalRecorder(path: path) }
    #expect(error?.message == "cannot record arrivals in \(path): \(reason)")
  }

  @Test func aFullDiskEndsTheRecordingWithASentenceAndNothingElse() throws {
    let recorder = try ArrivalRecorder(path: "/dev/full")
    #expect(recorder.problem == nil)
    recorder.begin(at: began)
    recorder.record(instants(1, 2), timeScale: 1)
    let problem = "cannot record arrivals in /dev/full: no space left on device"
    #expect(recorder.problem == problem)
    recorder.record(instants(3), timeScale: 1)
    recorder.finish()
    #expect(recorder.problem == problem)
  }

  @Test func aRecordingThatNobodyCouldReplayEnds() throws {
    try withFile { path in
      let recorder = try ArrivalRecorder(path: path)
      recorder.begin(at: began)
      recorder.record(instants(1_000), timeScale: 1)
      recorder.record(instants(Int64(Limits.recordedSeconds) * 1_000 + 1), timeScale: 1)
      #expect(recorder.problem?.contains("is full: it holds 1000000 arrivals") == true)
      #expect(try ArrivalFile.read(path) == [1])
    }
  }
}

struct ReplayModelTests {
  private func model(_ arrivals: [Double]?, timeScale: Double = 1) throws -> LabModel {
    var configuration = LabConfiguration(endpoint: Surroundings.nowhere)
    configuration.arrivals = arrivals
    configuration.timeScale = timeScale
    let scenario = try #require(ScenarioCatalog.shipped(named: "login"))
    return LabModel(scenario: scenario, run: 7, configuration: configuration)
  }

  private func instant(_ seconds: Double) -> Instant {
    Instant.zero.advanced(bySeconds: seconds)
  }

  @Test func aRecordingIsTheShapeFromTheBeginningAndStaysWhenItIsOver() throws {
    var model = try model([1, 2, 3])
    let recording = LoadShape(kind: .replay, factor: 1, seconds: 3, arrivals: [1, 2, 3])
    #expect(model.snapshot(at: .zero).shape == recording)
    #expect(model.welcome(at: instant(10)) == recording)
    #expect(model.snapshot(at: instant(100)).shape == recording)
    // Another shape is chosen, and the recording can be chosen again.
    model.shape = .steady
    model.shapeBegan = nil
    #expect(model.snapshot(at: instant(100)).shape == .steady)
    #expect(model.snapshot(at: instant(100)).replay == recording)
  }

  @Test func withoutARecordingThereIsNone() throws {
    var model = try model(nil)
    #expect(model.snapshot(at: .zero).replay == nil)
    #expect(model.welcome(at: .zero) == .steady)
  }

  @Test func customersWhoComeBackGoOnInTheRecordingWhereItIsByThen() throws {
    var model = try model([1, 2, 3, 8], timeScale: 2)
    _ = model.welcome(at: instant(10))
    #expect(model.welcome(at: instant(11.25)).arrivals == [0.5, 5.5])
    // It is still the one that began at 10.
    #expect(model.welcome(at: instant(12)).arrivals == [4])
    #expect(model.welcome(at: instant(20)).arrivals == [])
  }

  @Test func anyOtherShapeBeginsAnewWithCustomersWhoComeBack() throws {
    var model = try model([1])
    let ramp = LoadShape(kind: .ramp, factor: 3, seconds: 20)
    _ = model.welcome(at: instant(10))
    model.shape = ramp
    model.shapeBegan = instant(15)
    #expect(model.welcome(at: instant(18)) == ramp)
    #expect(model.shapeBegan == instant(18))
  }

  @Test func aRecordingThatHasEndedIsNoted() throws {
    var model = try model(nil)
    model.recordingProblem = "cannot record arrivals in a.txt: no space left on device"
    #expect(model.snapshot(at: .zero).notes == [model.recordingProblem])
  }

  @Test func theBrokerIsAwayAsLongAsAnyFaultWaitsForIt() throws {
    var model = try model(nil)
    #expect(!model.snapshot(at: .zero).isBrokerAway)
    model.brokerDepartures = 2
    #expect(model.snapshot(at: .zero).isBrokerAway)
  }
}
