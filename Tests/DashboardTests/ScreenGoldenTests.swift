import Canvas
import Dashboard
import Telemetry
import TestSupport
import Testing

/// Golden frames of every screen and dialog.
@Suite(.serialized, .computing) struct ScreenGoldenTests {
  private static let start = Size(columns: 120, rows: 36)
  private static let points = Watch.queue(virtualHost: "/", name: "points.payments")
  private static let payments = Watch.exchange(virtualHost: "/", name: "payments")

  /// Watches a world while keys lead to a screen, and then what that screen asks for.
  private static func led(
    by keys: String,
    in world: SampleWorld = .payment,
    watching watch: Watch = .nothing,
    options: ViewOptions = ViewOptions()
  ) -> Model {
    var model = watched(world, size: start, options: options, seconds: 20)
    press(keys, in: &model)
    if watch != .nothing {
      var told = world
      told.watch = watch
      lookOn(&model, told)
    }
    return model
  }

  private func expect(_ model: Model, _ name: String, _ size: Size) {
    var resized = model
    _ = update(&resized, .resized(size))
    Golden.expect(render(resized), named: "\(name)-\(size.columns)x\(size.rows)")
  }

  private static let queues = led(by: "2 j", in: .many)
  private static let filtered = led(by: "2 / r e g i o n Space r e a d y > 5 k Enter", in: .many)
  private static let troubled = led(by: "2 ! Space Space", in: .many)
  private static let wide = led(by: "2 w", in: .many)
  private static let exchanges = led(by: "3", in: .many)
  private static let consumers = led(by: "4 l l l", in: .many)
  private static let connections = led(by: "5")
  private static let lab = led(by: "6")
  private static let events = led(by: "7", in: .killed)
  private static let topology = led(by: "v", in: .killed, watching: .topology)
  private static let queue: Model = {
    var model = led(by: "2 j Enter", in: .payment, watching: points)
    let identity = QueueIdentity(virtualHost: "/", name: "points.payments")
    _ = update(&model, .peeked(identity, (1...3).map(SampleWorld.message)))
    return model
  }()
  private static let exchange = led(by: "3 Enter", in: .many, watching: payments)
  private static let consumer = led(
    by: "4 j Enter",
    watching: .consumer(identifier: 102)
  )
  private static let connection = led(by: "5 Enter", watching: .connection(identifier: 7))
  private static let gone: Model = {
    var model = queue
    var world = SampleWorld.payment
    world.queues.remove(at: 1)
    watch(&model, world, from: 10.25, to: 11)
    return model
  }()

  @Test(arguments: GoldenTests.allSizes)
  func theQueues(size: Size) { expect(Self.queues, "queues-many", size) }

  @Test(arguments: GoldenTests.allSizes)
  func theExchanges(size: Size) { expect(Self.exchanges, "exchanges-many", size) }

  @Test(arguments: GoldenTests.allSizes)
  func theConsumers(size: Size) { expect(Self.consumers, "consumers-many", size) }

  @Test(arguments: GoldenTests.allSizes)
  func theConnections(size: Size) { expect(Self.connections, "connections", size) }

  @Test(arguments: GoldenTests.allSizes)
  func theLab(size: Size) { expect(Self.lab, "lab", size) }

  @Test(arguments: GoldenTests.allSizes)
  func theEvents(size: Size) { expect(Self.events, "events", size) }

  @Test(arguments: GoldenTests.allSizes)
  func theTopology(size: Size) { expect(Self.topology, "topology", size) }

  @Test(arguments: GoldenTests.allSizes)
  func aQueue(size: Size) { expect(Self.queue, "queue", size) }

  @Test(arguments: GoldenTests.allSizes)
  func anExchange(size: Size) { expect(Self.exchange, "exchange", size) }

  @Test(arguments: GoldenTests.allSizes)
  func aConsumer(size: Size) { expect(Self.consumer, "consumer", size) }

  @Test(arguments: GoldenTests.allSizes)
  func aConnection(size: Size) { expect(Self.connection, "connection", size) }

