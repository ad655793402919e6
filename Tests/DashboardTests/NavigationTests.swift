import Canvas
import Dashboard
import Telemetry
import Testing

/// Going from screen to screen, and how tables behave on them.
@Suite struct NavigationTests {
  private func model(_ world: SampleWorld = .payment) -> Model {
    watched(world, size: Size(columns: 120, rows: 36), seconds: 3)
  }

  private func cursorLine(_ model: Model) -> String {
    textFrame(model).split(separator: "\n").first { $0.contains("›") }.map(String.init) ?? ""
  }

  @Test func qGoesBackThroughTheScreensAndQuitsAtTheFirst() {
    var model = model()
    press("2 j Enter", in: &model)
    #expect(textFrame(model).contains(" queue points.payments"))
    press("Enter", in: &model)
    #expect(textFrame(model).contains(" consumer points"))
    #expect(press("q", in: &model).allSatisfy { $0 != .quit })
    #expect(textFrame(model).contains(" queue points.payments"))
    #expect(press("q q", in: &model).allSatisfy { $0 != .quit })
    #expect(textFrame(model).contains("┤what is wrong├"))
    #expect(press("q", in: &model) == [.quit])
  }

  @Test func theBrokerIsToldWhatIsWatched() {
    var model = model()
    #expect(
      press("3 Enter", in: &model)
        == [.watch(.exchange(virtualHost: "/", name: "payments"), isTapping: false)]
    )
    #expect(press("v", in: &model) == [.watch(.topology, isTapping: false)])
    #expect(
      press("q", in: &model)
        == [.watch(.exchange(virtualHost: "/", name: "payments"), isTapping: false)]
    )
    #expect(press("1", in: &model) == [.watch(.nothing, isTapping: false)])
  }

  @Test func helpIsAboutTheScreenThenAboutAllThenGone() {
    var model = model()
    press("5 ?", in: &model)
    #expect(textFrame(model).contains("keys of the connections"))
    press("?", in: &model)
    #expect(textFrame(model).contains("keys of all screens"))
    press("?", in: &model)
    #expect(textFrame(model).contains("10.0.0.4:40988"))
  }

  @Test func theHelpIsSearched() {
    var model = model()
    press("? / r e d r i v e Enter", in: &model)
    #expect(!textFrame(model).contains("One row up"))
    press("? / d e a d Space l e t t e r s Enter", in: &model)
    #expect(textFrame(model).contains("Send dead letters back"))
    press("Esc", in: &model)
    #expect(textFrame(model).contains("One row up"))
  }

  @Test func aRowKeepsItsPlaceWhileSomebodyReads() {
    var world = SampleWorld.payment
    var model = model(world)
    press("2 l l", in: &model)
    // Another queue overtakes; within two seconds nothing moves, then it stands first.
    world.queues[2].ready = 50
    watch(&model, world, from: 0.25, to: 1)
    let first = textFrame(model).split(separator: "\n")[5]
    #expect(first.contains("points.payments"))
    watch(&model, world, from: 1.25, to: 4)
    #expect(textFrame(model).split(separator: "\n")[5].contains("trade.payments"))
    #expect(cursorLine(model).contains("notification.payments"))
  }

  @Test func troubleStandsFirstUnasked() {
    var world = SampleWorld.payment
    world.queues[2].consumerCount = 0
    world.queues[2].ready = 7
    var model = watched(world, size: Size(columns: 120, rows: 36), seconds: 8)
    press("2", in: &model)
    #expect(textFrame(model).split(separator: "\n")[5].contains("trade.payments"))
  }

  @Test func consumersAndConnectionsInTroubleStandFirstToo() {
    var world = SampleWorld.payment
    world.queues[2].consumerCount = 2
    world.queues[2].ready = 7
    var model = Model(size: Size(columns: 120, rows: 36), options: ViewOptions(hasLab: false))
    for step in 0...80 {
      let seconds = Double(step) / 4
      var snapshot = world.broker(at: seconds)
      // The last of all consumers stops; of its age nobody says anything, as in attach mode.
      let last = snapshot.consumers.count - 1
      snapshot.consumers[last].held = 20
      snapshot.consumers[last].acknowledged = 4_000
      snapshot.consumers[last].lastAcknowledgedAt = nil
      for index in snapshot.connections.indices.suffix(1) {
        snapshot.connections[index].channelCount = 2 + step / 2
      }
      _ = update(&model, .snapshot(snapshot))
    }
    press("4", in: &model)
    let first = textFrame(model).split(separator: "\n")[5]
    #expect(first.contains("trade.payments"))
    #expect(first.contains("▲"))
    press("!", in: &model)
    #expect(textFrame(model).contains("consumers 1 of 4"))
    press("5", in: &model)
    #expect(textFrame(model).split(separator: "\n")[5].contains("▲ channel"))
  }

  @Test func aTableIsSortedByEveryColumnBothWays() {
    for (panel, key) in [
      ("queues", "2"), ("exchanges", "3"), ("consumers", "4"), ("connections", "5"),
    ] {
      var model = model(.many)
      press(key, in: &model)
      var seen: Set<String> = []
      for _ in 0..<20 {
        let effects = press("l", in: &model)
        guard case .remember(let settings) = effects.first else { continue }
        let panel = settings.tables.first { $0.key.rawValue == panel }
        guard let sorted = panel?.value.sortedBy else { continue }
        seen.insert(sorted)
      }
      #expect(seen.count >= 9, "\(panel): \(seen)")
    }
  }

  @Test func columnsAreChosenOrderedAndRemembered() {
    var model = model()
    // ready is put away, and unacked moved before the name.
    let effects = press("2 W j Space + Enter", in: &model)
    guard case .remember(let settings) = effects.first else {
      Issue.record("nothing was remembered: \(effects)")
      return
    }
    let columns = settings.tables[.queues]?.columns ?? []
    #expect(!columns.contains("ready"))
    #expect(!textFrame(model).contains(" ready  unack"))
    #expect(press("W 0", in: &model).contains { $0 != effects.first })
    #expect(textFrame(model).contains("ready  unack"))
  }

  @Test func theWideTableMovesToTheColumnThatIsSorted() {
    var model = model(.many)
    press("2 w", in: &model)
    #expect(!textFrame(model).contains("features"))
    for _ in 0..<18 { press("l", in: &model) }
    #expect(textFrame(model).contains("features▴"))
    #expect(textFrame(model).contains("orders.region"))
  }

  @Test func theEnlargedPanelHasTheScreen() {
    var model = model(.killed)
    press("Tab Tab Tab e", in: &model)
    #expect(!textFrame(model).contains("queues 3"))
    #expect(textFrame(model).contains("notification killed (you, K)"))
    press("Esc", in: &model)
    #expect(textFrame(model).contains("queues 3"))
  }

  @Test func aThingThatIsGoneIsSaidToBe() {
    var model = model()
    press("2 j Enter", in: &model)
    var world = SampleWorld.payment
    world.queues.remove(at: 1)
    watch(&model, world, from: 0.25, to: 1)
    #expect(textFrame(model).contains("✗ gone"))
    press("P", in: &model)
    #expect(textFrame(model).contains("P: choose a queue first"))
  }

  @Test func aThemeIsShownWhileItIsChosenAndTakenBackByEscape() {
    var model = model()
    let themes = ["default", "mono", "nord"].map { ThemeChoice(name: $0, note: "any") }
    _ = update(&model, .themes(themes, current: "mono"))
    #expect(press("t j", in: &model) == [.useTheme(name: "nord")])
    #expect(press("Esc", in: &model) == [.useTheme(name: "mono")])
    let chosen = press("t k Enter", in: &model)
    #expect(chosen.contains(.useTheme(name: "default")))
    #expect(
      chosen.contains { effect in
        if case .remember(let settings) = effect { return settings.theme == "default" }
        return false
      }
    )
  }

  @Test func thePaletteDoesAnythingByItsName() {
    var model = model()
    press("2 j : p u r g e Enter", in: &model)
    #expect(textFrame(model).contains("┤purge points.payments├"))
    press("Esc : t o p o Enter", in: &model)
    #expect(textFrame(model).contains("topology of points.payments"))
    press(": z z z", in: &model)
    #expect(textFrame(model).contains("nothing fits"))
    #expect(press("Enter Esc", in: &model).isEmpty)
  }

  @Test func theRowMenuHasWhatCanBeDone() {
    var model = model()
    press("2 j .", in: &model)
    #expect(textFrame(model).contains("purge: Throw away"))
    #expect(!textFrame(model).contains("cancel: "))
    press("G k k k k Esc", in: &model)
    #expect(!textFrame(model).contains("what to do"))
  }

  @Test func refreshHasEnds() {
    var model = model()
    press("> > > > > >", in: &model)
    #expect(textFrame(model).contains("100 ms is the shortest"))
    press("< < < < < < < < < <", in: &model)
    #expect(textFrame(model).contains("10 s is the longest"))
  }
}
