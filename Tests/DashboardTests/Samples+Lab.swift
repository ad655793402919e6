import Dashboard
import Telemetry

/// What the lab of a sample tells.
extension SampleWorld {
  /// Returns the lab some seconds after the origin.
  func lab(at seconds: Double) -> LabSnapshot {
    LabSnapshot(
      at: Self.origin.advanced(bySeconds: seconds),
      scenario: "payment",
      title: labTitle,
      mode: mode,
      offeredPerSecond: load,
      shape: shape,
      replay: replay,
      isBrokerAway: isBrokerAway,
      messageBytes: messageBytes,
      state: labState,
      ways: ways.map { way($0, at: seconds) },
      services: services,
      queues: accounts(at: seconds),
      faults: faults.enumerated().map { index, request in
        ActiveFault(
          identifier: index + 1,
          request: request,
          since: Self.origin.advanced(bySeconds: seconds - 12)
        )
      },
      knob: knob,
      joinable: joinable,
      notes: notes,
      lesson: lesson
    )
  }

  private func way(_ way: CallWay, at seconds: Double) -> CallWaySnapshot {
    let isStuck = isCascading && way == .synchronous
    let p50: Double
    let declined: UInt64
    switch way {
    case .synchronous: (p50, declined) = (isStuck ? 2_250 : 266, 3)
    case .asynchronous: (p50, declined) = (114, 5)
    case .alternative: (p50, declined) = (118, 4)
    }
    let wobble = Double(Int((seconds + 1_000) * 4) % 7) * 4
    // Before the origin nothing was stuck.
    let served = load * (100 + min(0, seconds) + max(0, seconds) * (isStuck ? 0.36 : 1))
    let failed = isStuck ? load * 0.64 * max(0, seconds) : failedPerSecond * (100 + seconds)
    return CallWaySnapshot(
      way: way,
      title: way == .alternative ? "bounded queue" : "",
      offered: UInt64(load * (100 + seconds)),
      succeeded: UInt64(served) - min(UInt64(served), declined),
      declined: declined,
      failed: way == .synchronous ? UInt64(max(0, failed)) : 0,
      refused: way == .alternative ? 17 : 0,
      latency: LatencySnapshot(
        p50: p50,
        p95: isStuck ? 5_000 : p50 * 1.1 + wobble,
        p99: isStuck ? 5_000 : p50 * 1.4,
        sampleCount: Int(load * 10),
        windowSeconds: 10
      ),
      busyThreads: isStuck ? 40 : 6,
      threads: 40,
      waitingRequests: isStuck ? 112 : 0,
      waitsFor: isStuck ? "points" : way == .synchronous ? "trade" : nil,
      waterfall: waterfall(of: way, isStuck)
    )
  }

  private func waterfall(of way: CallWay, _ isStuck: Bool) -> [RequestStep] {
    var start = 0.0
    func step(
      _ name: String,
      _ duration: Double,
      _ outcome: RequestStep.Outcome = .done
    )
      -> RequestStep
    {
      defer { start += duration }
      return RequestStep(
        name: name,
        startMilliseconds: start,
        milliseconds: duration,
        outcome: outcome
      )
    }
    let first = [step("user", 51.4), step("status", 52.1)]
    switch way {
    case .asynchronous, .alternative:
      return first + [step(RequestStep.publish, way == .asynchronous ? 2.2 : 0.4)]
    case .synchronous:
      return first + [
        step("trade", 53.3), step("notification", 54.9),
        step("points", isStuck ? 2_010 : 54.2, isStuck ? .failed : .done),
      ]
    }
  }

  /// An account for each queue.
  private func accounts(at seconds: Double) -> [LabQueueSnapshot] {
    queues.prefix(12).map { queue in
      let settled = queue.consumerCount == 0 ? 0 : queue.ackedPerSecond ?? queue.perSecond
      let sent = Int(queue.perSecond * (100 + seconds))
      let waiting = queue.ready + Int(max(0, seconds) * max(0, queue.perSecond - settled))
      let published = max(sent, waiting)
      let service = queue.name.split(separator: ".").first.map(String.init) ?? queue.name
      return LabQueueSnapshot(
        name: queue.name,
        service: service,
        published: published,
        acknowledged: published - waiting,
        waiting: waiting,
        repeated: queue.redeliveredPerSecond > 0 ? 31 : 0,
        delay: LatencySnapshot(
          p50: 171,
          p95: 204,
          p99: 260,
          sampleCount: 200,
          windowSeconds: 10
        ),
        drainSeconds: settled > queue.perSecond ? 12 : nil
      )
    }
  }

