import Canvas
import Dashboard
import Telemetry

/// A broker and a lab whose counters run at known rates, to make snapshots of any instant.
///
/// Each queue takes `perSecond` messages a second; a consumer that is there settles as many.
struct SampleWorld {
  /// A queue and how many messages come and go.
  struct SampleQueue {
    var name: String
    var perSecond: Double
    var ready = 0
    var unacked = 0
    var consumerCount = 1
    var isPaused = false
    var ackedPerSecond: Double?
    var oldestSeconds: Double?
    var redeliveredPerSecond = 0.0
  }

  var label = "embedded broker"
  var endpoint = "amqp://127.0.0.1:5672"
  var notice: String?
  var queues: [SampleQueue] = []
  var exchanges: [ExchangeSnapshot] = []
  var events: [(severity: BrokerEvent.Severity, text: String)] = []
  var services: [ServiceSnapshot] = []
  var labState = LabState.running
  var mode = CallMode.both
  var load = 20.0
  var failedPerSecond = 0.0
  var prefetchCount = 20
  /// What the broker tells more about.
  var watch = Watch.nothing
  var ways: [CallWay] = [.synchronous, .asynchronous]
  /// Whether the synchronous way waits for points, and most of its requests fail.
  var isCascading = false
  var shape = LoadShape.steady
  var messageBytes = 0
  var replay: LoadShape?
  var isBrokerAway = false
  var labTitle = ""
  var faults: [FaultRequest] = []
  var knob: LabKnob?
  var joinable: [String] = []
  var notes: [String] = []
  var lesson = Lesson()

  /// The clock of all samples starts here, some minutes after the broker.
  static let origin = Instant(nanoseconds: 900_000_000_000)
  static let wallOrigin = WallTime(milliseconds: 1_795_500_000_000)

  static func wall(_ seconds: Double) -> WallTime {
    WallTime(milliseconds: wallOrigin.milliseconds + Int64(seconds * 1_000))
  }

  /// Returns the broker some seconds after the origin.
  func broker(at seconds: Double) -> BrokerSnapshot {
    let now = Self.origin.advanced(bySeconds: seconds)
    var totals = BrokerTotals()
    let shown = queues.sorted { $0.name < $1.name }.map { queue in
      let snapshot = self.snapshot(of: queue, at: seconds)
      totals.published += snapshot.enqueued
      totals.enqueued += snapshot.enqueued
      totals.acknowledged += snapshot.acknowledged
      totals.redelivered += snapshot.redelivered
      totals.delivered += snapshot.delivered
      totals.ready += UInt64(snapshot.ready)
      totals.unacked += UInt64(snapshot.unacked)
      return snapshot
    }
    totals.enqueued = totals.acknowledged + totals.ready + totals.unacked
    return BrokerSnapshot(
      at: now,
      wallTime: Self.wall(seconds),
      identity: BrokerIdentity(
        label: label,
        endpoint: endpoint,
        notice: notice,
        startedAt: Instant(nanoseconds: 38_000_000_000)
      ),
      totals: totals,
      exchanges: exchanges.map { exchange in
        var moving = exchange
        moving.published = UInt64(Double(exchange.published) * (100 + seconds))
        moving.routed = UInt64(Double(exchange.routed) * (100 + seconds))
        return moving
      },
      queues: shown,
      consumers: consumers(at: seconds),
      connections: connections(at: seconds),
      events: events.enumerated().map { index, event in
        BrokerEvent(
          sequence: UInt64(index + 1),
          wallTime: Self.wall(-60 + Double(index)),
          severity: event.severity,
          text: event.text
        )
      },
      details: details(at: seconds)
    )
  }

  private func snapshot(of queue: SampleQueue, at seconds: Double) -> QueueSnapshot {
    let settled = queue.consumerCount == 0 ? 0 : queue.ackedPerSecond ?? queue.perSecond
    let growth = max(0, queue.perSecond - settled)
    let passed = Self.uneven(100 + seconds)
    let redelivered = queue.redeliveredPerSecond * passed
    let ready = queue.ready + Int(max(0, seconds) * growth)
    return QueueSnapshot(
      virtualHost: "/",
      name: queue.name,
      isPaused: queue.isPaused,
      ready: ready,
      unacked: queue.unacked,
      readyBytes: ready * 180,
      consumerCount: queue.consumerCount,
      // What is in it came in, and what came in and is not in it was settled.
      enqueued: UInt64(settled * passed) + UInt64(ready + queue.unacked),
      delivered: UInt64(settled * passed + redelivered),
      redelivered: UInt64(redelivered),
      acknowledged: UInt64(settled * passed),
      oldestReadyAt: queue.oldestSeconds.map {
        Self.origin.advanced(bySeconds: seconds - $0)
      },
      timeToAcknowledgement: settled > 0
        ? ServiceTime(p50Milliseconds: 54.1, p95Milliseconds: 71.3, sampleCount: 400) : nil
    )
  }

