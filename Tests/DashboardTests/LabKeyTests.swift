import Canvas
import Dashboard
import Telemetry
import TestSupport
import Testing

/// What the keys of the lab ask for.
@Suite(.serialized, .computing) struct LabKeyTests {
  private func model(
    _ world: SampleWorld = .lesson,
    _ keys: String = "6",
    options: ViewOptions = ViewOptions()
  ) -> Model {
    var model = watched(world, size: Size(columns: 120, rows: 36), options: options, seconds: 3)
    press(keys, in: &model)
    return model
  }

  /// Lets the model see a world for a moment after the others.
  private func see(_ world: SampleWorld, in model: inout Model, at seconds: Double = 0.5) {
    _ = update(&model, .lab(world.lab(at: seconds)))
  }

  // MARK: - Faults

  @Test(arguments: [
    ("1", FaultKind.latency), ("2", .jitter), ("3", .error), ("4", .hang), ("5", .crash),
    ("6", .crashLoop), ("7", .slow), ("8", .poison), ("9", .drop), ("0", .split),
  ])
  func aDigitPutsAFaultAtOnceWithItsUsualAmount(digit: String, kind: FaultKind) {
    var model = model(.lesson, "6 j j j j")
    let effects = press("f \(digit)", in: &model)
    #expect(effects == [.putFault(FaultRequest(service: "points", kind: kind))])
    #expect(!textFrame(model).contains("┤fault on points├"))
  }