  /// A lesson of two steps with a verdict.
  static let twoSteps = Lesson(
    steps: [
      LessonStep(
        phase: "calm",
        title: "Latency adds up",
        task: "Look at one request of each way. Nothing is broken: only count the steps.",
        question: "How does the customer's wait in A compare with B?",
        options: ["the same", "more than twice as long", "shorter, because nothing is published"],
        answer: 1,
        reveal: "A answered after {sync.p50} ms, B after {async.p50} ms: five steps in a row "
          + "against two and a publish.",
        caveat: "The points arrive later in B: {points.payments.delay95} ms after the payment."
      ),
      LessonStep(
        phase: "slow",
        title: "One slow service",
        task: "Put the cursor on points and press f, 1: it answers 2 s later.",
        question: "What happens to the customers of A?",
        options: ["nothing", "they wait, and many fail"],
        answer: 1,
        reveal: "A: {sync.failed} failed; B: {async.failed}.",
        caveat: "B's queue has {points.payments.waiting} waiting."
      ),
    ],
    verdict: [
      VerdictLine(
        condition: "calm.sync.p50 > calm.async.p50",
        text: "In calm weather B answered after {calm.async.p50} ms and A after "
          + "{calm.sync.p50} ms."
      ),
      VerdictLine(condition: "calm.sync.p50 < 1", text: "This never holds."),
      VerdictLine(condition: nil, text: "Deduct the balance synchronously; publish the rest."),
    ]
  )

  /// The same in Chinese.
  static let chineseSteps = Lesson(
    steps: [
      LessonStep(
        phase: "calm",
        title: "延迟会累加",
        task: "看一看两种方式的一次请求：没有任何故障，只需要数一数同步调用一共经过了多少个步骤，"
          + "再比较一下顾客等待的时间。",
        question: "同步方式（A）的顾客要比异步方式（B）的顾客多等多久？",
        options: ["一样久", "两倍以上", "更短，因为不需要发布消息"],
        answer: 1,
        reveal: "A 的 p50 是 {sync.p50} 毫秒，B 的 p50 是 {async.p50} 毫秒：五个步骤依次执行，"
          + "而 B 只需要两个步骤加一次发布。",
        caveat: "代价：积分要晚 {points.payments.delay95} 毫秒才到账。"
      )
    ],
    verdict: [VerdictLine(condition: nil, text: "扣款必须同步；其余的可以发布：{calm.async.p50} 毫秒。")]
  )

  /// A scenario with all that a scenario can have.
  static var lesson: SampleWorld {
    var world = payment
    world.labTitle = "one payment, five services"
    world.lesson = twoSteps
    world.knob = LabKnob(label: "risky logins", unit: "%", value: 10, values: [0, 5, 10, 20, 50])
    world.joinable = ["coupon"]
    world.notes = [
      "coupon joined: B needs nothing; in A payment must be restarted with the new call (K, u)"
    ]
    return world
  }

  /// Points is slow: the synchronous way fails, the other does not notice.
  static var cascade: SampleWorld {
    var world = lesson
    world.isCascading = true
    world.queues[1].ackedPerSecond = 0.5
    world.queues[1].ready = 610
    world.queues[1].oldestSeconds = 11
    world.faults = [
      FaultRequest(service: "points", kind: .latency),
      FaultRequest(service: "trade", kind: .error, amount: 5, percent: 20, seconds: 60, seed: 7),
    ]
    world.notes = []
    return world
  }

  /// Names and texts that try to take the terminal over, and are too long.
  static var hostileLab: SampleWorld {
    var world = hostile
    world.labTitle = "\u{1B}[31mred\u{1B}[0m\u{202E}title"
    world.notes = [String(repeating: "long", count: 60), "bell\u{07}"]
    world.knob = LabKnob(
      label: "knob\u{1B}[2J" + String(repeating: "k", count: 40),
      unit: "\r%",
      value: 1_000_000,
      values: [0, 1_000_000]
    )
    world.joinable = ["\u{1B}]0;x\u{07}", String(repeating: "j", count: 90)]
    world.services = world.queues.map {
      ServiceSnapshot(
        name: $0.name,
        service: "svc\u{202E}",
        state: .ended("\u{1B}[2Jended\n"),
        queue: $0.name,
        done: .max,
        callsAnswered: .max,
        inHand: .max
      )
    }
    world.faults = [
      FaultRequest(service: world.queues[0].name, kind: .latency, amount: 600_000),
      FaultRequest(service: world.queues[5].name, kind: .error, count: 1_000_000, seed: .max),
    ]
    var lesson = twoSteps
    lesson.steps[0].title = "\u{1B}[31m" + String(repeating: "title", count: 30)
    lesson.steps[0].task = String(repeating: "word\u{07} ", count: 200)
    lesson.steps[0].options = Array(repeating: String(repeating: "o", count: 300), count: 26)
    lesson.steps[0].reveal = "{unknown.number} {" + String(repeating: "n", count: 300)
    world.lesson = lesson
    return world
  }
}