  /// Time that runs 30 % faster for ten seconds, then as much slower, so that charts have a shape.
  static func uneven(_ seconds: Double) -> Double {
    let phase = seconds - 20 * Double(Int(seconds / 20))
    return seconds + 0.3 * (phase < 10 ? phase : 20 - phase)
  }

  func consumers(at seconds: Double) -> [ConsumerSnapshot] {
    var consumers: [ConsumerSnapshot] = []
    var identifier: UInt64 = 100
    for queue in queues.sorted(by: { $0.name < $1.name }) {
      for ordinal in 0..<queue.consumerCount {
        identifier += 1
        let settled = (queue.ackedPerSecond ?? queue.perSecond) / Double(queue.consumerCount)
        let process: Int? = services.firstIndex { $0.queue == queue.name }.map { 4_000 + $0 }
        consumers.append(
          ConsumerSnapshot(
            identifier: identifier,
            tag: "\(queue.name).\(ordinal + 1)",
            virtualHost: "/",
            queue: queue.name,
            connectionIdentifier: identifier,
            connectionName: "client-\(identifier)",
            processIdentifier: process,
            prefetchCount: prefetchCount,
            held: queue.unacked / queue.consumerCount,
            acknowledged: UInt64(settled * Self.uneven(100 + seconds)),
            lastAcknowledgedAt: settled > 0
              ? Self.origin.advanced(bySeconds: seconds - 0.1) : nil,
            serviceTime: settled > 0
              ? ServiceTime(p50Milliseconds: 51.2, p95Milliseconds: 64.8, sampleCount: 400) : nil,
            startedAt: Self.origin.advanced(bySeconds: -100)
          )
        )
      }
    }
    return consumers
  }
}

extension SampleWorld {
  /// The services of the payment scenario.
  static func paymentServices(notification: ServiceState? = nil) -> [ServiceSnapshot] {
    let queues: [(String, String?)] = [
      ("payment", nil), ("user", nil), ("trade", "trade.payments"),
      ("notification", "notification.payments"), ("points", "points.payments"),
      ("status", nil), ("customers", nil),
    ]
    return queues.enumerated().map { index, service in
      ServiceSnapshot(
        name: service.0,
        state: service.0 == "notification"
          ? notification ?? .running(processIdentifier: 4_000 + index)
          : .running(processIdentifier: 4_000 + index),
        queue: service.1,
        done: UInt64(1_000 + index * 37),
        callsAnswered: service.1 == nil ? 2_130 : 0,
        inHand: index % 3,
        isProducer: service.0 == "payment"
      )
    }
  }

  /// The payment scenario in good health.
  static var payment: SampleWorld {
    var world = SampleWorld()
    world.queues = [
      SampleQueue(name: "notification.payments", perSecond: 40, unacked: 2),
      SampleQueue(name: "points.payments", perSecond: 40, ready: 1, unacked: 3),
      SampleQueue(name: "trade.payments", perSecond: 40, unacked: 2),
    ]
    world.exchanges =
      [
        ExchangeSnapshot(
          virtualHost: "/",
          name: "",
          type: "direct",
          isPredeclared: true,
          bindingCount: 3
        ),
        ExchangeSnapshot(
          virtualHost: "/",
          name: "amq.direct",
          type: "direct",
          isPredeclared: true
        ),
        ExchangeSnapshot(
          virtualHost: "/",
          name: "amq.fanout",
          type: "fanout",
          isPredeclared: true
        ),
        ExchangeSnapshot(virtualHost: "/", name: "amq.topic", type: "topic", isPredeclared: true),
        ExchangeSnapshot(
          virtualHost: "/",
          name: "payments",
          type: "topic",
          bindingCount: 3,
          published: 40,
          routed: 120
        ),
      ]
    world.events = [
      (.information, "scenario payment started"),
      (.information, "exchange payments declared (topic)"),
      (.information, "consumer trade joined trade.payments"),
      (.information, "consumer notification joined notification.payments"),
      (.information, "consumer points joined points.payments"),
      (.information, "load 10.0/s to 20.0/s (you, +)"),
    ]
    world.services = paymentServices()
    return world
  }

