import Telemetry

/// A lab in which anything can happen from one snapshot to the next.
struct RandomLab {
  private let dice: Dice
  private(set) var snapshot: LabSnapshot

  init(seed: UInt64, at instant: Instant = Instant(nanoseconds: 1_234_000_001)) {
    dice = Dice(seed: seed)
    snapshot = LabSnapshot(
      at: instant,
      scenario: "peak",
      title: "削峰",
      mode: .both,
      offeredPerSecond: 12.345678,
      state: .starting,
      lesson: Self.lesson
    )
  }

  static let lesson = Lesson(
    steps: (0..<4)
      .map { step in
        LessonStep(
          phase: "calm\(step)",
          title: "Titel",
          task: String(repeating: "Drücke b. ", count: 20),
          question: "Was geschieht?",
          options: ["dies", "das", "jenes"],
          answer: step % 3,
          reveal: String(repeating: "Es geschah {calm.async.p95}. ", count: 20),
          caveat: ""
        )
      },
    verdict: [
      VerdictLine(condition: nil, text: "immer"),
      VerdictLine(condition: "sync.p50 > async.p50", text: "manchmal"),
    ]
  )

  /// Goes on by one snapshot.
  mutating func step(at instant: Instant? = nil) -> LabSnapshot {
    snapshot.at.nanoseconds += 250_000_000 + Int64(dice.upTo(3_000_000))
    if let instant { snapshot.at = instant }
    snapshot.ways = CallWay.allCases.filter { _ in !dice.once(in: 8) }.map { way($0) }
    if dice.once(in: 4) { setAll() }
    if dice.once(in: 3) { snapshot.services = services() }
    if dice.once(in: 3) { snapshot.queues = queues() }
    if dice.once(in: 5) { faults() }
    if dice.once(in: 6) { snapshot.notes = (0..<dice.upTo(3)).map { _ in dice.text() } }
    if dice.once(in: 20) { snapshot.lesson = dice.once(in: 2) ? Lesson() : Self.lesson }
    return snapshot
  }

  private mutating func setAll() {
    snapshot.mode = dice.choice(CallMode.self)
    snapshot.offeredPerSecond = Double(dice.upTo(1_000_000)) / 7
    snapshot.shape = shape()
    snapshot.peak = shape()
    snapshot.replay = dice.maybe { _ in LoadShape(kind: .replay, factor: 1, seconds: 3) }
    snapshot.isBrokerAway = dice.once(in: 2)
    snapshot.messageBytes = dice.upTo(1_000_000)
    let states: [LabState] = [.starting, .running, .draining, .stopped, .failed(dice.text())]
    snapshot.state = states[dice.upTo(4)]
    snapshot.knob = dice.maybe { dice in
      LabKnob(
        label: dice.text(),
        unit: "%",
        value: dice.upTo(100),
        values: [0, 50, dice.upTo(100)]
      )
    }
    snapshot.joinable = (0..<dice.upTo(3)).map { _ in dice.text() }
  }

  private mutating func shape() -> LoadShape {
    LoadShape(
      kind: dice.choice(LoadShapeKind.self),
      factor: Double(dice.upTo(1_000)) / 3,
      seconds: Double(dice.upTo(1_000)) / 7
    )
  }

  private mutating func latency() -> LatencySnapshot {
    LatencySnapshot(
      p50: Double(dice.upTo(1_000_000)) / 997,
      p95: Double(dice.upTo(1_000_000)) / 97,
      p99: Double(dice.upTo(1_000_000)) / 9,
      sampleCount: dice.upTo(900),
      windowSeconds: 10
    )
  }

  private mutating func way(_ way: CallWay) -> CallWaySnapshot {
    CallWaySnapshot(
      way: way,
      title: dice.once(in: 3) ? dice.text() : "",
      offered: UInt64(dice.upTo(9_999)),
      succeeded: dice.anyCount(),
      declined: dice.anyCount(),
      failed: dice.anyCount(),
      refused: dice.anyCount(),
      latency: dice.once(in: 3) ? nil : latency(),
      busyThreads: dice.upTo(20),
      threads: dice.upTo(200),
      waitingRequests: dice.anyInteger(),
      waitsFor: dice.maybe { $0.text() },
      waterfall: (0..<dice.upTo(4))
        .map { _ in
          RequestStep(
            name: dice.text(),
            startMilliseconds: Double(dice.upTo(100_000)) / 33,
            milliseconds: Double(dice.upTo(100_000)) / 33,
            outcome: dice.choice(RequestStep.Outcome.self)
          )
        }
    )
  }

  private mutating func services() -> [ServiceSnapshot] {
    (0..<dice.upTo(5))
      .map { number in
        let process = dice.anyInteger()
        let states: [ServiceState] = [
          .starting, .running(processIdentifier: process), .hung(processIdentifier: process),
          .killed, .ended(dice.text()),
        ]
        return ServiceSnapshot(
          name: "service-\(number)",
          service: dice.text(),
          state: states[dice.upTo(4)],
          queue: dice.maybe { $0.text() },
          done: dice.anyCount(),
          callsAnswered: dice.anyCount(),
          inHand: dice.anyInteger(),
          isProducer: dice.once(in: 2)
        )
      }
  }

  private mutating func queues() -> [LabQueueSnapshot] {
    (0..<dice.upTo(4))
      .map { number in
        LabQueueSnapshot(
          name: "queue-\(number)",
          service: dice.text(),
          ways: (0..<dice.upTo(3)).map { _ in dice.choice(CallWay.self) },
          published: dice.anyInteger(),
          acknowledged: dice.anyInteger(),
          waiting: dice.anyInteger(),
          dead: dice.anyInteger(),
          lost: dice.anyInteger(),
          repeated: dice.anyInteger(),
          doubled: dice.anyInteger(),
          delay: dice.once(in: 2) ? latency() : nil,
          drainSeconds: dice.maybe { Double($0.upTo(100_000)) / 77 }
        )
      }
  }

  private mutating func faults() {
    snapshot.faults.removeAll { _ in dice.once(in: 3) }
    snapshot.faults.append(
      ActiveFault(
        identifier: (snapshot.faults.last?.identifier ?? 0) + 1,
        request: FaultRequest(
          service: dice.text(),
          kind: dice.choice(FaultKind.self),
          amount: dice.anyInteger(),
          percent: dice.upTo(100),
          count: dice.maybe { $0.anyInteger() },
          seconds: dice.maybe { Double($0.upTo(1_000)) / 3 },
          seed: dice.anyCount()
        ),
        since: snapshot.at
      )
    )
  }
}
