import Canvas
import Recording
import Telemetry
import TestSupport
import Testing

@testable import Dashboard

/// A recording in the dashboard, and making one.
@Suite(.serialized, .computing) struct ReplayTests {
  private static let whole = Result {
    try recorded([(.payment, until: 10), (.trouble, until: 40)])
  }

  /// What a screen shows, without the lines that say where it is and what the last key did, and
  /// without the cursor, which stays at its row once a key was pressed.
  private func body(_ model: Model) -> [Substring] {
    textFrame(model).replacing("›", with: " ")
      .split(separator: "\n", omittingEmptySubsequences: false)
      .dropFirst().dropLast(3)
  }

  private func played(to end: Double, speed: Double = 1) throws -> Model {
    let recording = try Self.whole.get()
    var model = replaying(recording, speed: speed)
    play(recording, in: &model, from: 0, to: end)
    return model
  }

  private func expectBody(
    of model: Model,
    asPlayedTo end: Double,
    _ location: SourceLocation = #_sourceLocation
  ) throws {
    let difference = zip(body(model), body(try played(to: end))).first { $0 != $1 }
    #expect(difference == nil, "\(String(describing: difference))", sourceLocation: location)
  }

  @Test func theHeaderSaysWhichRecordingAndWhere() throws {
    let frame = textFrame(try played(to: 12, speed: 10))
    #expect(frame.contains("replay monday.slrec  00:00:12 of 00:00:40"))
    #expect(frame.contains("playing 10x"))
    let time = Format.time(SampleWorld.wall(12), offsetSeconds: 0)
    #expect(frame.contains(time))
  }

  @Test func aSmallScreenHasTheNameToo() throws {
    var model = try played(to: 12)
    _ = update(&model, .resized(Size(columns: 80, rows: 24)))
    #expect(textFrame(model).contains("replay monday.slrec"))
  }

  @Test func nothingCanBeChanged() throws {
    let model = try played(to: 12)
    for binding in Keymap.standard.bindings where binding.action.isChange {
      for screen in ["1", "2", "4", "6"] {
        var copy = model
        press(screen, in: &copy)
        let effects = copy.act(binding.action, named: "key")
        #expect(!effects.contains { $0.changesSomething }, "\(binding.action.rawValue)")
        #expect(textFrame(copy).contains("key: a recording cannot be changed"))
      }
    }
    var copy = model
    press("F8", in: &copy)
    #expect(textFrame(copy).contains("a recording cannot be changed"))
  }

  @Test func whatNeedsTheBrokerIsRefused() throws {
    var model = try played(to: 12)
    #expect(press("2 m", in: &model).isEmpty)
    #expect(textFrame(model).contains("a recording has no messages to look at"))
    #expect(press("<", in: &model).isEmpty)
    #expect(textFrame(model).contains("a recording keeps its pace"))
    #expect(press("R", in: &model).isEmpty)
    #expect(textFrame(model).contains("this is a recording already"))
  }

