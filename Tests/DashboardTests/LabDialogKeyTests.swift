import Canvas
import Dashboard
import Telemetry
import Testing

/// Keys while a page of the lesson, a menu or a form stands over the lab's screen.
@Suite(.serialized) struct LabDialogKeyTests {
  private func model(_ world: SampleWorld = .lesson, _ keys: String = "6") -> Model {
    var model = watched(world, size: Size(columns: 120, rows: 36), seconds: 3)
    press(keys, in: &model)
    return model
  }

  // MARK: - Leaving

  @Test(
    arguments: ["n", "n b", "n b n", "f", "b", "a", "? ", "2 D", "2 W", "t", "2 j Enter Enter"],
    ["Q", "^C", "F10"]
  )
  func thereIsAWayOutOfEveryDialogWithoutText(keys: String, quit: String) {
    var model = model(.lesson, "6 " + keys)
    #expect(press(quit, in: &model).contains(.quit))
  }

  @Test(arguments: ["f j j Enter", "b m", "2 n", ":", "2 /"], ["^C", "F10"])
  func textThatIsTypedDoesNotHoldAnybodyBack(keys: String, quit: String) {
    var model = model(.lesson, "6 " + keys)
    #expect(press(quit, in: &model) == [.quit])
  }

  @Test(arguments: ["b m ^U", "2 n Tab", ":", "2 /"])
  func aCapitalQIsALetterWhereTextIsTyped(keys: String) {
    var model = model(.lesson, "6 " + keys)
    #expect(press("Q", in: &model).isEmpty)
    #expect(textFrame(model).contains("Q"))
  }

  @Test func theKeyThatLeavesIsTheOneOfTheKeymap() {
    let keymap = Keymap.standard.rebinding([.quitNow: [.function(12)]]).keymap
    var model = watched(
      .lesson,
      size: Size(columns: 120, rows: 36),
      options: ViewOptions(keymap: keymap),
      seconds: 3
    )
    press("6 n", in: &model)
    #expect(press("Q ^C F10", in: &model).isEmpty)
    #expect(textFrame(model).contains("predict before you look"))
    #expect(update(&model, .key(.function(12))) == [.quit])
  }

  // MARK: - Acting through a page of the lesson

  @Test(arguments: [
    ("u", Effect.healFault(identifier: 2)), ("U", .healAll), ("+", .setLoad(perSecond: 50)),
    ("-", .setLoad(perSecond: 10)), ("x", .setMode(.synchronous)), ("}", .turnKnob(value: 20)),
  ])
  func aKeyOfTheLabActsThroughAPageAndLeavesItForTheScreen(key: String, effect: Effect) {
    for keys in ["n", "n b", "n b n", "n b n Enter b n n"] {
      var model = model(.cascade, "6 " + keys)
      #expect(press(key, in: &model).contains(effect), "\(keys)")
      let text = textFrame(model)
      #expect(!text.contains("┤step 1/2") && !text.contains("┤verdict├"), "\(keys)")
    }
  }

  @Test(arguments: [("f", "┤fault on payment├"), ("b", "┤load├"), ("a", "┤add├")])
  func aMenuOfTheLabOpensInPlaceOfAPage(key: String, title: String) {
    var model = model(.lesson, "6 n b n")
    press(key, in: &model)
    #expect(textFrame(model).contains(title))
    press("Esc", in: &model)
    #expect(!textFrame(model).contains("┤step 1/2"))
  }

  @Test func aFaultIsPutAndHealedWithoutLeavingThePageFirst() {
    var model = model(.lesson, "6 j j j j n b n")
    let request = FaultRequest(service: "points", kind: .jitter)
    #expect(press("f 2", in: &model) == [.putFault(request)])
  }

  @Test func aKeyThatCanDoNothingSaysSoAndThePageStays() {
    var model = model(.lesson, "6 n b n")
    #expect(press("U", in: &model).isEmpty)
    let text = textFrame(model)
    #expect(text.contains("U: nothing is broken on purpose"))
    #expect(text.contains("┤step 1/2"))
  }

  @Test func thePagesOwnKeysComeFirst() {
    // Both a and b are answers before they are menus.
    var model = model(.lesson, "6 n")
    #expect(press("b", in: &model).isEmpty)
    #expect(textFrame(model).contains("you predict b"))
    press("n r", in: &model)
    #expect(textFrame(model).contains("predict before you look"))
    #expect(press("q", in: &model).isEmpty)
    #expect(!textFrame(model).contains("predict before you look"))
  }

  @Test func aReadOnlyDashboardChangesNothingThroughAPage() {
    var model = watched(
      .cascade,
      size: Size(columns: 120, rows: 36),
      options: ViewOptions(isReadOnly: true),
      seconds: 3
    )
    press("6 n", in: &model)
    #expect(press("u U + x }", in: &model).isEmpty)
    #expect(textFrame(model).contains("}: this dashboard is read-only"))
  }

  // MARK: - The load menu

  @Test func aRecordingIsOfferedWhereThereIsOne() {
    var world = SampleWorld.lesson
    var without = model(world, "6 b")
    #expect(!textFrame(without).contains("replay"))
    #expect(press("r", in: &without).isEmpty)
    let replay = LoadShape(kind: .replay, factor: 1, seconds: 1, arrivals: [0, 0.5, 12.5])
    world.replay = replay
    var model = model(world, "6 b")
    #expect(textFrame(model).contains("replay    3 arrivals in 12.5 s"))
    #expect(press("r", in: &model).contains(.setShape(replay)))
    world.shape = replay
    _ = update(&model, .lab(world.lab(at: 1)))
    #expect(textFrame(model).contains("replay: 3 arrivals in 12.5 s"))
    #expect(press("u", in: &model) == [.setShape(.steady)])
  }

  @Test func aSineSaysBetweenWhichRates() {
    var model = model()
    press("b", in: &model)
    #expect(textFrame(model).contains("between 10.0/s and 40.0/s, every 20 s"))
  }

  @Test(arguments: [
    ("0", 0), ("1 5 0 0", 1_500), ("1 6 k", 16_384), ("6 4 K", 65_536), ("1 . 5 Space k B", 1_536),
    ("6 5 5 3 6", 65_536),
  ])
  func messagesAreMadeAsLargeAsWasTyped(text: String, bytes: Int) {
    var model = model()
    #expect(press("b m ^U \(text) Enter", in: &model).contains(.setMessageBytes(bytes)))
    #expect(!textFrame(model).contains("┤messages├"))
  }

  @Test(arguments: ["", "- 1", "6 5 5 3 7", "6 5 k", "1 6 m", "k", "1 e 3", "n a n"])
  func aSizeThatMakesNoSenseIsRefusedInOneLine(text: String) {
    var model = model()
    #expect(press("b m ^U \(text) Enter", in: &model).isEmpty)
    #expect(textFrame(model).contains("write bytes from 0 to 65536, 1500 or 16k say"))
  }

  @Test func enterOnASizeOfTheLoadMenuAsksForAnother() {
    var model = model(.lesson, "6 b")
    // The burst, the peak, five shapes, the steady load and the smallest size stand before it.
    press("j j j j j j j j j Enter", in: &model)
    #expect(textFrame(model).contains("┤messages├"))
    #expect(textFrame(model).contains("1024"))
    #expect(press("Enter", in: &model).contains(.setMessageBytes(1_024)))
  }
}
