import Canvas
import Dashboard
import Telemetry
import TestSupport
import Testing

/// Somebody who presses keys at random, clicks, pastes and resizes, while the broker goes on.
@Suite(.serialized, .computing) struct MonkeyTests {
  private static let keys: [Key] =
    Keymap.standard.bindings.flatMap(\.keys)
    + "abcdefghijklmnopqrstuvwxyzABC0123456789 /:!~>=<.#*".unicodeScalars.map { .character($0) }
    + [.up, .down, .left, .right, .enter, .enter, .tab, .backTab, .escape, .backspace, .delete]
    + [.pasted("q\nK\u{1B}[2J:注文"), .unknown(27)]

  private static let worlds: [SampleWorld] = [
    .payment, .killed, .many, .hostile, SampleWorld(), .lesson, .cascade, .hostileLab,
  ]

  @Test(arguments: [1, 2, 4, 6, 8])
  func nothingThatIsPressedEndsTheDashboard(seed: UInt64) async {
    var chance = seed &* 0x9E37_79B9_7F4A_7C15
    func next(_ bound: Int) -> Int {
      chance = chance &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(chance >> 33) % bound
    }
    var world = Self.worlds[Int(seed) % Self.worlds.count]
    var model = watched(world, size: Size(columns: 80, rows: 24), seconds: 2)
    var seconds = 0.0
    for _ in 0..<100 {
      // Tests with deadlines run beside this one, on as many threads as there are cores.
      await Task.yield()
      var effects: [Effect] = []
      switch next(12) {
      case 0:
        let size = Size(columns: next(180) + 1, rows: next(60) + 1)
        effects = update(&model, .resized(size))
      case 1:
        seconds += 0.5
        if next(8) == 0 {
          let watch = world.watch
          world = Self.worlds[next(Self.worlds.count)]
          world.watch = watch
        }
        effects = update(&model, .snapshot(world.broker(at: seconds)))
        effects += update(&model, .lab(world.lab(at: seconds)))
      case 2:
        let kinds: [MouseEvent.Kind] = [
          .click, .doubleClick, .secondaryClick, .wheelUp, .wheelDown,
        ]
        let point = Point(column: next(model.size.columns + 4), row: next(model.size.rows + 4))
        effects = update(&model, .key(.mouse(MouseEvent(kinds[next(kinds.count)], at: point))))
      default:
        effects = update(&model, .key(Self.keys[next(Self.keys.count)]))
      }
      for effect in effects { answer(effect, &model, &world) }
      #expect(render(model).size == model.size)
    }
  }

  /// What the outside says to some effects.
  private func answer(_ effect: Effect, _ model: inout Model, _ world: inout SampleWorld) {
    switch effect {
    case .watch(let watch, _): world.watch = watch
    case .look(.peek(let queue)):
      _ = update(&model, .peeked(queue, (1...3).map(SampleWorld.message)))
    case .look(.redrive(let queue)):
      let redrive = Redrive(groups: [], withoutOrigin: 2, isDryRun: true)
      _ = update(&model, .redrive(queue, redrive))
    case .act: _ = update(&model, .outcome(.refused("not today")))
    case .readBody(let path): _ = update(&model, .bodyRead(path: path, [1, 2]))
    case .export(let request):
      let job = model.exportJob(request, at: SampleWorld.wall(0))
      #expect(!job.content().isEmpty)
    case .publish, .pauseQueue, .pauseConsumer, .killService, .killConsumer, .bringBack,
      .crashBroker, .setMode, .setLoad, .burst, .putFault, .healFault, .healAll, .setShape,
      .setMessageBytes, .addInstance, .removeInstance, .join, .turnKnob, .record, .copy, .alert,
      .bell, .useTheme, .remember, .setRefresh, .setRecording, .play, .holdPlaying, .switchTarget,
      .see,
      .suspend, .repaint, .quit:
      break
    }
  }
}
