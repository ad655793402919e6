import Canvas
import Dashboard
import Telemetry
import Testing

/// Keys pressed one after the other, and what came of them.
private struct Session {
  var model: Model
  var effects: [Effect] = []

  init(_ world: SampleWorld = .payment, hasLab: Bool = true) {
    model = watched(
      world,
      size: Size(columns: 120, rows: 36),
      options: ViewOptions(hasLab: hasLab),
      seconds: 3
    )
  }

  /// Presses keys written as words: `j j Tab K`.
  mutating func play(_ keys: String) {
    effects = press(keys, in: &model)
  }

  var text: String { textFrame(model) }

  func line(containing part: String) -> String {
    text.split(separator: "\n").first { $0.contains(part) }.map(String.init) ?? ""
  }

  mutating func see(_ world: SampleWorld, from start: Double, to end: Double) {
    watch(&model, world, from: start, to: end)
  }
}

@Suite struct SessionTests {
  @Test func theCursorMovesAndStaysInside() {
    var session = Session()
    #expect(session.line(containing: "›").contains("notification.payments"))
    session.play("j")
    #expect(session.line(containing: "›").contains("points.payments"))
    session.play("G")
    #expect(session.line(containing: "›").contains("trade.payments"))
    session.play("j Down PgDn End")
    #expect(session.line(containing: "›").contains("trade.payments"))
    session.play("g k Up PgUp Home")
    #expect(session.line(containing: "›").contains("notification.payments"))
  }

  @Test func kOnTheFirstRowSaysOnceThatItDoesNotKill() {
    var session = Session()
    session.play("k")
    #expect(session.effects.isEmpty)
    #expect(session.text.contains("k only moves up; K kills"))
    session.play("Esc k")
    #expect(!session.text.contains("k only moves up"))
  }

  @Test func theCursorFollowsItsQueueWhenOthersComeAndGo() {
    var session = Session()
    session.play("j")
    var world = SampleWorld.payment
    world.queues += (1...9).map { SampleWorld.SampleQueue(name: "a-\($0)", perSecond: 0) }
    session.see(world, from: 0.25, to: 1)
    #expect(session.line(containing: "›").contains("points.payments"))
    world.queues.removeAll { $0.name == "points.payments" }
    session.see(world, from: 1.25, to: 2)
    #expect(session.line(containing: "›").contains("trade.payments"))
  }

  @Test func theSelectedRowStaysOnScreenThroughEverySize() {
    var session = Session(.many)
    session.play("G")
    for rows in [24, 36, 10, 60, 14, 36] {
      _ = update(&session.model, .resized(Size(columns: 100, rows: rows)))
      #expect(session.line(containing: "›").contains("trade.payments"))
    }
  }

