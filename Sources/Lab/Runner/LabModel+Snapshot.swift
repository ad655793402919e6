import Telemetry

/// What is known, for people.
extension LabModel {
  /// What the customers saw of the ways that have been used or are in use.
  var ways: [CallWaySnapshot] {
    CallWay.allCases.compactMap { way in
      let total = total(of: way)
      guard total.offered > 0 || scenario.ways(in: mode).contains(way) else { return nil }
      let entries = processes.filter { $0.key.way == way }.map(\.entry)
      let busiest = entries.max { $0.busyThreads < $1.busyThreads } ?? EntryReport()
      return CallWaySnapshot(
        way: way,
        title: scenario.wayTitles[way]?[language] ?? "",
        offered: total.offered,
        succeeded: total.succeeded,
        declined: total.declined,
        failed: total.failed,
        refused: total.refused,
        latency: customers.ways.first { $0.way == way }?.latency,
        busyThreads: entries.reduce(0) { $0 + $1.busyThreads },
        threads: entries.reduce(0) { $0 + $1.threads },
        waitingRequests: entries.reduce(0) { $0 + $1.waitingRequests },
        waitsFor: busiest.waitsFor,
        waterfall: busiest.waterfall
      )
    }
  }

  mutating func snapshot(at now: Instant) -> LabSnapshot {
    LabSnapshot(
      at: now,
      scenario: scenario.name,
      title: scenario.title[language],
      mode: mode,
      offeredPerSecond: perSecond,
      shape: shapeInForce(at: now),
      peak: scenario.peak,
      replay: replay,
      isBrokerAway: isBrokerAway,
      messageBytes: messageBytes,
      state: state,
      ways: ways,
      services: processes.map(\.snapshot),
      queues: queues(at: now),
      faults: faults,
      knob: knobSnapshot,
      joinable: joinable,
      notes: notes,
      lesson: lesson
    )
  }

  /// The shape of the load: a step or a spike that is over is steady again.
  func shapeInForce(at now: Instant) -> LoadShape {
    guard let shapeBegan else { return shape }
    let isOver = now.seconds(since: shapeBegan) * timeScale >= shape.seconds
    return switch shape.kind {
    case .step, .spike: isOver ? .steady : shape
    case .steady, .ramp, .sine, .burst, .replay: shape
    }
  }

  /// Optional services that have not joined.
  var joinable: [String] {
    scenario.services.filter { $0.isOptional && !joined.contains($0.name) }.map(\.name)
  }

  private var knobSnapshot: LabKnob? {
    guard let plan = scenario.knob, let knob else { return nil }
    let unit =
      switch plan.subject {
      case .trait: "%"
      case .copies: ""
      }
    return LabKnob(label: plan.label[language], unit: unit, value: knob, values: plan.values)
  }

  /// Which synchronous callers do not know a service that has joined, and what else went wrong
  /// unasked.
  private var notes: [String] {
    var notes = [recordingProblem].compactMap { $0 }
    for name in joined {
      for process in processes where process.key.way == .synchronous && process.isAlive {
        guard !process.joinedAtStart.contains(name),
          scenario.entry.calls[.synchronous]?.contains(where: { $0.service == name }) == true
        else { continue }
        notes.append(
          "A: \(process.name) does not call \(name) yet; it must be changed and started again "
            + "(K, then u)"
        )
      }
      if let queue = scenario.service(named: name)?.queue {
        notes.append("B: \(name) has bound its queue \(queue.name); nobody upstream was changed")
      }
    }
    return notes
  }

  // MARK: Queues

  /// The account of each queue so far.
  mutating func queues(at now: Instant) -> [LabQueueSnapshot] {
    var snapshots: [LabQueueSnapshot] = []
    let reachedBy = waysOfServices
    for service in scenario.services {
      guard let queue = service.queue, !service.isOptional || joined.contains(service.name) else {
        continue
      }
      let sums = book.sums(of: service.name)
      let lost = min(paces[service.name]?.lost ?? 0, sums.outstanding)
      let waiting = sums.outstanding - lost
      snapshots.append(
        LabQueueSnapshot(
          name: queue.name,
          service: service.name,
          ways: reachedBy[service.name] ?? [],
          published: sums.published,
          acknowledged: sums.acknowledged,
          waiting: waiting,
          dead: sums.dead,
          lost: lost,
          repeated: sums.repeated + givenBack(by: service.name),
          doubled: sums.doubled,
          delay: delays[service.name]?.snapshot(at: now),
          drainSeconds: forecast(service.name, waiting: waiting, at: now)?.seconds
        )
      )
    }
    return snapshots
  }

