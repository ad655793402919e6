import Canvas
import Dashboard
import Telemetry
import TestSupport
import Testing

/// Golden frames of the lab's screen.
@Suite(.serialized, .computing) struct LabGoldenTests {
  private static let start = Size(columns: 120, rows: 36)

  private static func led(
    by keys: String,
    in world: SampleWorld,
    options: ViewOptions = ViewOptions()
  ) -> Model {
    var model = watched(world, size: start, options: options, seconds: 20)
    press("6", in: &model)
    press(keys, in: &model)
    return model
  }

  private func expect(_ model: Model, _ name: String, _ size: Size) {
    var resized = model
    _ = update(&resized, .resized(size))
    Golden.expect(render(resized), named: "lab-\(name)-\(size.columns)x\(size.rows)")
  }

  private static let oneWay: Model = {
    var world = SampleWorld.lesson
    world.ways = [.synchronous]
    world.mode = .synchronous
    return led(by: "", in: world)
  }()

  private static let threeWays: Model = {
    var world = SampleWorld.lesson
    world.ways = CallWay.allCases
    world.shape = LoadShape(kind: .step, factor: 10, seconds: 20)
    world.messageBytes = 16_384
    return led(by: "", in: world)
  }()

  private static let cascade: Model = {
    var model = led(by: "", in: .lesson)
    watch(&model, .cascade, from: 0.25, to: 20)
    return model
  }()

  private static let chinese: Model = {
    var world = SampleWorld.wide
    world.lesson = SampleWorld.chineseSteps
    world.labTitle = "一次付款，五个服务"
    world.notes = ["优惠券服务已加入：异步方式无需改动；同步方式必须重启支付服务才能调用它。"]
    world.knob = LabKnob(label: "有风险的登录", unit: "%", value: 10, values: [0, 10, 20])
    world.services = world.queues.map {
      ServiceSnapshot(name: $0.name, state: .hung(processIdentifier: 7), queue: $0.name)
    }
    world.faults = [FaultRequest(service: "注文・支払い", kind: .split)]
    return led(by: "", in: world)
  }()

  @Test(arguments: GoldenTests.allSizes)
  func bothWays(size: Size) { expect(Self.led(by: "", in: .lesson), "both", size) }

  @Test(arguments: GoldenTests.allSizes)
  func oneWay(size: Size) { expect(Self.oneWay, "one", size) }

  @Test(arguments: GoldenTests.allSizes)
  func threeWays(size: Size) { expect(Self.threeWays, "three", size) }

  @Test(arguments: GoldenTests.allSizes)
  func aSlowServiceThatTakesTheOthersAlong(size: Size) { expect(Self.cascade, "cascade", size) }

  @Test(arguments: GoldenTests.allSizes)
  func theOverviewWhileSomethingIsBroken(size: Size) {
    var model = Self.cascade
    press("1", in: &model)
    expect(model, "overview", size)
  }

  @Test(arguments: GoldenTests.allSizes)
  func hostileTexts(size: Size) { expect(Self.led(by: "", in: .hostileLab), "hostile", size) }

  @Test(arguments: GoldenTests.allSizes)
  func chineseTexts(size: Size) { expect(Self.chinese, "chinese", size) }

  @Test(arguments: ["Tab", "Tab Tab", "Tab Tab Tab", "Tab Tab Tab Tab"], GoldenTests.usualSizes)
  func everyPanelWithTheKeys(keys: String, size: Size) {
    var model = Self.cascade
    press(keys, in: &model)
    expect(model, "focus-\(keys.split(separator: " ").count)", size)
  }

  @Test(arguments: ["", "Tab", "Tab Tab", "Tab Tab Tab", "Tab Tab Tab Tab"])
  func everyPanelEnlarged(keys: String) {
    var model = Self.cascade
    press(keys + " e", in: &model)
    expect(model, "enlarged-\(keys.split(separator: " ").count)", Size(columns: 80, rows: 24))
  }

  @Test(arguments: ["frozen", "ascii", "starting", "failed", "stopped", "waiting", "idle"])
  func everyState(name: String) {
    var world = SampleWorld.lesson
    var options = ViewOptions()
    switch name {
    case "ascii":
      world = .cascade
      options = ViewOptions(glyphs: Glyphs().ascii())
    case "starting":
      world.labState = .starting
      world.ways = []
      world.services = world.services.map { ServiceSnapshot(name: $0.name, state: .starting) }
    case "failed":
      world.labState = .failed(
        "service trade did not answer within 5 s: its process ended with exit code 71"
      )
      (world.ways, world.services, world.queues) = ([], [], [])
    case "stopped":
      world.labState = .stopped
      world.services = world.services.map {
        ServiceSnapshot(name: $0.name, state: .ended("stopped"))
      }
    case "idle":
      world.load = 0
      world.failedPerSecond = 0
    default: break
    }
    var model = Self.led(by: name == "frozen" ? "z" : "", in: world, options: options)
    if name == "frozen" { watch(&model, .cascade, from: 0.25, to: 8) }
    if name == "waiting" {
      model = Model(size: Self.start)
      press("6", in: &model)
    }
    for size in GoldenTests.usualSizes { expect(model, name, size) }
  }

  // MARK: - Lessons

  @Test(arguments: ["n", "n j", "n b", "n b n", "n b n Enter b n n"], GoldenTests.allSizes)
  func aLesson(keys: String, size: Size) {
    let names = [
      "n": "asked", "n j": "chosen", "n b": "predicted", "n b n": "revealed",
      "n b n Enter b n n": "verdict",
    ]
    expect(Self.led(by: keys, in: .lesson), "lesson-\(names[keys] ?? "")", size)
  }

  @Test(arguments: ["n", "n a", "n a n", "n a n Esc", "n a n n"], GoldenTests.usualSizes)
  func aLessonInChinese(keys: String, size: Size) {
    var model = Self.chinese
    press(keys, in: &model)
    expect(model, "chinese-lesson-\(keys.filter { $0 != " " })", size)
  }

  @Test(arguments: ["n", "n a n", "n a n Esc"])
  func aLessonWithHostileTexts(keys: String) {
    let model = Self.led(by: keys, in: .hostileLab)
    for size in GoldenTests.usualSizes {
      expect(model, "hostile-lesson-\(keys.filter { $0 != " " })", size)
    }
  }

  // MARK: - Menus and forms

  @Test(arguments: ["f", "f j j Enter", "b", "b j Enter", "a"], GoldenTests.allSizes)
  func aMenuOrForm(keys: String, size: Size) {
    let names = [
      "f": "fault", "f j j Enter": "fault-form", "b": "load", "b j Enter": "load-form", "a": "add",
    ]
    var model = Self.cascade
    press("j j j j", in: &model)
    press(keys, in: &model)
    expect(model, "menu-\(names[keys] ?? "")", size)
  }

  @Test(arguments: GoldenTests.usualSizes)
  func aFormOfAFaultWithAMistake(size: Size) {
    expect(Self.led(by: "j j f Enter ^U 0 Enter", in: .lesson), "menu-fault-mistake", size)
  }
}