  @Test func aQueueIsPublishedToThroughTheDefaultExchange() {
    var session = Session(hasLab: false)
    session.play("j i")
    #expect(
      session.effects == [
        .publish(virtualHost: "/", exchange: "", routingKey: "points.payments", count: 1)
      ]
    )
    session.play("b")
    #expect(
      session.effects == [
        .publish(virtualHost: "/", exchange: "", routingKey: "points.payments", count: 100)
      ]
    )
  }

  @Test func anExchangeIsPublishedTo() {
    var session = Session()
    session.play("S-Tab S-Tab i")
    #expect(
      session.effects
        == [
          .publish(
            virtualHost: "/",
            exchange: "payments",
            routingKey: "payment.succeeded",
            count: 1
          )
        ]
    )
    session.play("j i")
    #expect(session.effects.isEmpty)
    #expect(session.text.contains("i: the default exchange takes a queue's name"))
  }

  @Test func inTheLabABurstIsCustomers() {
    var session = Session()
    session.play("b")
    #expect(session.effects == [.burst(customers: 100)])
    session.play("Tab Tab i")
    #expect(session.effects == [.burst(customers: 1)])
  }

  @Test func killingAServiceAndBringingItBack() {
    var session = Session()
    session.play("Tab K")
    #expect(session.effects == [.killService(name: "notification")])
    session.see(.killed, from: 0.25, to: 6)
    #expect(session.line(containing: "›").contains("✗ killed"))
    #expect(session.text.contains("▲ KILLED      notification"))
    session.play("K")
    #expect(session.effects.isEmpty)
    #expect(session.text.contains("notification is killed already"))
    session.play("u")
    #expect(session.effects.first == .bringBack(service: "notification"))
    var back = SampleWorld.payment
    back.services[3].state = .running(processIdentifier: 4_999)
    session.see(back, from: 6.25, to: 20)
    #expect(!session.text.contains("KILLED"))
    session.play("u")
    #expect(session.text.contains("u: nothing to take back"))
  }

  @Test func aKillIsTakenBackBeforeTheLabHasSaidSo() {
    var session = Session()
    session.play("Tab j K S-Tab u")
    #expect(session.effects.contains(.killService(name: "points")))
    #expect(session.effects.contains(.bringBack(service: "points")))
  }

  @Test func fromItsQueueTheOnlyConsumerIsKilled() {
    var session = Session()
    session.play("j F9")
    #expect(session.effects.first == .killService(name: "points"))
    var world = SampleWorld.payment
    world.queues[2].consumerCount = 3
    session.see(world, from: 0.25, to: 1)
    session.play("G K")
    #expect(session.effects.isEmpty)
    #expect(session.text.contains("K: trade.payments has 3 consumers"))
  }

  @Test func aConsumerThatIsNotOursLosesItsConnection() {
    var world = SampleWorld.payment
    world.services = []
    var session = Session(world, hasLab: false)
    session.play("Tab K")
    #expect(session.effects == [.killConsumer(identifier: 101)])
  }

  @Test func pausesAreTakenBackNewestFirst() {
    var session = Session()
    session.play("p Tab j p")
    #expect(
      session.effects == [
        .pauseQueue(virtualHost: "/", name: "notification.payments", isPaused: true),
        .pauseConsumer(identifier: 102, isPaused: true),
      ]
    )
    session.play("u u u")
    #expect(
      session.effects == [
        .pauseConsumer(identifier: 102, isPaused: false),
        .pauseQueue(virtualHost: "/", name: "notification.payments", isPaused: false),
      ]
    )
    #expect(session.text.contains("u: nothing to take back"))
  }

  @Test func aPausedQueueGoesOnWithTheSameKey() {
    var world = SampleWorld.payment
    world.queues[0].isPaused = true
    var session = Session(world)
    #expect(session.line(containing: "›").contains("‖ paused"))
    session.play("p")
    #expect(
      session.effects
        == [.pauseQueue(virtualHost: "/", name: "notification.payments", isPaused: false)]
    )
  }

  @Test func theLoadGoesInStepsWithoutWaitingForTheLab() {
    var session = Session()
    session.play("+ + -")
    let loads: [Double] = session.effects.compactMap {
      if case .setLoad(let perSecond) = $0 { return perSecond }
      return nil
    }
    #expect(loads == [50, 100, 50])
    #expect(session.text.contains("load 50.0/s"))
    session.play("- - - - - - - - -")
    #expect(session.text.contains("-: no customers come already"))
  }

  @Test func theModeGoesRound() {
    var session = Session()
    session.play("x x x")
    let modes: [CallMode] = session.effects.compactMap {
      if case .setMode(let mode) = $0 { return mode }
      return nil
    }
    #expect(modes == [.synchronous, .asynchronous, .both])
  }

  @Test func aFrozenScreenStandsStillWhileTheBrokerGoesOn() {
    var session = Session()
    session.play("z")
    let frozen = session.line(containing: "›notification")
    session.model.markDrawn()
    session.see(.killed, from: 0.25, to: 12)
    #expect(session.text.contains("FROZEN at"))
    // A terminal that shows it gets not a byte.
    #expect(!session.model.isDirty)
    #expect(session.line(containing: "›notification") == frozen)
    #expect(!session.text.contains("KILLED"))
    session.play("z")
    #expect(!session.text.contains("FROZEN"))
    #expect(session.text.contains("KILLED"))
  }

  @Test func helpOpensScrollsAndCloses() {
    var session = Session()
    session.play("?")
    #expect(session.text.contains("keys of the overview"))
    let first = session.text
    session.play("G")
    #expect(session.text != first)
    session.play("g")
    #expect(session.text == first)
    session.play("q")
    #expect(session.effects.isEmpty)
    #expect(session.text.contains("queues 3"))
    session.play("F1 K p i b Esc")
    #expect(session.effects.isEmpty)
    #expect(session.text.contains("queues 3"))
  }

  @Test func quittingSuspendingAndRepainting() {
    var session = Session()
    session.play("q")
    #expect(session.effects == [.quit])
    session.play("? Q")
    #expect(session.effects == [.quit])
    session.play("^C F10")
    #expect(session.effects == [.quit, .quit])
    session.play("^L ^Z")
    #expect(session.effects == [.repaint, .suspend])
  }

  @Test func pastedTextRunsNothing() {
    var session = Session()
    session.play("Tab")
    let paste = String(repeating: "qK+bip\nx:Q?\u{03}", count: 800)
    #expect(update(&session.model, .key(.pasted(paste))).isEmpty)
    #expect(session.text.contains("pasted text is not a command"))
    #expect(session.text.contains("queues 3"))
  }

  @Test func anOutcomeIsShownForSomeSeconds() {
    var session = Session()
    _ = update(&session.model, .outcome(.refused("there is no queue 'x' any more")))
    #expect(session.text.contains("▲ there is no queue 'x' any more"))
    _ = update(&session.model, .outcome(.succeeded("")))
    #expect(session.text.contains("▲ there is no queue 'x' any more"))
    session.see(.payment, from: 0.25, to: 6)
    #expect(!session.text.contains("there is no queue"))
  }
}

@Suite struct DirtyTests {
  @Test func nothingIsDrawnWhenNothingChanged() {
    var model = watched(.payment, size: Size(columns: 80, rows: 24), seconds: 2)
    #expect(model.isDirty)
    model.markDrawn()
    _ = update(
      &model,
      .tick(SampleWorld.origin.advanced(bySeconds: 0.3), SampleWorld.wall(0.3))
    )
    _ = update(&model, .snapshot(SampleWorld.payment.broker(at: 0)))
    _ = update(&model, .resized(Size(columns: 80, rows: 24)))
    #expect(!model.isDirty)
    _ = update(&model, .snapshot(SampleWorld.payment.broker(at: 0.5)))
    #expect(model.isDirty)
  }

  @Test func aFrozenScreenIsNeverDrawn() {
    var model = watched(.payment, size: Size(columns: 80, rows: 24), seconds: 2)
    _ = update(&model, .key(.character("z")))
    model.markDrawn()
    _ = update(&model, .snapshot(SampleWorld.payment.broker(at: 0.25)))
    _ = update(&model, .lab(SampleWorld.payment.lab(at: 0.25)))
    #expect(!model.isDirty)
    _ = update(
      &model,
      .tick(SampleWorld.origin.advanced(bySeconds: 1.2), SampleWorld.wall(1.2))
    )
    #expect(!model.isDirty)
  }

  @Test func aKeyIsDrawn() {
    var model = watched(.payment, size: Size(columns: 80, rows: 24), seconds: 2)
    model.markDrawn()
    _ = update(&model, .key(.down))
    #expect(model.isDirty)
  }
}
