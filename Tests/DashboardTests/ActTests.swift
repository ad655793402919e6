import Canvas
import Dashboard
import Telemetry
import TestSupport
import Testing

/// What forms, questions and marks ask of the broker.
@Suite(.serialized, .computing) struct ActTests {
  private static let notification = QueueIdentity(
    virtualHost: "/",
    name: "notification.payments"
  )
  private static let points = QueueIdentity(virtualHost: "/", name: "points.payments")

  private func model(
    _ world: SampleWorld = .payment,
    options: ViewOptions = ViewOptions()
  ) -> Model {
    watched(world, size: Size(columns: 120, rows: 36), options: options, seconds: 3)
  }

  private func type(_ text: String, in model: inout Model) {
    for scalar in text.unicodeScalars { _ = update(&model, .key(.character(scalar))) }
  }

  // MARK: - Questions

  @Test func aSmallPurgeAsksWithNoFocused() {
    var model = model()
    #expect(press("2 j P Enter", in: &model).allSatisfy { !$0.isAct })
    #expect(!textFrame(model).contains("┤purge"))
    #expect(press("P Tab Enter", in: &model) == [.act(.purge(Self.points))])
    #expect(press("P y", in: &model) == [.act(.purge(Self.points))])
    #expect(press("P n", in: &model).isEmpty)
    #expect(press("P Esc", in: &model).isEmpty)
  }

  @Test func aLargePurgeWantsTheNameTyped() {
    var world = SampleWorld.payment
    world.queues[0].ready = 4_230
    var model = model(world)
    press("2 P", in: &model)
    #expect(textFrame(model).contains("4 230 ready messages, and those that come"))
    #expect(press("y Enter", in: &model).isEmpty)
    press("^U", in: &model)
    type("notification.payment", in: &model)
    #expect(press("Enter", in: &model).isEmpty)
    #expect(textFrame(model).contains("type the name as it is"))
    type("s", in: &model)
    #expect(press("Enter", in: &model) == [.act(.purge(Self.notification))])
  }

  @Test func anEmptyQueueIsNotPurged() {
    var model = model()
    #expect(press("2 G P", in: &model).isEmpty)
    #expect(textFrame(model).contains("P: trade.payments has none ready"))
  }

  @Test func whatIsDeletedSaysWhatIsLost() {
    var model = model()
    press("2 j D", in: &model)
    let text = textFrame(model)
    #expect(text.contains("4 messages are lost: 1 ready, 3 held"))
    #expect(text.contains("1 consumers are cancelled"))
    #expect(press("y", in: &model) == [.act(.deleteQueue(Self.points))])
  }

  @Test func predeclaredExchangesCannotBeDeleted() {
    var model = model()
    #expect(press("3 j j D", in: &model).isEmpty)
    #expect(textFrame(model).contains("is always there and cannot be deleted"))
    let payments = ExchangeIdentity(virtualHost: "/", name: "payments")
    #expect(press("g D y", in: &model) == [.act(.deleteExchange(payments))])
  }

  @Test func aPasteInAQuestionRunsNothing() {
    var model = model()
    press("2 j P", in: &model)
    #expect(update(&model, .key(.pasted("y\nyes\n"))).isEmpty)
    #expect(textFrame(model).contains("┤purge points.payments├"))
  }

  // MARK: - Marks

