import Canvas
import Dashboard
import Telemetry
import Testing

/// Filters as they are typed on the screen of queues.
@Suite struct FilterTests {
  private func queues(_ typed: String, in world: SampleWorld = .many) -> Model {
    var model = watched(world, size: Size(columns: 140, rows: 90), seconds: 4)
    press("2 /", in: &model)
    for scalar in typed.unicodeScalars { _ = update(&model, .key(.character(scalar))) }
    return model
  }

  private func names(in model: Model) -> [String] {
    textFrame(model).split(separator: "\n").compactMap { line in
      let text = line.drop { $0 == "│" || $0 == "›" || $0 == " " }
      let name = text.prefix { $0 != " " }
      return name.hasSuffix(".invoices") || name.hasSuffix(".payments") ? String(name) : nil
    }
  }

  @Test func wordsAreLookedForWhateverTheirCase() {
    let found = names(in: queues("REGION-1"))
    #expect(found.count == 10)
    #expect(found.allSatisfy { $0.contains("region-1") })
  }

  @Test func severalTermsMustAllFit() {
    #expect(names(in: queues("region 07")) == ["orders.region-07.invoices"])
    #expect(names(in: queues("region !invoices")).isEmpty)
  }

  @Test func anExclamationMarkTurnsATermRound() {
    #expect(names(in: queues("!region")).count == 3)
    #expect(names(in: queues("!state:paused !payments")).count == 52)
  }

  @Test func aTildeBeginsARegularExpression() {
    #expect(names(in: queues("~region-0[1-3]")).count == 3)
    #expect(names(in: queues("~^points")) == ["points.payments"])
  }

  @Test func columnsAreComparedWithNumbers() {
    // Region n has 11·n² messages ready.
    #expect(Set(names(in: queues("ready>35k"))).isSuperset(of: ["orders.region-60.invoices"]))
    #expect(names(in: queues("ready>=39600 ready<=39600")) == ["orders.region-60.invoices"])
    #expect(names(in: queues("consumers=0")).count == 5)
    #expect(names(in: queues("consumers!=0 payments")).count == 3)
  }

  @Test func columnsAreComparedWithWords() {
    #expect(names(in: queues("state:paused")).count == 8)
    #expect(names(in: queues("state=paused")).count == 8)
  }

  @Test func halfATermHidesNothing() {
    for typed in ["ready>", "state:", "!", "~", "ready>="] {
      #expect(names(in: queues(typed)).count == 63, "\(typed)")
    }
  }

  @Test(
    arguments: [
      ("redy>5", "no column redy"), ("ready>many", "no number: many"), ("~[", "no regex: ["),
    ]
  )
  func aMistakeIsNamedAndHidesNothing(typed: String, mistake: String) {
    let model = queues(typed)
    #expect(textFrame(model).contains(mistake))
    #expect(names(in: model).count == 63)
  }

  @Test func escapeClearsTheFilterAndEnterKeepsIt() {
    var model = queues("points")
    press("Enter", in: &model)
    #expect(textFrame(model).contains("queues 1 of 63  /points"))
    press("Esc", in: &model)
    #expect(names(in: model).count == 63)
    model = queues("points")
    press("Esc", in: &model)
    #expect(names(in: model).count == 63)
  }

  @Test func nothingThatFitsSaysHowToSeeAll() {
    #expect(textFrame(queues("nowhere")).contains("none of 63 fits; Esc shows all"))
  }

  @Test func keysAreTextWhileAFilterIsTyped() {
    var model = queues("")
    let effects = press("K q P D x", in: &model)
    #expect(effects.isEmpty)
    #expect(textFrame(model).contains("/KqPDx"))
    press("^U", in: &model)
    #expect(names(in: model).count == 63)
  }

  @Test func aPasteGoesIntoTheFilter() {
    var model = queues("")
    let effects = update(&model, .key(.pasted("points\nK\u{1B}[31m")))
    #expect(effects.isEmpty)
    #expect(textFrame(model).contains("/points K[31m"))
  }

  @Test func theCursorMovesAmongWhatIsFound() {
    var model = queues("payments")
    press("Down Down Enter Enter", in: &model)
    #expect(textFrame(model).contains(" queue trade.payments"))
  }

  @Test func aRowThatNoLongerFitsGoesAway() {
    var world = SampleWorld.payment
    world.queues[0].consumerCount = 0
    world.queues[0].ready = 5
    var model = queues("ready>0 ready<50", in: world)
    #expect(names(in: model).contains("notification.payments"))
    watch(&model, world, from: 0.25, to: 6)
    #expect(!names(in: model).contains("notification.payments"))
  }
}
