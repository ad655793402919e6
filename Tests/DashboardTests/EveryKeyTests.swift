import Canvas
import Dashboard
import Telemetry
import TestSupport
import Testing

/// What a key is seen to do.
private enum Sign: Sendable {
  /// The screen then shows this.
  case shows(String)
  /// The screen then no longer shows this.
  case hides(String)
  /// The row under the cursor is then this one.
  case cursorOn(String)
  /// The outside is then asked for this.
  case asks(Effect)
}

/// How an action is tried out: what is done first, and what is then seen.
private struct Trial: Sendable {
  var action: Action
  var before = ""
  var sign: Sign
  var world = SampleWorld.payment
}

/// A scripted session for every key of the table.
@Suite(.serialized, .computing) struct EveryKeyTests {
  private static let points = QueueIdentity(virtualHost: "/", name: "points.payments")

  private static let trials: [Trial] = moving + showing + looking + acting

  private static let moving: [Trial] = [
    Trial(action: .moveUp, before: "2 j", sign: .cursorOn("notification.payments")),
    Trial(action: .moveDown, before: "2", sign: .cursorOn("points.payments")),
    Trial(action: .moveFirst, before: "2 j j", sign: .cursorOn("notification.payments")),
    Trial(action: .moveLast, before: "2", sign: .cursorOn("trade.payments")),
    Trial(action: .pageUp, before: "2 j j", sign: .cursorOn("notification.payments")),
    Trial(action: .pageDown, before: "2", sign: .cursorOn("trade.payments")),
    Trial(action: .nextPanel, sign: .cursorOn("notification   notification")),
    Trial(action: .previousPanel, before: "S-Tab", sign: .cursorOn("payments       topic")),
    Trial(action: .sortLeft, before: "2 l l l", sign: .shows("ready▾")),
    Trial(action: .sortRight, before: "2 l", sign: .shows("ready▾")),
  ]

  private static let showing: [Trial] = [
    Trial(action: .showOverview, before: "3", sign: .shows("┤what is wrong├")),
    Trial(action: .showQueues, sign: .hides("┤what is wrong├")),
    Trial(action: .showExchanges, sign: .shows("last dropped key")),
    Trial(action: .showConsumers, sign: .shows("oldest held")),
    Trial(action: .showConnections, sign: .shows("10.0.0.4:40988")),
    Trial(action: .showLab, sign: .shows(" lab payment")),
    Trial(action: .showEvents, sign: .hides("┤exchanges 5├")),
    Trial(action: .showTopology, before: "2", sign: .shows("topology of notification")),
    Trial(action: .open, before: "2 j", sign: .shows(" queue points.payments")),
    Trial(action: .enlarge, sign: .hides("what changed")),
    Trial(action: .quit, before: "2 Enter", sign: .hides(" queue notification")),
    Trial(action: .quitNow, before: "2 Enter", sign: .asks(.quit)),
    Trial(action: .suspend, sign: .asks(.suspend)),
  ]

  private static let looking: [Trial] = [
    Trial(action: .filter, before: "2", sign: .shows("queues 3  /")),
    Trial(action: .trouble, before: "2", sign: .shows("queues 1 of 3"), world: .killed),
    Trial(action: .sort, before: "2", sign: .shows("┤sort by├")),
    Trial(action: .invertSort, before: "2 l", sign: .shows("queue▾")),
    Trial(action: .wide, before: "2", sign: .shows("requeue/s")),
    Trial(action: .columns, before: "2", sign: .shows("┤columns of queues├")),
    Trial(action: .mark, before: "2", sign: .shows("1 marked")),
    Trial(action: .markAll, before: "2", sign: .shows("3 marked")),
    Trial(action: .freeze, sign: .shows("FROZEN")),
    Trial(action: .why, before: "2", sign: .shows("rule no-consumer"), world: .trouble),
    Trial(action: .scrubBack, sign: .shows("FROZEN")),
    Trial(action: .scrubForward, before: "z", sign: .shows("that is the newest")),
    Trial(action: .scrubFarBack, before: "2", sign: .shows("FROZEN")),
    Trial(action: .scrubFarForward, before: "2 z", sign: .shows("that is the newest")),
    Trial(action: .goLive, before: "2 z", sign: .hides("FROZEN")),
    Trial(action: .zoomOut, sign: .shows("┤5m├")),
    Trial(action: .zoomIn, before: ") )", sign: .shows("┤5m├")),
    Trial(action: .record, sign: .asks(.setRecording(isOn: true))),
    Trial(action: .peek, before: "2 j", sign: .asks(.look(.peek(points)))),
    Trial(action: .tap, before: "2 j", sign: .shows("messages as they pass")),
    Trial(action: .copy, before: "2 j", sign: .asks(.copy("points.payments"))),
    Trial(action: .export, before: "2", sign: .shows("┤export├")),
    Trial(action: .theme, sign: .shows("┤theme├")),
    Trial(action: .palette, sign: .shows("┤command├")),
    Trial(action: .rowMenu, before: "2", sign: .shows("┤what to do├")),
    Trial(action: .refreshFaster, sign: .asks(.setRefresh(seconds: 0.25))),
    Trial(action: .refreshSlower, sign: .asks(.setRefresh(seconds: 1))),
    Trial(action: .help, sign: .shows("keys of the overview")),
    Trial(action: .close, before: "2 Enter", sign: .hides(" queue notification")),
    Trial(action: .repaint, sign: .asks(.repaint)),
  ]

