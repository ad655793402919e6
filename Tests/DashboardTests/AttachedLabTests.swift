import Canvas
import Telemetry
import TestSupport
import Testing

@testable import Dashboard

/// A scenario on a broker that is watched from outside: its processes are ours, the broker is not.
@Suite(.serialized, .computing) struct AttachedLabTests {
  private static let nodes = [
    NodeSnapshot(name: "rabbit@one", isRunning: false),
    NodeSnapshot(
      name: "rabbit@three",
      upSeconds: 90,
      memoryBytes: 140_423_168,
      memoryLimitBytes: 1_611_392_000,
      diskFreeBytes: 70_444_769_280,
      leaderCount: 1
    ),
    NodeSnapshot(
      name: "rabbit@two",
      upSeconds: 90,
      memoryBytes: 130_423_168,
      memoryLimitBytes: 1_611_392_000,
      diskFreeBytes: 70_444_769_280,
      leaderCount: 2
    ),
  ]
  private static let connected = AttachedState(
    product: "RabbitMQ 3.10.8",
    cost: PollingCost(
      share: 0.012,
      stepSeconds: 5,
      queuesSeconds: 15,
      queuesMilliseconds: 207,
      queuesBytes: 153_000
    ),
    nodes: nodes
  )

  private func model(
    allowsChanges: Bool = false,
    isReadOnly: Bool = false,
    size: Size = Size(columns: 120, rows: 36)
  ) -> Model {
    var world = SampleWorld.payment
    world.endpoint = "http://rabbit.example:15672"
    var model = Model(
      size: size,
      options: ViewOptions(
        hasLab: true,
        isReadOnly: isReadOnly,
        refreshSeconds: 5,
        attachment: AttachOptions(targets: ["rabbit.example:15672"], allowsChanges: allowsChanges)
      )
    )
    for seconds in stride(from: 0.0, through: 60, by: 5) {
      var snapshot = world.broker(at: seconds)
      snapshot.totals.isLedgerKept = false
      _ = update(&model, .tick(snapshot.at, snapshot.wallTime))
      _ = update(&model, .lab(world.lab(at: seconds)))
      _ = update(&model, .snapshot(snapshot))
      _ = update(&model, .attached(Self.connected))
    }
    return model
  }

  private func lose(_ model: inout Model) {
    var state = Self.connected
    let now = SampleWorld.origin.advanced(bySeconds: 60)
    state.link = .lost(since: now, reason: "nobody listens there", nextTryAt: now)
    _ = update(&model, .attached(state))
  }

  @Test func keysActOnTheLabWithoutWrite() {
    var model = model()
    let loaded = press("+", in: &model)
    #expect(loaded.contains { if case .setLoad = $0 { true } else { false } })
    let turned = press("x", in: &model)
    #expect(turned.contains { if case .setMode = $0 { true } else { false } })
    let burst = press("b", in: &model)
    #expect(burst.contains { if case .burst = $0 { true } else { false } })
    let killed = press("6 j j j j j K", in: &model)
    #expect(killed.contains { if case .killService = $0 { true } else { false } })
    press("f", in: &model)
    #expect(textFrame(model).contains("fault on"))
  }

  @Test func theServiceOfAConsumerIsKilledAndNoConnectionClosed() {
    var model = model()
    let effects = press("4 K", in: &model).filter(\.changesSomething)
    #expect(effects.count == 1)
    #expect(effects.contains { if case .killService = $0 { true } else { false } })
  }

  @Test func theBrokerIsNotChangedWithoutWrite() {
    var model = model()
    for keys in ["2 P Enter y", "2 D Enter y", "3 i", "2 M Enter", "5 X Enter", "2 m"] {
      let effects = press(keys + " Esc Esc", in: &model)
      #expect(!effects.contains { $0.changesSomething && !$0.isOnLab }, "\(keys)")
    }
    #expect(model.refusal(of: .purge)?.contains("--write") == true)
    #expect(self.model(allowsChanges: true).refusal(of: .purge)?.contains("--write") != true)
  }

  @Test func whatNeedsAHandOnTheBrokerIsRefusedInTheMenu() {
    var model = model()
    for key in ["c", "m"] {
      let effects = press("6 j j j j j f \(key) Enter y", in: &model)
      #expect(!effects.contains { $0 == .crashBroker || $0.isPutFault })
      #expect(textFrame(model).contains("not ours to break"))
      press("Esc Esc 1", in: &model)
    }
  }

  @Test func aPauseSaysWhatCanBeDoneInstead() {
    #expect(model().refusal(of: .pause)?.contains("hang") == true)
  }

  @Test func readOnlyHoldsForTheLabToo() {
    var model = model(isReadOnly: true)
    let held = press("+ x b 6 K", in: &model)
    #expect(held.filter(\.changesSomething).isEmpty)
    press("F8 y", in: &model)
    let loaded = press("+", in: &model)
    #expect(loaded.contains { if case .setLoad = $0 { true } else { false } })
  }

  @Test func theLabsKeysWorkWhileTheManagementIsLost() {
    var model = model(allowsChanges: true)
    lose(&model)
    #expect(model.refusal(of: .purge)?.contains("does not answer") == true)
    let loaded = press("+", in: &model)
    #expect(loaded.contains { if case .setLoad = $0 { true } else { false } })
  }

  @Test func onlyWhatTheBrokerSaidIsGreyWhileItIsLost() {
    var model = model()
    lose(&model)
    let layout = Layout(for: model)
    func roles(in area: Rectangle?) -> Set<Role> {
      guard let area else { return [] }
      let grid = render(model)
      return Set(
        (area.row..<area.endRow).flatMap { row in
          Array(grid.row(row))[area.column..<area.endColumn].map(\.style.role)
        }
      )
    }
    #expect(roles(in: layout.panels[.queues]) == [.muted])
    #expect(roles(in: layout.panels[.nodes]) == [.muted])
    #expect(roles(in: layout.charts[0]) == [.muted])
    #expect(roles(in: layout.panels[.lab]).contains(.labAsynchronous))
    #expect(roles(in: layout.charts[2]).count > 1)
    press("6", in: &model)
    let grid = render(model)
    #expect(Set((4..<20).flatMap { grid.row($0).map(\.style.role) }).count > 3)
  }

  @Test func anotherNodeThatAnswersIsNamed() {
    var model = model()
    lose(&model)
    var snapshot = SampleWorld.payment.broker(at: 65)
    snapshot.identity.endpoint = "http://rabbit.two:15672"
    _ = update(&model, .snapshot(snapshot))
    _ = update(&model, .attached(Self.connected))
    #expect(textFrame(model).contains("http://rabbit.two:15672 answers now"))
  }

  @Test(arguments: [
    Size(columns: 40, rows: 10), Size(columns: 80, rows: 24), Size(columns: 120, rows: 36),
    Size(columns: 200, rows: 60),
  ])
  func goldens(size: Size) {
    Golden.expect(
      render(model(size: size)),
      named: "attached-lab-\(size.columns)x\(size.rows)"
    )
  }
}

extension Effect {
  fileprivate var isPutFault: Bool {
    if case .putFault = self { return true }
    return false
  }
}
