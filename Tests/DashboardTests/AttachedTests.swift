import Canvas
import Telemetry
import TestSupport
import Testing

@testable import Dashboard

/// A broker that is watched from outside.
@Suite(.serialized, .computing) struct AttachedTests {
  private static let node = NodeSnapshot(
    name: "rabbit@one",
    upSeconds: 90_061,
    memoryBytes: 140_423_168,
    memoryLimitBytes: 1_611_392_000,
    diskFreeBytes: 70_444_769_280,
    diskLimitBytes: 50_000_000,
    leaderCount: 2
  )
  private static let away = NodeSnapshot(name: "rabbit@two", isRunning: false)
  private static let cost = PollingCost(
    share: 0.012,
    stepSeconds: 5,
    queuesSeconds: 15,
    queuesMilliseconds: 207,
    queuesBytes: 153_000
  )
  static let connected = AttachedState(
    product: "RabbitMQ 3.10.8",
    cost: cost,
    nodes: [node, away]
  )

  /// The state when nothing came since some seconds after the origin.
  private static func lost(at seconds: Double) -> AttachedState {
    var state = connected
    let since = SampleWorld.origin.advanced(bySeconds: seconds)
    state.link = .lost(
      since: since,
      reason: "nobody listens at rabbit.example:15672",
      nextTryAt: since.advanced(bySeconds: 8)
    )
    return state
  }

  private static let world: SampleWorld = {
    var world = SampleWorld.payment
    world.label = "rabbit@one"
    world.endpoint = "http://rabbit.example:15672"
    world.services = []
    return world
  }()

  private func attached(
    allowsChanges: Bool = false,
    size: Size = Size(columns: 120, rows: 36),
    targets: [String] = ["rabbit.example:15672"]
  ) -> Model {
    var model = Model(
      size: size,
      options: ViewOptions(
        hasLab: false,
        isReadOnly: !allowsChanges,
        refreshSeconds: 5,
        attachment: AttachOptions(targets: targets, allowsChanges: allowsChanges)
      )
    )
    for seconds in stride(from: 0.0, through: 60, by: 5) {
      var snapshot = Self.world.broker(at: seconds)
      snapshot.totals.isLedgerKept = false
      _ = update(&model, .tick(snapshot.at, snapshot.wallTime))
      _ = update(&model, .snapshot(snapshot))
      _ = update(&model, .attached(Self.connected))
    }
    return model
  }

  private func text(_ model: Model) -> String { textFrame(model) }

  // MARK: - What cannot be done

  private static let impossible: [Action] = [
    .pause, .prefetch, .cancel, .tap, .redrive, .fault, .healAll, .add, .loadMenu, .loadUp,
    .loadDown, .mode, .knobUp, .knobDown,
  ]

  @Test(arguments: impossible)
  func whatTheManagementCannotDoIsRefusedWithTheReason(action: Action) {
    for allowsChanges in [false, true] {
      let reason = attached(allowsChanges: allowsChanges).refusal(of: action)
      #expect(reason?.contains("--write") == false)
    }
  }

  @Test(arguments: [
    Action.purge, .delete, .publishOne, .publishForm, .create, .bind, .kill, .closeConnection,
    .move, .peek, .readOnly, .burst, .undo,
  ])
  func withoutWriteNothingIsChanged(action: Action) {
    let model = attached()
    #expect(model.refusal(of: action)?.contains("--write") == true)
    let effects = ["P", "D", "i", "b", "K", "m", "X", "M", "u"].flatMap { key in
      var pressed = model
      return press("2 j " + key + " Enter y", in: &pressed)
    }
    #expect(effects.allSatisfy { !$0.changesSomething && !$0.isLook })
  }

  @Test func withWriteAPurgeAsksWithNoFocused() {
    var model = attached(allowsChanges: true)
    #expect(press("2 j P Enter", in: &model).filter(\.changesSomething).isEmpty)
    let effects = press("P y", in: &model)
    #expect(effects.contains { if case .act(.purge) = $0 { true } else { false } })
    #expect(model.refusal(of: .publishOne) == nil)
  }

  @Test func aConsumerIsKilledOnlyAfterAQuestion() {
    var model = attached(allowsChanges: true)
    #expect(press("4 K", in: &model).filter(\.changesSomething).isEmpty)
    #expect(text(model).contains("close the consumer's connection"))
    #expect(press("Enter", in: &model).filter(\.changesSomething).isEmpty)
    let effects = press("K y", in: &model)
    #expect(effects.contains { if case .killConsumer = $0 { true } else { false } })
  }

  @Test func openingAQueueLooksAtNoMessage() {
    var model = attached(allowsChanges: true)
    let effects = press("2 j Enter", in: &model)
    #expect(!effects.contains { if case .look = $0 { true } else { false } })
    #expect(effects.contains { if case .watch = $0 { true } else { false } })
    #expect(press("m", in: &model).contains { if case .look(.peek) = $0 { true } else { false } })
  }

