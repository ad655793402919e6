import Canvas
import Dashboard
import Telemetry
import TestSupport
import Testing

/// The whole screen goes back in time, its verdicts included.
@Suite(.serialized, .computing) struct TimelineTests {
  private let size = Size(columns: 120, rows: 36)

  /// What a screen shows, without the lines that say that it is frozen and what the last key did.
  private func body(_ model: Model) -> [Substring] {
    textFrame(model).split(separator: "\n", omittingEmptySubsequences: false)
      .dropFirst().dropLast(3)
  }

  @Test func aStepBackShowsWhatWasShownThen() throws {
    // What customers saw is remembered to the microsecond, which may round to another millisecond.
    var model = Model(size: size, options: ViewOptions(hasLab: false))
    var shown: [[Substring]] = []
    for step in 0...20 {
      let seconds = Double(step) * 0.5
      watch(&model, .trouble, from: seconds, to: seconds)
      shown.append(body(model))
    }
    for back in 1...12 {
      press("[", in: &model)
      let differing = zip(body(model), shown[20 - back]).first { $0 != $1 }
      #expect(
        body(model) == shown[20 - back],
        "\(back) steps back: \(String(describing: differing))"
      )
    }
    press("]", in: &model)
    #expect(body(model) == shown[9])
    press("2 \u{7D} 1", in: &model)
    #expect(body(model) == shown[19])
  }

  @Test func whatIsLiveGoesOnBehindAFrozenScreen() {
    var model = Model(size: size)
    watch(&model, .trouble, from: 0, to: 10)
    press("[ [", in: &model)
    let frozen = body(model)
    watch(&model, .trouble, from: 10.5, to: 20)
    #expect(body(model) == frozen)
    press("0", in: &model)
    var other = Model(size: size)
    watch(&other, .trouble, from: 0, to: 20)
    #expect(body(model) == body(other))
  }

  @Test func aVerdictIsNotYetThereBeforeItsTrouble() {
    var model = Model(size: size)
    watch(&model, .payment, from: 0, to: 10)
    watch(&model, .trouble, from: 10.5, to: 40)
    #expect(textFrame(model).contains("NO CONSUMER"))
    for _ in 1...13 { press("2 \u{7B} 1", in: &model) }
    #expect(!textFrame(model).contains("NO CONSUMER"))
    #expect(textFrame(model).contains("nothing is wrong"))
  }

  @Test func theHeaderSaysWhen() {
    var model = Model(size: size)
    watch(&model, .payment, from: 0, to: 30)
    press("2 \u{7B} 1", in: &model)
    #expect(textFrame(model).contains("FROZEN at 06:00:27"))
  }

  @Test func theEndsOfThePastSaySo() {
    var model = Model(size: size)
    press("[", in: &model)
    #expect(textFrame(model).contains("there is no past yet"))
    watch(&model, .payment, from: 0, to: 2)
    press("]", in: &model)
    #expect(textFrame(model).contains("the screen is live"))
    press("0", in: &model)
    #expect(textFrame(model).contains("the screen is live"))
    for _ in 0...10 { press("[", in: &model) }
    #expect(textFrame(model).contains("that is all that is remembered"))
  }
}
