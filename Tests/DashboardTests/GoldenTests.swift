import Canvas
import Dashboard
import Telemetry
import TestSupport
import Testing

@Suite(.serialized, .computing) struct GoldenTests {
  static let allSizes = [
    Size(columns: 20, rows: 3), Size(columns: 40, rows: 10), Size(columns: 80, rows: 24),
    Size(columns: 120, rows: 36), Size(columns: 200, rows: 60),
  ]
  static let usualSizes = Array(allSizes[1...3])

  /// Watching a minute takes longer than drawing: every size starts from the same model.
  private static let healthy = watched(.payment, size: Size(columns: 80, rows: 24))
  private static let many = watched(.many, size: Size(columns: 80, rows: 24))
  private static let killed: Model = {
    var model = watched(.payment, size: Size(columns: 80, rows: 24), seconds: 30)
    watch(&model, .killed, from: 0.25, to: 30)
    return model
  }()

  private func resized(_ model: Model, to size: Size) -> Model {
    var resized = model
    _ = update(&resized, .resized(size))
    return resized
  }

  private func expect(_ model: Model, _ name: String) {
    Golden.expect(
      render(model),
      named: "\(name)-\(model.size.columns)x\(model.size.rows)"
    )
  }

  @Test(arguments: allSizes)
  func aHealthyScenario(size: Size) {
    expect(resized(Self.healthy, to: size), "overview-healthy")
  }

  @Test(arguments: allSizes)
  func aKilledService(size: Size) {
    expect(resized(Self.killed, to: size), "overview-killed")
  }

  @Test(arguments: allSizes)
  func manyQueues(size: Size) {
    var model = resized(Self.many, to: size)
    for _ in 0..<20 { _ = update(&model, .key(.down)) }
    expect(model, "overview-many")
  }

  @Test(arguments: usualSizes)
  func anEmptyBroker(size: Size) {
    expect(
      watched(SampleWorld(), size: size, options: ViewOptions(hasLab: false)),
      "overview-empty"
    )
  }

  @Test(arguments: usualSizes)
  func oneQueueWithoutALab(size: Size) {
    var world = SampleWorld()
    world.queues = [SampleWorld.SampleQueue(name: "hello", perSecond: 3, ready: 2)]
    world.notice = "port 5672 is taken by another program; this broker listens on 5673"
    world.endpoint = "amqp://127.0.0.1:5673"
    expect(watched(world, size: size, options: ViewOptions(hasLab: false)), "overview-one")
  }

  @Test(arguments: usualSizes)
  func hostileNames(size: Size) {
    expect(watched(.hostile, size: size), "overview-hostile")
  }

  @Test(arguments: usualSizes)
  func wideCharacters(size: Size) {
    expect(watched(.wide, size: size), "overview-wide")
  }

  @Test(arguments: usualSizes)
  func aFrozenScreen(size: Size) {
    var model = watched(.payment, size: size, seconds: 30)
    _ = update(&model, .key(.character("z")))
    watch(&model, .killed, from: 0.25, to: 12)
    expect(model, "overview-frozen")
  }

  @Test(arguments: usualSizes)
  func aTerminalWithoutUTF8(size: Size) {
    let options = ViewOptions(glyphs: Glyphs().ascii())
    var model = watched(.wide, size: size, options: options, seconds: 30)
    watch(&model, .killed, from: 0.25, to: 30)
    expect(model, "overview-ascii")
  }

  @Test(arguments: usualSizes)
  func aBrokerThatSaysNothing(size: Size) {
    var model = resized(Self.healthy, to: size)
    let later = SampleWorld.origin.advanced(bySeconds: 7)
    _ = update(&model, .tick(later, SampleWorld.wall(7)))
    expect(model, "overview-silent")
  }

  @Test(arguments: usualSizes)
  func beforeAnythingIsKnown(size: Size) {
    expect(Model(size: size), "overview-waiting")
  }

  @Test(arguments: usualSizes)
  func aLabThatCouldNotStart(size: Size) {
    var world = SampleWorld.payment
    world.queues = []
    world.services = []
    world.labState = .failed(
      "service trade did not answer within 5 s: its process ended with exit code 71"
    )
    var model = watched(world, size: size)
    _ = update(&model, .key(.character("+")))
    expect(model, "overview-lab-failed")
  }

  @Test(arguments: allSizes)
  func theHelp(size: Size) {
    var model = resized(Self.healthy, to: size)
    _ = update(&model, .key(.character("?")))
    expect(model, "help")
  }

  @Test func theHelpWithoutUTF8() {
    let options = ViewOptions(glyphs: Glyphs().ascii())
    var model = watched(.payment, size: Size(columns: 80, rows: 24), options: options)
    _ = update(&model, .key(.function(1)))
    expect(model, "help-ascii")
  }
}
