import Canvas
@testable import Dashboard
import Telemetry
import Testing

/// The evidence of what is wrong.
@Suite struct WhyTests {
  private func model(_ world: SampleWorld, _ size: Size = Size(columns: 120, rows: 36)) -> Model {
    var model = Model(size: size)
    watch(&model, world, from: 0, to: 20)
    return model
  }

  @Test func nothingWrongIsSaid() {
    var model = model(.payment)
    press("d", in: &model)
    #expect(textFrame(model).contains("d: nothing is wrong"))
  }

  @Test func itGivesNumbersSinceWhenTheReachAndTheRule() {
    var model = model(.trouble)
    press("d", in: &model)
    let frame = textFrame(model)
    #expect(frame.contains("NO CONSUMER  "))
    #expect(frame.contains("since "))
    #expect(frame.contains("look at the CONSUMER"))
    #expect(frame.contains("0 consumers: nobody will take them"))
    #expect(frame.contains("Isolated") || frame.contains("Not alone"))
    #expect(frame.contains("rule no-consumer"))
    #expect(frame.contains("no-consumer.seconds = 1"))
  }

  @Test func itGoesToTheOthersAndToWhatItIsAbout() {
    var model = model(.trouble)
    press("d", in: &model)
    let first = textFrame(model)
    press("Right", in: &model)
    #expect(textFrame(model) != first)
    press("Left", in: &model)
    #expect(textFrame(model) == first)
    press("Enter", in: &model)
    #expect(textFrame(model).contains(" queue "))
    #expect(textFrame(model).contains("why NO CONSUMER"))
  }

  @Test func theEvidenceIsCopied() {
    var model = model(.trouble)
    press("d", in: &model)
    let effects = press("y", in: &model)
    guard case .copy(let text) = effects.first else {
      Issue.record("nothing was copied")
      return
    }
    #expect(text.hasPrefix("NO CONSUMER "))
    #expect(text.contains("0 consumers"))
  }

  @Test func aTroubleThatIsOverSaysSo() {
    var model = model(.trouble)
    press("d", in: &model)
    watch(&model, .payment, from: 20.5, to: 30)
    #expect(textFrame(model).contains("It is over."))
  }

  @Test(arguments: [Size(columns: 40, rows: 10), Size(columns: 80, rows: 24)])
  func smallScreensHaveItToo(size: Size) {
    var model = model(.trouble, size)
    press("d", in: &model)
    #expect(textFrame(model).contains("NO CONSUMER"))
    press("G", in: &model)
    #expect(textFrame(model).contains("rule no-consumer"))
  }

  @Test func namesFromTheNetworkDoNotReachTheTerminal() {
    var world = SampleWorld.trouble
    world.queues.append(
      SampleWorld.SampleQueue(
        name: "evil\u{1B}[2J",
        perSecond: 0,
        ready: 5,
        consumerCount: 0,
        oldestSeconds: 400
      )
    )
    var model = model(world)
    for _ in 0...8 {
      press("d", in: &model)
      #expect(!textFrame(model).unicodeScalars.contains("\u{1B}"))
      press("Right Esc j", in: &model)
    }
  }

  @Test func whatIsWrongCanBeChosenAndOpened() {
    var model = model(.trouble)
    press("S-Tab", in: &model)
    #expect(textFrame(model).contains("Enter why"))
    let first = model.selectedProblem
    press("j", in: &model)
    #expect(model.selectedProblem != first)
    #expect(textFrame(model).contains("›"))
    press("Enter", in: &model)
    #expect(textFrame(model).contains("rule no-consumer"))
    press("Esc", in: &model)
    #expect(model.focus == .verdict)
    press("Tab", in: &model)
    #expect(model.focus == .queues)
  }

  @Test func nothingWrongIsNothingToOpen() {
    var model = model(.payment)
    press("S-Tab Enter", in: &model)
    #expect(textFrame(model).contains("nothing is wrong"))
    #expect(model.dialog == nil)
  }

  @Test func aClickOnWhatIsWrongOpensIt() {
    var model = model(.trouble)
    let click = MouseEvent(.click, at: Point(column: 20, row: 3))
    _ = update(&model, .key(.mouse(click)))
    #expect(textFrame(model).contains("rule no-consumer"))
  }
}