  @Test(arguments: GoldenTests.allSizes)
  func aQueueThatIsGone(size: Size) { expect(Self.gone, "queue-gone", size) }

  @Test(arguments: GoldenTests.allSizes)
  func queuesThatFitAFilter(size: Size) { expect(Self.filtered, "queues-filtered", size) }

  @Test(arguments: GoldenTests.allSizes)
  func markedQueuesInTrouble(size: Size) { expect(Self.troubled, "queues-marked", size) }

  @Test(arguments: GoldenTests.allSizes)
  func allColumnsOfTheQueues(size: Size) { expect(Self.wide, "queues-wide", size) }

  @Test(arguments: ["2", "3", "4", "5", "6", "7", "v"], GoldenTests.allSizes)
  func everyScreenOfAnEmptyBroker(key: String, size: Size) {
    let model = Self.led(by: key, in: SampleWorld(), options: ViewOptions(hasLab: key == "6"))
    expect(model, "empty-\(key)", size)
  }

  @Test(arguments: ["2", "3", "4", "5", "7"], GoldenTests.allSizes)
  func everyScreenWithHostileNames(key: String, size: Size) {
    expect(Self.led(by: key, in: .hostile), "hostile-\(key)", size)
  }

  @Test(arguments: ["2", "3", "4", "7"], GoldenTests.allSizes)
  func everyScreenWithWideCharacters(key: String, size: Size) {
    expect(Self.led(by: key, in: .wide), "wide-\(key)", size)
  }

  @Test(arguments: ["2", "3", "4", "5", "6", "7"], GoldenTests.allSizes)
  func everyScreenFrozen(key: String, size: Size) {
    var model = Self.led(by: "\(key) z")
    watch(&model, .killed, from: 0.25, to: 4)
    expect(model, "frozen-\(key)", size)
  }

  @Test(arguments: ["2", "3", "4", "5", "6", "7"], GoldenTests.allSizes)
  func everyScreenWithoutNews(key: String, size: Size) {
    var model = Self.led(by: key)
    let later = SampleWorld.origin.advanced(bySeconds: 7)
    _ = update(&model, .tick(later, SampleWorld.wall(7)))
    expect(model, "silent-\(key)", size)
  }

  @Test(arguments: ["2", "3", "4", "5", "7"], GoldenTests.allSizes)
  func everyScreenOfASmallBroker(key: String, size: Size) {
    var world = SampleWorld()
    world.queues = [SampleWorld.SampleQueue(name: "hello", perSecond: 3, ready: 2)]
    world.exchanges = [ExchangeSnapshot(virtualHost: "/", name: "only", type: "fanout")]
    world.events = [(.information, "queue 'hello' declared")]
    expect(Self.led(by: key, in: world, options: ViewOptions(hasLab: false)), "one-\(key)", size)
  }

  @Test(arguments: ["3", "4", "5", "7"], GoldenTests.allSizes)
  func everyTableWithAFilter(key: String, size: Size) {
    expect(Self.led(by: "\(key) / p o i", in: .many), "filter-\(key)", size)
  }

  /// The ways to the screens about one thing.
  private static let ways = ["2 Enter", "3 Enter", "4 Enter", "5 Enter", "v"]

  private func detail(of world: SampleWorld, _ way: Int, then keys: String = "") -> Model {
    var model = watched(world, size: Self.start, seconds: 20)
    var told = world
    if case .watch(let watch, _) = press(Self.ways[way], in: &model).last { told.watch = watch }
    lookOn(&model, told)
    press(keys, in: &model)
    return model
  }

  @Test(arguments: ways.indices, GoldenTests.usualSizes)
  func everyDetailWithHostileNames(way: Int, size: Size) {
    expect(detail(of: .hostile, way), "detail-hostile-\(way)", size)
  }

  @Test(arguments: ways.indices, GoldenTests.usualSizes)
  func everyDetailWithWideCharacters(way: Int, size: Size) {
    expect(detail(of: .wide, way), "detail-wide-\(way)", size)
  }