  /// When the backlog of a service is gone.
  func forecast(_ service: String, waiting: Int, at now: Instant) -> DrainForecast? {
    guard let pace = paces[service], let done = pace.donePerSecond,
      let published = pace.publishedPerSecond
    else { return nil }
    let shape = shapeInForce(at: now)
    var forecast = DrainForecast(
      waiting: waiting,
      donePerSecond: done,
      publishedPerSecond: arriving(at: service, shape) ?? published
    )
    if shape.kind == .step, let shapeBegan {
      forecast.remainingSeconds = max(
        0,
        shape.seconds / timeScale - now.seconds(since: shapeBegan)
      )
      forecast.laterShare = 1 / max(1, shape.factor)
    }
    return forecast
  }

  /// Messages that come a second while the load is as it was set; nil for a load that moves.
  ///
  /// What was measured in the last seconds still knows a peak that is over.
  private func arriving(at service: String, _ shape: LoadShape) -> Double? {
    let offered = total(of: .asynchronous).offered
    guard offered > 0 else { return nil }
    let share = Double(book.sums(of: service).published) / Double(offered)
    return switch shape.kind {
    case .steady: perSecond * timeScale * share
    case .step: perSecond * timeScale * share * shape.factor
    case .ramp, .spike, .sine, .burst, .replay: nil
    }
  }

  /// Measures the pace of every queue; once a second.
  mutating func measurePaces(at now: Instant) {
    for service in scenario.services where service.queue != nil {
      let sums = book.sums(of: service.name)
      paces[service.name, default: QueuePace()].look(at: now, sums)
      if sums.outstanding == 0 { paces[service.name]?.nothingIsOutstanding() }
    }
  }

  /// What the consumers of a service may have in hand.
  ///
  /// One that cannot report, or whose acknowledgements do not pass, may hold its whole prefetch.
  func heldByConsumers(of service: String) -> Int {
    guard let queue = scenario.service(named: service)?.queue else { return 0 }
    let mostHeld = queue.prefetch * queueNames(of: service).count
    return processes.filter { $0.key.service == service && $0.isAlive }.reduce(0) { sum, process in
      let isMute = faults.contains { fault in
        fault.request.service == process.name
          && (fault.request.kind == .split || fault.request.kind == .hang)
      }
      return sum + (isMute ? mostHeld : Int(process.present.inHand))
    }
  }

  /// The ledger, when the queues have been looked into.
  func ledger(with inspections: [ServiceInspection]) -> LabLedger {
    var ledger = book.closed(
      with: inspections,
      counters: processes.map(\.total).reduce(ServiceCounters(), +),
      ways: ways,
      scenario: scenario.name
    )
    for index in ledger.queues.indices {
      ledger.queues[index].repeated += Int64(givenBack(by: ledger.queues[index].service))
    }
    return ledger
  }

  /// How often the consumers of a service gave a message back to be tried again.
  private func givenBack(by service: String) -> Int {
    processes.filter { $0.key.service == service }
      .reduce(0) { $0 + Int(clamping: $1.total.givenBack) }
  }
}

extension LoadShape {
  /// What is left of a replay some seconds after its beginning; what went by is not made up for.
  func rest(after seconds: Double) -> LoadShape {
    var rest = self
    rest.arrivals = arrivals.drop { $0 < seconds }.map { $0 - seconds }
    return rest
  }
}

extension LabModel.ProcessModel {
  var snapshot: ServiceSnapshot {
    ServiceSnapshot(
      name: name,
      service: key.service,
      state: state,
      queue: queue,
      done: total.done + handledCount,
      callsAnswered: total.callsAnswered,
      inHand: Int(clamping: present.inHand),
      isProducer: isProducer
    )
  }
}