  @Test func zStopsTheRecordingAndGoesOn() throws {
    var model = try played(to: 12)
    #expect(press("z", in: &model) == [.holdPlaying])
    #expect(
      textFrame(model).contains("FROZEN at \(Format.time(SampleWorld.wall(12), offsetSeconds: 0))")
    )
    let place = SampleWorld.origin.advanced(bySeconds: 12)
    #expect(press("z", in: &model) == [.play(from: place)])
  }

  @Test func scrubbingGoesBeyondWhatWasPlayed() throws {
    var model = try played(to: 5)
    press("2", in: &model)
    for _ in 1...5 { press("\u{7D}", in: &model) }
    press("1", in: &model)
    try expectBody(of: model, asPlayedTo: 30)
    #expect(textFrame(model).contains("NO CONSUMER"))
    // Back to where it plays.
    let place = SampleWorld.origin.advanced(bySeconds: 5)
    #expect(press("0", in: &model) == [.play(from: place)])
    try expectBody(of: model, asPlayedTo: 5)
  }

  @Test func zPlaysOnFromWhatWasScrubbedTo() throws {
    let recording = try Self.whole.get()
    var model = try played(to: 5)
    press("2", in: &model)
    for _ in 1...5 { press("\u{7D}", in: &model) }
    press("1", in: &model)
    let place = SampleWorld.origin.advanced(bySeconds: 30)
    #expect(press("z", in: &model) == [.play(from: place)])
    play(recording, in: &model, from: 30.5, to: 35)
    try expectBody(of: model, asPlayedTo: 35)
    // And from what was before.
    press("2", in: &model)
    for _ in 1...6 { press("\u{7B}", in: &model) }
    press("1 z", in: &model)
    try expectBody(of: model, asPlayedTo: 5)
    play(recording, in: &model, from: 5.5, to: 12)
    try expectBody(of: model, asPlayedTo: 12)
  }

  @Test func theEndsOfTheRecordingSaySo() throws {
    var model = try played(to: 5)
    press("2", in: &model)
    for _ in 1...3 { press("\u{7B}", in: &model) }
    #expect(textFrame(model).contains("that is the beginning"))
    for _ in 1...12 { press("\u{7D}", in: &model) }
    #expect(textFrame(model).contains("that is the end"))
  }

  @Test func aRecordingThatIsOverKeepsItsLastPicture() throws {
    var model = try played(to: 40)
    let last = body(model)
    _ = update(&model, .replayEnded("the recording is over"))
    #expect(textFrame(model).contains("● the recording is over"))
    for seconds in 1...60 {
      let ours = Instant.zero.advanced(bySeconds: 140 + Double(seconds))
      _ = update(&model, .tick(ours, SampleWorld.wall(40)))
    }
    #expect(body(model) == last)
    #expect(textFrame(model).contains("the recording is over"))
    #expect(!textFrame(model).contains("no data"))
  }

  @Test func aSilenceInTheRecordingIsSeen() throws {
    var model = try played(to: 12)
    let ours = Instant.zero.advanced(bySeconds: 118)
    _ = update(&model, .tick(ours, SampleWorld.wall(18)))
    #expect(textFrame(model).contains("no data for 6s"))
  }

  @Test func theEndCanBeShownAtOnce() throws {
    var model = replaying(try Self.whole.get())
    model.goToEnd()
    try expectBody(of: model, asPlayedTo: 40)
    #expect(textFrame(model).contains("the recording is over"))
  }

  // MARK: - Making one

  @Test func theHeaderSaysThatAllIsRecorded() {
    var model = watched(.payment, size: Size(columns: 120, rows: 36), seconds: 3)
    #expect(!textFrame(model).contains("rec ●"))
    #expect(press("R", in: &model) == [.setRecording(isOn: true)])
    _ = update(&model, .recording(.started(file: "./some.slrec")))
    #expect(textFrame(model).contains("rec ●"))
    #expect(textFrame(model).contains("recording into ./some.slrec"))
    #expect(press("R", in: &model) == [.setRecording(isOn: false)])
    _ = update(&model, .recording(.stopped(file: "./some.slrec", bytes: 4_000)))
    #expect(!textFrame(model).contains("rec ●"))
    #expect(textFrame(model).contains("sluice replay ./some.slrec"))
  }

  @Test func aRecordingThatCannotGoOnIsSaid() {
    var model = watched(.payment, size: Size(columns: 120, rows: 36), seconds: 3)
    _ = update(&model, .recording(.started(file: "/dev/full")))
    _ = update(&model, .recording(.failed("the recording stopped: no space left on device")))
    #expect(!textFrame(model).contains("rec ●"))
    #expect(textFrame(model).contains("▲ the recording stopped: no space left on device"))
  }

  @Test func qAsksWhileARecordingRuns() {
    var model = watched(.payment, size: Size(columns: 120, rows: 36), seconds: 3)
    var copy = model
    #expect(press("q", in: &copy) == [.quit])
    _ = update(&model, .recording(.started(file: "./some.slrec")))
    #expect(press("2 q", in: &model).isEmpty)
    #expect(press("q", in: &model).isEmpty)
    #expect(textFrame(model).contains("All this is being recorded into ./some.slrec."))
    copy = model
    #expect(press("Esc", in: &copy).isEmpty)
    #expect(!textFrame(copy).contains("All this is being recorded"))
    #expect(press("y", in: &model) == [.quit])
    copy = model
    #expect(press("Q", in: &copy) == [.quit])
  }
}

/// Golden frames of a replayed screen.
@Suite(.serialized, .computing) struct ReplayGoldenTests {
  private static let sizes = [Size(columns: 80, rows: 24), Size(columns: 120, rows: 36)]
  private static let recording = Result {
    try recorded([(.payment, until: 10), (.trouble, until: 40)])
  }

  @Test(arguments: sizes)
  func aPlayedRecording(size: Size) throws {
    let recording = try Self.recording.get()
    var model = replaying(recording, size: size)
    play(recording, in: &model, from: 0, to: 30)
    Golden.expect(render(model), named: "replay-\(size.columns)x\(size.rows)")
  }

  @Test(arguments: sizes)
  func aRecordingThatIsOver(size: Size) throws {
    let recording = try Self.recording.get()
    var model = replaying(recording, size: size)
    play(recording, in: &model, from: 0, to: 40)
    _ = update(&model, .replayEnded("the recording is over"))
    Golden.expect(render(model), named: "replay-over-\(size.columns)x\(size.rows)")
  }

  @Test(arguments: sizes)
  func aScreenThatIsRecorded(size: Size) {
    var model = watched(.payment, size: size, seconds: 20)
    _ = update(&model, .recording(.started(file: "./sluice-2026-11-28-150255.slrec")))
    Golden.expect(render(model), named: "recording-\(size.columns)x\(size.rows)")
  }
}