  private static let acting: [Trial] = [
    Trial(
      action: .publishOne,
      before: "2 j",
      sign: .asks(
        .publish(virtualHost: "/", exchange: "", routingKey: "points.payments", count: 1)
      )
    ),
    Trial(action: .publishForm, before: "2", sign: .shows("┤publish a message├")),
    Trial(action: .burst, sign: .asks(.burst(customers: 100))),
    Trial(action: .loadUp, sign: .asks(.setLoad(perSecond: 50))),
    Trial(action: .loadDown, sign: .asks(.setLoad(perSecond: 10))),
    Trial(action: .mode, sign: .asks(.setMode(.synchronous))),
    Trial(
      action: .pause,
      before: "2",
      sign: .asks(
        .pauseQueue(virtualHost: "/", name: "notification.payments", isPaused: true)
      )
    ),
    Trial(
      action: .undo,
      sign: .asks(.bringBack(service: "notification")),
      world: .killed
    ),
    Trial(action: .fault, sign: .shows("┤fault on notification├")),
    Trial(action: .healAll, sign: .asks(.healAll), world: .cascade),
    Trial(action: .add, before: "6 j j", sign: .shows("one more trade")),
    Trial(action: .loadMenu, before: "6", sign: .shows("┤load├")),
    Trial(action: .knobUp, sign: .asks(.turnKnob(value: 20)), world: .lesson),
    Trial(action: .knobDown, sign: .asks(.turnKnob(value: 5)), world: .lesson),
    Trial(action: .lesson, before: "6", sign: .shows("predict before you look"), world: .lesson),
    Trial(
      action: .repeatStep,
      before: "6 n b",
      sign: .shows("predict before you look"),
      world: .lesson
    ),
    Trial(action: .create, before: "2", sign: .shows("┤create a queue├")),
    Trial(action: .bind, before: "2", sign: .shows("┤bind├")),
    Trial(action: .prefetch, before: "4", sign: .shows("┤prefetch count of notification├")),
    Trial(action: .readOnly, sign: .shows("read-only from now on")),
    Trial(action: .target, sign: .shows("the broker that runs here is the only one")),
    Trial(action: .kill, before: "4", sign: .asks(.killService(name: "notification"))),
    Trial(action: .cancel, before: "4", sign: .shows("┤cancel notification.payments.1├")),
    Trial(action: .closeConnection, before: "5", sign: .shows("┤close connection checkout├")),
    Trial(action: .purge, before: "2 j", sign: .shows("┤purge points.payments├")),
    Trial(action: .delete, before: "2 j", sign: .shows("┤delete queue points.payments├")),
    Trial(action: .move, before: "2 j", sign: .shows("┤move 1 messages of points.payments├")),
    Trial(action: .redrive, before: "2 j", sign: .asks(.look(.redrive(points)))),
  ]

  private static let everyKey: [(action: Action, key: Key)] = Keymap.standard.bindings.flatMap {
    binding in binding.keys.map { (binding.action, $0) }
  }

  @Test func everyActionIsTriedOut() {
    for action in Action.allCases {
      #expect(Self.trials.contains { $0.action == action }, "\(action.rawValue)")
    }
  }

  @Test(arguments: everyKey.indices)
  func everyKeyDoesWhatItsActionSays(index: Int) throws {
    let (action, key) = Self.everyKey[index]
    let trial = try #require(Self.trials.first { $0.action == action })
    var model = watched(trial.world, size: Size(columns: 120, rows: 36), seconds: 3)
    let themes = [ThemeChoice(name: "default", note: "any")]
    _ = update(&model, .themes(themes, current: "default"))
    press(trial.before, in: &model)
    let before = textFrame(model)
    let effects = update(&model, .key(key))
    let after = textFrame(model)
    switch trial.sign {
    case .shows(let text):
      #expect(!before.contains(text), "\(action.rawValue): it was there already: \(text)")
      #expect(after.contains(text), "\(action.rawValue) on \(key.label): \(text)\n\(after)")
    case .hides(let text):
      #expect(before.contains(text), "\(action.rawValue): it was not there: \(text)\n\(before)")
      #expect(!after.contains(text), "\(action.rawValue) on \(key.label): \(text)")
    case .cursorOn(let text):
      #expect(!cursorLine(of: before).contains(text), "\(action.rawValue): it was there already")
      #expect(cursorLine(of: after).contains(text), "\(action.rawValue) on \(key.label)\n\(after)")
    case .asks(let effect):
      #expect(effects.contains(effect), "\(action.rawValue) on \(key.label): \(effects)")
    }
  }

  private func cursorLine(of text: String) -> String {
    text.split(separator: "\n").first { $0.contains("›") }.map(String.init) ?? ""
  }
}