  @Test func whatActsActsOnAllMarkedRows() {
    var model = model()
    let paused = press("2 Space Space p", in: &model)
    #expect(
      paused == [
        .pauseQueue(virtualHost: "/", name: "notification.payments", isPaused: true),
        .pauseQueue(virtualHost: "/", name: "points.payments", isPaused: true),
      ]
    )
    press("D", in: &model)
    #expect(textFrame(model).contains("┤delete 2 queues├"))
    #expect(
      press("y", in: &model) == [
        .act(.deleteQueue(Self.notification)), .act(.deleteQueue(Self.points)),
      ]
    )
    #expect(!textFrame(model).contains("marked"))
  }

  @Test func marksGoWithTheScreen() {
    var model = model()
    press("2 *", in: &model)
    #expect(textFrame(model).contains("  3 marked├"))
    press("3 2", in: &model)
    #expect(!textFrame(model).contains(" marked├"))
    press("* Esc", in: &model)
    #expect(!textFrame(model).contains(" marked├"))
  }

  @Test func severalConsumersAreKilledTogether() {
    var model = model()
    let effects = press("4 * K", in: &model)
    #expect(
      Set(effects)
        == [
          .killService(name: "notification"), .killService(name: "points"),
          .killService(name: "trade"),
        ]
    )
  }

  // MARK: - Forms

  @Test func aMessageIsPublishedWithAllItsParts() {
    var model = model()
    press("3 n", in: &model)
    // The body has the keys; up from it are headers, properties, delivery and the key.
    press("^U", in: &model)
    type("hello", in: &model)
    press("S-Tab", in: &model)
    type("x=1, y=two", in: &model)
    press("S-Tab", in: &model)
    type("content_type=text/plain", in: &model)
    press("S-Tab Right S-Tab", in: &model)
    type("payment.test", in: &model)
    let effects = press("Enter", in: &model)
    let draft = MessageDraft(
      virtualHost: "/",
      exchange: "payments",
      routingKey: "payment.test",
      properties: [
        WatchedDetails.Fact("content_type", "text/plain"),
        WatchedDetails.Fact("delivery_mode", "2"),
      ],
      headers: [WatchedDetails.Fact("x", "1"), WatchedDetails.Fact("y", "two")],
      body: Array("hello".utf8)
    )
    #expect(effects == [.act(.publish(draft))])
  }

  @Test(
    arguments: [
      ("properties", "colour=red", "no property colour"),
      ("properties", "content_type", "write name=value"),
      ("headers", "a=1, a=2", "a is there twice"),
      ("how many", "0", "write a number from 1 to 100000"),
      ("how many", "x", "write a number from 1 to 100000"),
    ]
  )
  func aMistakeInAFormIsNamedAtItsField(field: String, text: String, mistake: String) {
    var model = model()
    press("2 n", in: &model)
    let steps = ["properties": 2, "headers": 1, "how many": -2][field] ?? 0
    for _ in 0..<abs(steps) { press(steps > 0 ? "S-Tab" : "Tab", in: &model) }
    press("^U", in: &model)
    type(text, in: &model)
    #expect(press("Enter", in: &model).isEmpty)
    #expect(textFrame(model).contains("▲ \(field): \(mistake)"), "\(textFrame(model))")
    press("Esc", in: &model)
    #expect(!textFrame(model).contains(mistake))
  }

  @Test func aBodyComesFromAFile() {
    var model = model()
    press("2 n Tab", in: &model)
    type("/tmp/body.json", in: &model)
    #expect(press("Enter", in: &model) == [.readBody(path: "/tmp/body.json")])
    let effects = update(&model, .bodyRead(path: "/tmp/body.json", [1, 2, 3]))
    guard case .act(.publish(let draft)) = effects.first else {
      Issue.record("nothing was published: \(effects)")
      return
    }
    #expect(draft.body == [1, 2, 3])
    #expect(draft.routingKey == "notification.payments")
  }

  @Test func aFormThatWasRefusedComesBack() {
    var model = model()
    press("2 n Tab", in: &model)
    type("/nowhere", in: &model)
    press("Enter", in: &model)
    #expect(!textFrame(model).contains("┤publish a message├"))
    _ = update(&model, .outcome(.refused("cannot read /nowhere: No such file or directory")))
    #expect(textFrame(model).contains("┤publish a message├"))
    #expect(textFrame(model).contains("body from file: cannot read /nowhere"))
    #expect(textFrame(model).contains("/nowhere  "))
  }

  @Test func aQueueAndABindingAreMade() {
    var model = model()
    press("2 c", in: &model)
    type("orders", in: &model)
    press("Tab Right Tab Tab Tab", in: &model)
    type("x-max-length=10", in: &model)
    let effects = press("Enter", in: &model)
    guard case .act(.declareQueue(let draft)) = effects.first else {
      Issue.record("no queue: \(effects)")
      return
    }
    #expect(draft.identity == QueueIdentity(virtualHost: "/", name: "orders"))
    #expect(draft.isDurable)
    #expect(
      draft.arguments == [
        WatchedDetails.Fact("x-max-length", "10"), WatchedDetails.Fact("x-queue-type", "quorum"),
      ]
    )
    press("3 B", in: &model)
    type("nowhere", in: &model)
    #expect(press("Enter", in: &model).isEmpty)
    #expect(textFrame(model).contains("to: there is no queue nowhere"))
    press("^U", in: &model)
    type("points.payments", in: &model)
    press("Tab", in: &model)
    type("payment.*", in: &model)
    guard case .act(.bind(let binding)) = press("Enter", in: &model).first else {
      Issue.record("no binding")
      return
    }
    #expect(binding.source == "payments")
    #expect(binding.destination == .queue("points.payments"))
    #expect(binding.routingKey == "payment.*")
    #expect(press("u", in: &model) == [.act(.unbind(binding))])
  }

  @Test func theRightArrowTakesACompletion() {
    var model = model()
    press("2 j M", in: &model)
    type("tra", in: &model)
    #expect(textFrame(model).contains("de.payments"))
    press("Right", in: &model)
    #expect(
      press("Enter", in: &model) == [.act(.moveMessages(Self.points, to: "trade.payments"))]
    )
  }

  @Test func aPrefetchCountIsChangedAndGivenBack() {
    var model = model()
    press("4 # ^U", in: &model)
    type("5", in: &model)
    #expect(press("Enter", in: &model) == [.act(.setPrefetch(consumer: 101, count: 5))])
    var world = SampleWorld.payment
    world.prefetchCount = 5
    watch(&model, world, from: 0.25, to: 1)
    #expect(press("u", in: &model) == [.act(.setPrefetch(consumer: 101, count: 20))])
  }

  @Test func aConnectionIsClosedWithAReason() {
    var model = model()
    press("5 X", in: &model)
    type("maintenance", in: &model)
    #expect(
      press("Enter", in: &model)
        == [.act(.closeConnection(identifier: 7, reason: "maintenance"))]
    )
  }

  // MARK: - Messages

  @Test func oneMessageIsParkedOrDeleted() {
    var model = model()
    press("2 j Enter", in: &model)
    _ = update(&model, .peeked(Self.points, (1...3).map(SampleWorld.message)))
    press("Tab Tab j D", in: &model)
    #expect(textFrame(model).contains("┤delete one message of points.payments├"))
    #expect(press("y", in: &model) == [.act(.deleteMessage(Self.points, identifier: 2))])
    press("M", in: &model)
    type("trade.payments", in: &model)
    #expect(
      press("Enter", in: &model)
        == [.act(.parkMessage(Self.points, identifier: 2, to: "trade.payments"))]
    )
    press("Enter", in: &model)
    #expect(textFrame(model).contains("┤message 2├"))
    #expect(textFrame(model).contains("\"order\": 8812"))
    press("D", in: &model)
    #expect(press("y", in: &model) == [.act(.deleteMessage(Self.points, identifier: 2))])
  }

  @Test func aRedriveAsksAfterADryRun() {
    var model = model()
    #expect(press("2 j V", in: &model) == [.look(.redrive(Self.points))])
    let group = Redrive.Group(
      reason: "rejected",
      queue: "points",
      exchange: "payments",
      routingKey: "payment.succeeded",
      count: 12
    )
    let dryRun = Redrive(groups: [group], withoutOrigin: 1, isDryRun: true)
    _ = update(&model, .redrive(Self.points, dryRun))
    let text = textFrame(model)
    #expect(text.contains("12 rejected in points → payments payment.succeeded"))
    #expect(text.contains("1 never died and stay"))
    #expect(press("y", in: &model) == [.act(.redrive(Self.points))])
  }

  @Test func aTapIsOpenedBesideTheConsumersAndClosed() {
    var model = model()
    let effects = press("2 j T", in: &model)
    #expect(
      effects.contains(
        .watch(.queue(virtualHost: "/", name: "points.payments"), isTapping: true)
      )
    )
    var world = SampleWorld.payment
    world.watch = .queue(virtualHost: "/", name: "points.payments")
    watch(&model, world, from: 0.25, to: 1)
    #expect(textFrame(model).contains("{\"order\":8816"))
    let closing = press("T", in: &model)
    #expect(
      closing
        == [.watch(.queue(virtualHost: "/", name: "points.payments"), isTapping: false)]
    )
    #expect(press("q", in: &model) == [.watch(.nothing, isTapping: false)])
  }

  // MARK: - Read-only

  @Test func aReadOnlyDashboardChangesNothing() {
    var model = model(options: ViewOptions(isReadOnly: true))
    for action in Action.allCases where Keymap.standard.binding(of: action) != nil {
      let key = Keymap.standard.binding(of: action)?.keys.first
      guard let key else { continue }
      var copy = model
      press("2 j", in: &copy)
      let effects = update(&copy, .key(key))
      #expect(!effects.contains { $0.isAct || $0.isLabAct }, "\(action.rawValue)")
    }
    press("2 K", in: &model)
    #expect(textFrame(model).contains("K: this dashboard is read-only; F8 allows changes"))
    press("F8", in: &model)
    #expect(textFrame(model).contains("┤allow changes├"))
    press("y", in: &model)
    #expect(press("p", in: &model).count == 1)
    press("F8", in: &model)
    #expect(press("p", in: &model).isEmpty)
  }
}

extension Effect {
  /// Whether it changes the broker in a dialog's way.
  fileprivate var isAct: Bool {
    if case .act = self { return true }
    return false
  }

  /// Whether it changes the broker or the lab in one key's way.
  fileprivate var isLabAct: Bool {
    switch self {
    case .publish, .pauseQueue, .pauseConsumer, .killService, .killConsumer, .bringBack,
      .crashBroker, .setMode, .setLoad, .burst, .putFault, .healFault, .healAll, .setShape,
      .setMessageBytes, .addInstance, .removeInstance, .join, .turnKnob:
      true
    case .record, .act, .look, .watch, .copy, .export, .alert, .bell, .readBody, .useTheme,
      .remember, .setRefresh, .setRecording, .play, .holdPlaying, .switchTarget, .see, .suspend,
      .repaint, .quit:
      false
    }
  }
}