  @Test func itIsNotAskedMoreOftenThanEachSecond() {
    var model = attached()
    #expect(
      press("> > > > >", in: &model).count { if case .setRefresh = $0 { true } else { false } } == 2
    )
    #expect(text(model).contains("every second at most"))
  }

  // MARK: - A lost connection

  @Test func aLostConnectionIsSaidWithItsReasonAndTheNextTry() {
    var model = attached()
    _ = update(&model, .attached(Self.lost(at: 60)))
    _ = update(&model, .tick(SampleWorld.origin.advanced(bySeconds: 63), SampleWorld.wall(63)))
    let shown = text(model)
    #expect(shown.contains("nobody listens at rabbit.example:15672; next try in 5 s"))
    #expect(shown.contains("lost 3s"))
    #expect(shown.contains("notification.payments"))
    #expect(model.refusal(of: .purge) != nil)
  }

  @Test func aLostPictureIsGreyAndTheNextOneIsNot() {
    var model = attached()
    func roles(_ model: Model) -> Set<Role> {
      let grid = render(model)
      return Set((20..<30).flatMap { row in grid.row(row).map { $0.style.role } })
    }
    #expect(roles(model).count > 3)
    _ = update(&model, .attached(Self.lost(at: 60)))
    #expect(roles(model) == [.muted])
    _ = update(&model, .attached(Self.connected))
    #expect(roles(model).count > 3)
    #expect(text(model).contains("answers again"))
  }

  @Test func aFrozenScreenIsNotGreyedByWhatHappensLater() {
    var model = attached()
    press("z", in: &model)
    _ = update(&model, .attached(Self.lost(at: 60)))
    #expect(!text(model).contains("next try"))
  }

  // MARK: - What is shown

  @Test func nodesAndTheCostAreOnTheOverview() {
    let shown = text(attached())
    #expect(shown.contains("nodes 2"))
    #expect(shown.contains("rabbit@two"))
    #expect(shown.contains("down"))
    #expect(shown.contains("RabbitMQ 3.10.8"))
    #expect(shown.contains("asked every 5 s, busy 1.2 %, queues every 15 s"))
  }

  @Test func aNodeThatIsDownAndASplitClusterAreWrong() {
    var model = attached()
    #expect(text(model).contains("NODE DOWN"))
    #expect(text(model).contains("1 problem"))
    var state = Self.connected
    state.nodes = [Self.node]
    state.nodes[0].partitions = ["rabbit@two"]
    _ = update(&model, .attached(state))
    #expect(text(model).contains("SPLIT"))
    #expect(text(model).contains("it does not see rabbit@two"))
    state.nodes[0].partitions = []
    _ = update(&model, .attached(state))
    #expect(text(model).contains("nothing is wrong"))
  }

  @Test func whatNobodyCountsIsNoZero() {
    var model = attached()
    press("2 w", in: &model)
    #expect(model.tables[.queues]?.isWide == true)
    let row = QueueRow(at: 0, in: model.shown)
    #expect(row?.value(of: .expired) == FieldValue.none)
    #expect(row?.value(of: .deadLettered) == FieldValue.none)
    #expect(row?.value(of: .requeues) == FieldValue.none)
    #expect(ExchangeRow(at: 0, in: model.shown)?.value(of: .dropped) == FieldValue.none)
  }

  @Test func consumersThatShareAChannelHaveNoFigures() throws {
    var model = attached()
    var snapshot = Self.world.broker(at: 65)
    snapshot.totals.isLedgerKept = false
    for index in snapshot.consumers.indices {
      snapshot.consumers[index].connectionIdentifier = 1
      snapshot.consumers[index].channelNumber = index == 2 ? 2 : 1
    }
    _ = update(&model, .snapshot(snapshot))
    let rows = try (0..<3).map { try #require(ConsumerTableRow(at: $0, in: model.shown)) }
    #expect(rows.map { $0.value(of: .held) == FieldValue.none } == [true, true, false])
    #expect(rows.map { $0.rate == nil } == [true, true, false])
    #expect(rows[0].text(of: .state, glyphs: Glyphs()).0 == Format.none)
    #expect(rows[0].text(of: .lastAck, glyphs: Glyphs()).0 == Format.none)
    #expect(rows[0].text(of: .held, glyphs: Glyphs()).0 == "-/20")
  }

  @Test func theQueuesOnTheScreenAreTold() {
    var model = Model(
      size: Size(columns: 120, rows: 36),
      options: ViewOptions(
        hasLab: false,
        refreshSeconds: 5,
        attachment: AttachOptions(targets: ["h:1"])
      )
    )
    let effects = update(&model, .snapshot(Self.world.broker(at: 1)))
    let seen = effects.compactMap { effect -> [QueueIdentity]? in
      if case .see(let queues) = effect { return queues }
      return nil
    }
    #expect(
      seen.map { $0.map(\.name) } == [
        ["notification.payments", "points.payments", "trade.payments"]
      ]
    )
    #expect(press("4", in: &model).contains(.see([])))
  }

  // MARK: - Several targets

  @Test func anotherTargetIsChosenAndNothingOfTheFirstStays() {
    var model = attached(targets: ["one:1", "two:2"])
    press("@", in: &model)
    #expect(text(model).contains("two:2"))
    #expect(press("j Enter", in: &model).contains(.switchTarget(1)))
    _ = update(&model, .switched(target: 1))
    #expect(!text(model).contains("notification.payments"))
    #expect(model.targetName == "two:2")
    #expect(model.live.broker == nil)
  }

  @Test func oneTargetIsNothingToChooseFrom() {
    #expect(attached().refusal(of: .target)?.contains("--target") == true)
  }

  @Test(arguments: [
    Size(columns: 20, rows: 3), Size(columns: 40, rows: 10), Size(columns: 80, rows: 24),
    Size(columns: 120, rows: 36),
  ])
  func goldens(size: Size) {
    var model = attached(size: size)
    Golden.expect(render(model), named: "attached-\(size.columns)x\(size.rows)")
    _ = update(&model, .attached(Self.lost(at: 60)))
    Golden.expect(render(model), named: "attached-lost-\(size.columns)x\(size.rows)")
  }
}

extension Effect {
  fileprivate var isLook: Bool {
    if case .look = self { return true }
    return false
  }
}