  /// Beside the payment's, two queues that nobody consumes; one of them grows.
  static var trouble: SampleWorld {
    var world = payment
    world.queues.append(
      SampleQueue(name: "audit", perSecond: 0, ready: 18, consumerCount: 0, oldestSeconds: 180)
    )
    world.queues.append(
      SampleQueue(name: "billing", perSecond: 4, ready: 7, consumerCount: 0, oldestSeconds: 90)
    )
    return world
  }

  /// The payment scenario with the notification service killed.
  static var killed: SampleWorld {
    var world = payment
    world.queues[0].consumerCount = 0
    world.queues[0].unacked = 0
    world.queues[0].ready = 37
    world.queues[0].oldestSeconds = 12
    world.services = paymentServices(notification: .killed)
    world.events.append((.warning, "notification killed (you, K)"))
    world.events.append((.warning, "consumer notification left notification.payments"))
    world.failedPerSecond = 20
    return world
  }

  /// Many queues in many states.
  static var many: SampleWorld {
    var world = payment
    for index in 1...60 {
      var queue = SampleQueue(
        name: "orders.region-\(index < 10 ? "0" : "")\(index).invoices",
        perSecond: Double(index) * 3.5,
        ready: index * index * 11,
        unacked: index,
        consumerCount: 1 + index % 3
      )
      if index % 7 == 0 { queue.isPaused = true }
      if index % 5 == 0 {
        queue.ackedPerSecond = Double(index)
        queue.oldestSeconds = Double(index)
      }
      if index % 11 == 0 { queue.consumerCount = 0 }
      queue.redeliveredPerSecond = index % 13 == 0 ? 314 : 0
      world.queues.append(queue)
    }
    world.exchanges[4].unroutable = 812
    world.exchanges[4].lastUnroutableKey = "payment.succeded"
    return world
  }

  /// Names that try to take the terminal over.
  static var hostile: SampleWorld {
    var world = payment
    let names = [
      "\u{1B}[31mred\u{1B}[0m", "carriage\rreturn\nfeed", "bell\u{07}\u{08}\u{08}",
      "right\u{202E}left", "zero\u{200B}width\u{FEFF}", String(repeating: "long", count: 63),
      "prefix-that-is-the-same-for-all-of-them-and-longer-than-the-column-a",
      "prefix-that-is-the-same-for-all-of-them-and-longer-than-the-column-b",
    ]
    world.queues = names.map {
      SampleQueue(name: $0, perSecond: 1, ready: 3, unacked: 1)
    }
    world.exchanges = names.prefix(4).map {
      ExchangeSnapshot(virtualHost: "/", name: $0, type: "topic\u{1B}]0;x\u{07}")
    }
    world.events = names.map { (.warning, "queue \($0) declared") }
    world.notice = "port \u{1B}[2J5672 was taken"
    return world
  }

  /// Names in characters that are two columns wide, or stand over another.
  static var wide: SampleWorld {
    var world = payment
    let names = [
      "注文・支払い", "주문결제", "🚀rocket", "cafe\u{301} cre\u{300}me", "\u{301}start",
      "e\u{301}\u{302}\u{303}\u{304}pile", "支付成功通知队列非常非常非常非常长的名字", "naïve",
    ]
    world.queues = names.map {
      SampleQueue(name: $0, perSecond: 2, ready: 12, unacked: 1)
    }
    world.exchanges = names.prefix(4).map {
      ExchangeSnapshot(virtualHost: "/", name: $0, type: "topic")
    }
    world.events = names.map { (.information, "queue \($0) declared") }
    return world
  }
}

/// Returns a model that watched a world for some seconds, a snapshot each quarter of a second.
func watched(
  _ world: SampleWorld,
  size: Size,
  options: ViewOptions = ViewOptions(),
  seconds: Double = 60
) -> Model {
  var model = Model(size: size, options: options)
  watch(&model, world, from: 0.25 - seconds, to: 0)
  return model
}

/// Lets a model watch a world between two times, both in seconds after the origin.
func watch(_ model: inout Model, _ world: SampleWorld, from start: Double, to end: Double) {
  var seconds = start
  while seconds <= end {
    _ = update(&model, .snapshot(world.broker(at: seconds)))
    if model.options.hasLab { _ = update(&model, .lab(world.lab(at: seconds))) }
    _ = update(
      &model,
      .tick(
        SampleWorld.origin.advanced(bySeconds: seconds + 0.1),
        SampleWorld.wall(seconds + 0.1)
      )
    )
    seconds += 0.25
  }
}