  @Test func theSameDigitAgainTakesAFaultOff() {
    var model = model(.cascade, "6 j j j j")
    press("f", in: &model)
    #expect(textFrame(model).contains("▲ on 12s"))
    #expect(press("1", in: &model) == [.healFault(identifier: 1)])
    #expect(
      press("f 2", in: &model) == [.putFault(FaultRequest(service: "points", kind: .jitter))]
    )
  }

  @Test(arguments: [
    ("m", FaultKind.memoryAlarm), ("s", .diskAlarm), ("r", .brokerRestart),
  ])
  func aLetterBreaksTheBroker(letter: String, kind: FaultKind) {
    var model = model()
    let request = FaultRequest(service: FaultRequest.broker, kind: kind)
    #expect(press("f \(letter)", in: &model) == [.putFault(request)])
  }

  @Test(arguments: ["", "Tab", "2", "4", "6"])
  func fAndCCrashTheBrokerFromEverywhere(keys: String) {
    var model = model(.payment, keys)
    #expect(press("f c", in: &model) == [.crashBroker])
  }

  @Test func theBrokerCrashesWithoutALabToo() {
    var model = model(.payment, "", options: ViewOptions(hasLab: false))
    #expect(press("f c", in: &model) == [.crashBroker])
    #expect(press("f 1", in: &model).isEmpty)
    #expect(textFrame(model).contains("no scenario runs here"))
  }

  @Test func aQueueAndAProducerHaveFaultsOfTheirOwn() {
    var model = model()
    let wrongKey = FaultRequest(service: "payment", kind: .wrongKey)
    #expect(press("f w", in: &model) == [.putFault(wrongKey)])
    #expect(press("f l", in: &model).isEmpty)
    #expect(textFrame(model).contains("payment has no queue"))
    press("Esc j j j j", in: &model)
    let full = FaultRequest(service: "points", kind: .queueFull)
    #expect(press("f l", in: &model) == [.putFault(full)])
    #expect(press("f n", in: &model).isEmpty)
    #expect(textFrame(model).contains("points publishes nothing"))
  }

  @Test func aQueuesFaultIsOnTheServiceAndNotOnOneOfItsProcesses() {
    var world = SampleWorld.lesson
    world.services.append(
      ServiceSnapshot(
        name: "points-2",
        service: "points",
        state: .running(processIdentifier: 9),
        queue: "points.payments"
      )
    )
    var model = model(world, "6 G")
    #expect(
      press("f 4", in: &model) == [.putFault(FaultRequest(service: "points-2", kind: .hang))]
    )
    #expect(
      press("f b", in: &model) == [.putFault(FaultRequest(service: "points", kind: .unbind))]
    )
  }

  @Test func enterAsksForTheFigures() {
    var model = model(.lesson, "6 j j j j f j j Enter")
    #expect(textFrame(model).contains("┤error % on points├"))
    let effects = press("^U 7 Tab ^U 2 5 Tab 9 Tab 1 . 5 Tab ^U 4 2 Enter", in: &model)
    let request = FaultRequest(
      service: "points",
      kind: .error,
      amount: 7,
      percent: 25,
      count: 9,
      seconds: 1.5,
      seed: 42
    )
    #expect(effects == [.putFault(request)])
  }

  @Test(arguments: [
    ("^U 0", "write a number from 1 to 100"), ("^U 1 0 1", "write a number from 1 to 100"),
    ("Tab ^U 0", "write a number from 1 to 100"), ("Tab Tab x", "write a number from 1 to"),
    ("Tab Tab Tab 0", "write a number from 0.1 to 3600"),
    ("Tab Tab Tab n a n", "write a number from 0.1 to 3600"),
    ("Tab Tab Tab Tab ^U - 1", "write a number from 0 to"),
  ])
  func figuresThatMakeNoSenseAreRefused(keys: String, answer: String) {
    var model = model(.lesson, "6 j j j j f j j Enter")
    #expect(press(keys + " Enter", in: &model).isEmpty)
    #expect(textFrame(model).contains(answer))
  }

  @Test func theFilterIsFoundFromTheFaultMenu() {
    var model = model(.payment, "2 f")
    #expect(textFrame(model).contains("looking for the filter? press /"))
    press("/ p o i Enter", in: &model)
    #expect(textFrame(model).contains("queues 1 of 3"))
  }

  @Test func activeFaultsAreOnEveryScreen() {
    var model = model(.cascade)
    for keys in ["1", "2", "3", "4", "5", "6", "7", "v", "2 Enter"] {
      press(keys, in: &model)
      #expect(textFrame(model).contains("▲ fault trade error +1"), "\(keys)")
    }
    _ = update(&model, .resized(Size(columns: 20, rows: 3)))
    #expect(textFrame(model).contains("f2"))
  }

  // MARK: - Taking back

  @Test func uHealsTheFaultThatWasPutLast() {
    var model = model(.lesson, "6 j j j j f 1 k")
    var world = SampleWorld.lesson
    world.faults = [
      FaultRequest(service: "trade", kind: .slow), FaultRequest(service: "points", kind: .latency),
    ]
    see(world, in: &model)
    #expect(press("u", in: &model) == [.healFault(identifier: 2)])
    world.faults.removeLast()
    see(world, in: &model, at: 1)
    // What somebody else put is healed too, but only when nothing else is to be taken back.
    #expect(press("u", in: &model) == [.healFault(identifier: 1)])
  }

  @Test func uHealsTheFaultUnderTheCursor() {
    var model = model(.cascade, "6 Tab Tab Tab")
    #expect(press("u", in: &model) == [.healFault(identifier: 1)])
    #expect(press("j u", in: &model) == [.healFault(identifier: 2)])
  }

  @Test func uLetsAHungProcessGoOn() {
    var world = SampleWorld.lesson
    world.services[4].state = .hung(processIdentifier: 4_004)
    world.faults = [FaultRequest(service: "points", kind: .hang)]
    var model = model(world, "6 j j j j")
    #expect(textFrame(model).contains("HUNG"))
    #expect(press("u", in: &model) == [.healFault(identifier: 1)])
  }

  @Test func uGivesBackTheLoadBefore() {
    var model = model(.lesson, "6")
    press("+", in: &model)
    var world = SampleWorld.lesson
    world.load = 50
    see(world, in: &model)
    press("+", in: &model)
    world.load = 100
    see(world, in: &model, at: 1)
    #expect(press("u", in: &model) == [.setLoad(perSecond: 50)])
    world.load = 50
    see(world, in: &model, at: 1.5)
    #expect(press("u", in: &model) == [.setLoad(perSecond: 20)])
    world.load = 20
    see(world, in: &model, at: 2)
    #expect(press("u", in: &model).isEmpty)
    #expect(textFrame(model).contains("nothing to take back"))
  }

  @Test func capitalUHealsAllOrSaysThatNothingIsBroken() {
    var model = model(.lesson)
    #expect(press("U", in: &model).isEmpty)
    #expect(textFrame(model).contains("nothing is broken on purpose"))
    see(.cascade, in: &model)
    #expect(press("U", in: &model) == [.healAll])
  }

  // MARK: - Load, services and the knob

  @Test(arguments: [
    ("1", LoadShapeKind.step), ("2", .ramp), ("3", .spike), ("4", .sine), ("5", .burst),
    ("0", .steady),
  ])
  func aKeyOfTheLoadMenuGivesTheLoadAShape(key: String, kind: LoadShapeKind) {
    var model = model()
    let effects = press("b \(key)", in: &model)
    let kinds = effects.compactMap { effect -> LoadShapeKind? in
      if case .setShape(let shape) = effect { shape.kind } else { nil }
    }
    #expect(kinds == [kind])
  }

  @Test func thePeakIsTenTimesTheLoadForTwentySeconds() {
    var model = model()
    let peak = LoadShape(kind: .step, factor: 10, seconds: 20)
    #expect(press("b p", in: &model).contains(.setShape(peak)))
    var world = SampleWorld.lesson
    world.shape = peak
    see(world, in: &model)
    #expect(textFrame(model).contains("step: 10 times for 20 s"))
    #expect(press("u", in: &model) == [.setShape(.steady)])
  }

  @Test func theLoadMenuSendsCustomersAndMakesMessagesLarger() {
    var model = model()
    #expect(press("b b", in: &model) == [.burst(customers: 100)])
    #expect(press("b 8", in: &model).contains(.setMessageBytes(16_384)))
    let effects = press("b j j Enter ^U 3 Tab ^U 7 . 5 Enter", in: &model)
    #expect(effects.contains(.setShape(LoadShape(kind: .step, factor: 3, seconds: 7.5))))
  }

  @Test func servicesJoinAndProcessesComeAndGo() {
    var model = model(.lesson, "6 j j j j")
    #expect(press("a 1", in: &model).contains(.join(service: "coupon")))
    #expect(press("a +", in: &model) == [.addInstance(service: "points")])
    #expect(press("a -", in: &model).isEmpty)
    #expect(textFrame(model).contains("points has one process; K kills it"))
    var world = SampleWorld.lesson
    world.services.append(
      ServiceSnapshot(name: "points-2", service: "points", state: .starting, queue: "points")
    )
    press("Esc", in: &model)
    see(world, in: &model)
    #expect(press("u", in: &model) == [.removeInstance(service: "points")])
    #expect(press("a -", in: &model) == [.removeInstance(service: "points")])
  }

  @Test func theKnobIsTurnedStepByStepAndNotBeyondItsEnds() {
    var model = model()
    #expect(press("}", in: &model).contains(.turnKnob(value: 20)))
    // Before the lab has confirmed it.
    #expect(press("}", in: &model).contains(.turnKnob(value: 50)))
    #expect(press("}", in: &model).isEmpty)
    #expect(textFrame(model).contains("risky logins: 50% is the most"))
  }

  @Test func aServicesConsumersArePausedTogether() {
    var model = model(.lesson, "6 j j j j")
    #expect(press("p", in: &model) == [.pauseConsumer(identifier: 102, isPaused: true)])
    press("k k k k", in: &model)
    #expect(press("p", in: &model).isEmpty)
    #expect(textFrame(model).contains("payment consumes no queue"))
  }

  @Test func aNewNoteIsSaidAtOnce() {
    var world = SampleWorld.lesson
    world.notes = []
    var model = model(world)
    #expect(!textFrame(model).contains("coupon joined"))
    press("1", in: &model)
    see(.lesson, in: &model)
    #expect(textFrame(model).contains("coupon joined: B needs nothing; in A payment must"))
  }

  // MARK: - Lessons

  @Test func aLessonIsWalkedThroughToItsVerdict() {
    var model = model()
    press("n", in: &model)
    #expect(textFrame(model).contains("┤step 1/2  predict before you look├"))
    press("n", in: &model)
    #expect(textFrame(model).contains("choose an answer first"))
    press("j Enter", in: &model)
    #expect(textFrame(model).contains("n reveals; you predict b more than twice as long"))
    watch(&model, .lesson, from: 0.25, to: 2)
    press("n", in: &model)
    let revealed = textFrame(model)
    #expect(revealed.contains("right: you said b"))
    #expect(revealed.contains("A answered after 266 ms, B after 114 ms"))
    #expect(revealed.contains("The points arrive later in B: 204 ms"))
    press("Enter a", in: &model)
    watch(&model, .cascade, from: 2.25, to: 8)
    press("n", in: &model)
    let second = textFrame(model)
    #expect(second.contains("wrong: you said a, it is b"))
    #expect(second.contains("your answers: 1 right, 1 wrong"))
    press("Enter", in: &model)
    let verdict = textFrame(model)
    #expect(verdict.contains("┤verdict├"))
    #expect(verdict.contains("In calm weather B answered after 114 ms and A after 266 ms."))
    #expect(!verdict.contains("This never holds."))
    press("Esc", in: &model)
    #expect(!textFrame(model).contains("┤verdict├"))
    press("n", in: &model)
    #expect(textFrame(model).contains("┤verdict├"))
  }

  @Test func aStepCountsFromItsOwnBeginning() {
    var model = model(.lesson, "6 n b n Enter b")
    // 12.8 customers a second fail from here on.
    watch(&model, .cascade, from: 0.25, to: 10)
    press("n", in: &model)
    #expect(textFrame(model).contains("A: 128 failed; B: 0."))
  }

  @Test func aStepIsBegunAgain() {
    var model = model(.lesson, "6 n a n r")
    #expect(textFrame(model).contains("predict before you look"))
    press("b n", in: &model)
    #expect(textFrame(model).contains("your answers: 1 right, 0 wrong"))
  }

  @Test func withoutALessonNSaysSo() {
    var model = model(.payment)
    press("n", in: &model)
    #expect(textFrame(model).contains("n: this scenario has no lesson"))
  }

  @Test func aChineseLessonHasChineseWordsAroundIt() {
    var world = SampleWorld.lesson
    world.lesson = SampleWorld.chineseSteps
    world.labTitle = "一次付款"
    world.notes = []
    var model = model(world, "6")
    // The second column of a wide character is a blank in the text.
    func text() -> String { textFrame(model) }
    #expect(text().contains("开始课程：1 个步骤，然后是结论"))
    press("n", in: &model)
    #expect(text().contains("步骤 1/1  先预测，再观察"))
    press("n", in: &model)
    #expect(text().contains("请先选择一个答案"))
    press("a", in: &model)
    #expect(text().contains("n 揭晓；你的预测是 a"))
    press("n", in: &model)
    #expect(text().contains("步骤 1/1  结果  你的回答：对 0，错 1"))
    #expect(text().contains("错：你答的是 a，应该是 b"))
    for word in ["you said", "what happened", "predict", "your answer", "what to watch", "leave"] {
      #expect(!text().contains(word), "\(word)")
    }
    press("n", in: &model)
    #expect(text().contains("┤结论├"))
  }

  @Test func chineseLinesAreFullAndDoNotBeginWithAClosingSignOrEndWithAnOpeningOne() {
    var world = SampleWorld.lesson
    world.lesson = SampleWorld.chineseSteps
    world.lesson.steps[0].task += "看看积分迟到多久（p95）。再看（「重试」）之后的数字。"
    var model = model(world, "6 n")
    for columns in 44...120 {
      _ = update(&model, .resized(Size(columns: columns, rows: 40)))
      let grid = render(model)
      for row in 0..<40 {
        let cells = grid.row(row).filter { !$0.isContinuation }.map(\.scalar)
        for (column, scalar) in cells.enumerated().dropFirst() {
          if "，。：？）」".unicodeScalars.contains(scalar) {
            #expect(cells[column - 1] != " ", "\(columns)")
          }
          if "（「".unicodeScalars.contains(scalar), column + 1 < cells.count {
            #expect(cells[column + 1] != " ", "\(columns)")
          }
        }
      }
    }
  }
}