  @Test(arguments: ways.indices, GoldenTests.usualSizes)
  func everyDetailOfManyFilteredAndFrozen(way: Int, size: Size) {
    expect(detail(of: .many, way, then: "/ p a y Enter z"), "detail-frozen-\(way)", size)
  }

  @Test(arguments: ways.indices, GoldenTests.usualSizes)
  func everyDetailWithoutNews(way: Int, size: Size) {
    var model = detail(of: .payment, way)
    let later = SampleWorld.origin.advanced(bySeconds: 17)
    _ = update(&model, .tick(later, SampleWorld.wall(17)))
    expect(model, "detail-silent-\(way)", size)
  }

  @Test(arguments: GoldenTests.allSizes)
  func thePalette(size: Size) { expect(Self.led(by: ": p u r"), "dialog-palette", size) }

  @Test(arguments: GoldenTests.allSizes)
  func theFormOfAMessage(size: Size) { expect(Self.led(by: "2 n"), "dialog-publish", size) }

  @Test(arguments: GoldenTests.allSizes)
  func aFormWithAMistake(size: Size) {
    expect(Self.led(by: "2 c Enter"), "dialog-create-mistake", size)
  }

  @Test(arguments: GoldenTests.allSizes)
  func aQuestionThatWantsAName(size: Size) {
    var world = SampleWorld.killed
    world.queues[0].ready = 4_230
    expect(Self.led(by: "P n o t", in: world), "dialog-purge", size)
  }

  @Test(arguments: GoldenTests.allSizes)
  func aQuestionWithButtons(size: Size) { expect(Self.led(by: "4 C Tab"), "dialog-cancel", size) }

  @Test(arguments: GoldenTests.allSizes)
  func theSortMenu(size: Size) { expect(Self.led(by: "2 s j j"), "dialog-sort", size) }

  @Test(arguments: GoldenTests.allSizes)
  func theColumnEditor(size: Size) { expect(Self.led(by: "2 W j Space"), "dialog-columns", size) }

  @Test(arguments: GoldenTests.allSizes)
  func aWholeMessage(size: Size) {
    var model = Self.queue
    press("Tab Tab j j Enter", in: &model)
    expect(model, "dialog-message", size)
  }

  @Test(arguments: GoldenTests.allSizes)
  func aDryRunOfARedrive(size: Size) {
    var model = Self.queue
    let identity = QueueIdentity(virtualHost: "/", name: "points.payments")
    let redrive = Redrive(
      groups: [
        Redrive.Group(
          reason: "rejected",
          queue: "points",
          exchange: "payments",
          routingKey: "payment.succeeded",
          count: 212
        ),
        Redrive.Group(
          reason: "expired",
          queue: "gone",
          exchange: "old",
          routingKey: "x",
          count: 3,
          obstacle: "exchange 'old' is gone"
        ),
      ],
      withoutOrigin: 4,
      isDryRun: true
    )
    _ = update(&model, .redrive(identity, redrive))
    expect(model, "dialog-redrive", size)
  }

  @Test(arguments: GoldenTests.allSizes)
  func theThemePicker(size: Size) {
    var model = Self.led(by: "2")
    let themes = ["default", "mono", "nord"].map { ThemeChoice(name: $0, note: "any, shipped") }
    _ = update(&model, .themes(themes, current: "default"))
    press("t j", in: &model)
    expect(model, "dialog-theme", size)
  }

  @Test(arguments: GoldenTests.allSizes)
  func aSearchInTheHelp(size: Size) {
    expect(Self.led(by: "2 ? / p a u s e"), "help-search", size)
  }

  @Test(arguments: GoldenTests.allSizes)
  func aReadOnlyScreen(size: Size) {
    expect(Self.led(by: "2 K", options: ViewOptions(isReadOnly: true)), "read-only", size)
  }
}

/// Lets a model watch a world for ten seconds after the others.
private func lookOn(_ model: inout Model, _ world: SampleWorld) {
  watch(&model, world, from: 0.25, to: 10)
}
