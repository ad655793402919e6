import JSONText
import NIOPosix
package import Telemetry
package import Trust

/// The clocks that a session is told.
package struct SessionClock: Sendable {
  package var now: @Sendable () -> Instant
  package var wallTime: @Sendable () -> WallTime

  /// - Parameters:
  ///   - now: The clock of all instants.
  ///   - wallTime: The time of day.
  package init(
    now: @escaping @Sendable () -> Instant,
    wallTime: @escaping @Sendable () -> WallTime
  ) {
    self.now = now
    self.wallTime = wallTime
  }

  var time: MeasuringTime { MeasuringTime(instant: now(), wallTime: wallTime()) }
}

/// Watches a broker through its management, and does what a person wants of it.
///
/// Every step it asks what is due (``PollingPlan``) and makes a snapshot. When no answer comes it
/// says so, and tries again after 1, 2, 4, ... seconds, at most ``longestPauseSeconds``; of a cluster
/// the other nodes are asked first.
///
/// - Isolation: an actor; nobody waits for it who draws.
package actor ManagementSession {
  /// What a session has to tell.
  package enum News: Sendable {
    case snapshot(BrokerSnapshot, AttachedState)
    case lost(AttachedState)
  }

  /// How often RabbitMQ measures, unless its configuration says otherwise
  /// (`collect_statistics_interval`): to ask more often brings nothing new.
  package static let usualStepSeconds = 5.0
  /// The shortest step: another broker may know its sums at every moment.
  package static let shortestStepSeconds = 1.0
  static let longestPauseSeconds = 30.0
  /// For a question whose answer is short, and for a long list.
  static let patienceSeconds = 10
  static let longPatienceSeconds = 30
  /// An answer that comes after so many steps is an event; the dashboard calls its data old by then.
  static let silentSteps = 3.0

  /// A node of the broker.
  private struct Node {
    var address: ManagementAddress
    var asking: ManagementConnection
    /// What is to be done does not wait for a list that is being sent.
    var acting: ManagementConnection
  }

  private let nodes: [Node]
  /// Which node is asked.
  private var current = 0
  private let clock: SessionClock
  private var collection: Collection
  private var plan: PollingPlan
  private var watch = Watch.nothing
  private var visible: [QueueIdentity] = []
  private var singleSeconds = 0.0
  private var details: WatchedDetails?
  private var link = AttachedState.Link.connected
  private var failures = 0
  private var answeredAt: Instant?
  private let wakes: AsyncStream<Void>
  private let wake: AsyncStream<Void>.Continuation

  /// - Parameters:
  ///   - address: Whom to ask, and as whom.
  ///   - alternatives: Further nodes of its cluster, which are asked in turn when that one does not
  ///     answer.
  ///   - trust: How they are trusted when it is encrypted.
  ///   - stepSeconds: How often to ask.
  ///   - clock: The clocks of this machine.
  package init(
    _ address: ManagementAddress,
    alternatives: [ManagementAddress] = [],
    trust: TrustSettings,
    stepSeconds: Double = usualStepSeconds,
    clock: SessionClock
  ) {
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    nodes = ([address] + alternatives).map { address in
      Node(
        address: address,
        asking: ManagementConnection(address, trust: trust, loop: loop),
        acting: ManagementConnection(address, trust: trust, loop: loop)
      )
    }
    self.clock = clock
    collection = Collection(stepSeconds: stepSeconds)
    plan = PollingPlan(stepSeconds: stepSeconds)
    (wakes, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  // MARK: - Being told

  /// Looks whether a broker's management answers there, or on another node of it.
  ///
  /// - Returns: What runs there, as in `RabbitMQ 3.10.8`.
  /// - Throws: ``ManagementError``, why the rest makes no sense.
  package func greet() async throws(ManagementError) -> String {
    let first: ManagementError
    do {
      try await ask(.overview, at: clock.time)
      return collection.product
    } catch {
      first = error
    }
    for other in nodes.indices.dropFirst() {
      current = other
      // Why the further ones cannot be asked says less than why the first one cannot.
      guard (try? await ask(.overview, at: clock.time)) != nil else { continue }
      return collection.product
    }
    throw first
  }

  /// Asks every step until the task is cancelled.
  ///
  /// - Parameter tell: Gets what is new, on no particular thread.
  package func run(tell: @Sendable (News) -> Void) async {
    var waking = wakes.makeAsyncIterator()
    while !Task.isCancelled {
      let began = clock.now()
      let pause: Double
      do throws(ManagementError) {
        try await poll(tell: tell)
        pause = plan.stepSeconds - clock.now().seconds(since: began)
      } catch {
        pause = lost(error, began, tell: tell)
      }
      let timer = Task { [wake] in
        // Cancelled, it need not wake anybody any more.
        guard (try? await Task.sleep(for: .seconds(max(0.01, pause)))) != nil else { return }
        wake.yield()
      }
      _ = await waking.next()
      timer.cancel()
    }
    for node in nodes {
      await node.asking.close()
      await node.acting.close()
    }
  }

  /// How often to ask from now on, at least every ``shortestStepSeconds``.
  package func setStep(seconds: Double) {
    plan.stepSeconds = max(Self.shortestStepSeconds, seconds)
    collection.stepSeconds = plan.stepSeconds
    wake.yield()
  }

  /// What to tell more about from now on.
  package func setWatch(_ watch: Watch) {
    guard watch != self.watch else { return }
    self.watch = watch
    details = nil
    wake.yield()
  }

  /// The queues that the person sees; they are asked for each step, the others as often as the
  /// budget allows.
  package func setVisible(_ queues: [QueueIdentity]) {
    visible = queues
  }

  /// Notes what was done by hand; it shows with the next snapshot.
  package func record(_ text: String, severity: BrokerEvent.Severity) {
    collection.record(text, severity, at: clock.wallTime())
  }

  /// Asks at once, as after something was done.
  package func refresh() {
    plan.begin()
    wake.yield()
  }

  // MARK: - Asking

  private func poll(tell: @Sendable (News) -> Void) async throws(ManagementError) {
    let time = clock.time
    if failures > 0 {
      // What grew meanwhile did not grow in this step.
      collection.resume()
      plan.begin()
    }
    for call in plan.due(at: time.instant) { try await ask(call, at: time) }
    try await askVisible(at: time)
    details = try await watchedDetails(at: time)
    noteSilence()
    failures = 0
    link = .connected
    let snapshot = collection.snapshot(
      at: time,
      endpoint: nodes[current].address.endpoint,
      details: details
    )
    guard let snapshot, !Task.isCancelled else { return }
    tell(.snapshot(snapshot, state))
  }

  /// Puts a silence that is over on the timeline.
  private func noteSilence() {
    let now = clock.now()
    defer { answeredAt = now }
    guard let answeredAt else { return }
    let silence = now.seconds(since: answeredAt)
    var reason = "it was slow"
    if case .lost(_, let why, _) = link {
      reason = why
    } else if silence <= Self.silentSteps * plan.stepSeconds {
      return
    }
    let text = "no answer for \(max(1, Int(silence.rounded()))) s: \(reason)"
    collection.record(text, .warning, at: clock.wallTime())
  }

  private func ask(_ call: PolledCall, at time: MeasuringTime) async throws(ManagementError) {
    let isRabbit = collection.overview.map { $0.product == .rabbitMQ } ?? true
    let request = ManagementRequest.get(call.path(hasColumns: isRabbit))
    let began = clock.now()
    let patience = call == .queues ? Self.longPatienceSeconds : Self.patienceSeconds
    do throws(ManagementError) {
      let response = try await nodes[current].asking.ask(request, patienceSeconds: patience)
      // What reading it costs is our own.
      let seconds = clock.now().seconds(since: began)
      let json = try response.json()
      guard let rows = collection.take(call, json, at: time) else { throw .notABroker }
      plan.answered(
        call,
        seconds: seconds,
        bytes: response.body.count,
        rows: rows,
        at: clock.now()
      )
    } catch  where call != .overview && error.isDenial {
      // A user without the tag "monitoring" may see the queues and not the nodes.
      plan.answered(call, seconds: PollingPlan.rarestSeconds, bytes: 0, rows: 0, at: clock.now())
    }
  }

  /// Asks for the queues on the screen, where the list with all of them is older.
  private func askVisible(at time: MeasuringTime) async throws(ManagementError) {
    let outdated = collection.outdated(visible, since: time.instant)
    let isRabbit = collection.overview?.product == .rabbitMQ
    let columns = isRabbit ? "?columns=" + QueueAnswer.columns.joined(separator: ",") : ""
    for queue in outdated.prefix(plan.singles(ofSeconds: singleSeconds)) {
      let path = ManagementRequest.path("queues", queue.virtualHost, queue.name) + columns
      let began = clock.now()
      if let json = try await part(path) { collection.take(queue: json, at: time) }
      let seconds = clock.now().seconds(since: began)
      singleSeconds = singleSeconds == 0 ? seconds : (singleSeconds + seconds) / 2
      plan.note(seconds, at: clock.now())
    }
  }

  /// Asks for something that may be gone.
  ///
  /// - Returns: The answer; nil when there is none, or the user may not see it.
  private func part(_ path: String) async throws(ManagementError) -> JSON? {
    do throws(ManagementError) {
      return try await nodes[current].asking.ask(.get(path), patienceSeconds: Self.patienceSeconds)
        .json()
    } catch  where error.isDenial {
      return nil
    }
  }

  private func watchedDetails(
    at time: MeasuringTime
  ) async throws(ManagementError) -> WatchedDetails? {
    var answers: [WatchAnswers.Part: JSON] = [:]
    let began = clock.now()
    for (part, path) in WatchAnswers.paths(for: watch, in: collection) {
      answers[part] = try await self.part(path)
    }
    if !answers.isEmpty { plan.note(clock.now().seconds(since: began), at: clock.now()) }
    return WatchAnswers.details(for: watch, from: answers, in: collection)
  }

  /// Says that no answer came.
  ///
  /// - Returns: In how many seconds it is tried again.
  private func lost(
    _ error: ManagementError,
    _ began: Instant,
    tell: @Sendable (News) -> Void
  ) -> Double {
    failures += 1
    let now = clock.now()
    // The other nodes are asked at once; when none answers, all have their pause.
    current = (current + 1) % nodes.count
    let rounds = (failures - 1) / nodes.count
    let isRoundOver = failures % nodes.count == 0
    let pause = isRoundOver ? min(Self.longestPauseSeconds, Double(1 << min(10, rounds))) : 0
    var since = began
    if case .lost(let first, _, _) = link { since = first }
    link = .lost(
      since: since,
      reason: error.description,
      nextTryAt: now.advanced(bySeconds: pause)
    )
    if !Task.isCancelled { tell(.lost(state)) }
    return pause
  }

  private var state: AttachedState {
    AttachedState(
      product: collection.product,
      link: link,
      cost: plan.cost(at: clock.now()),
      nodes: collection.describedNodes
    )
  }

  // MARK: - Acting

  /// Does something, or asks something that a person waits for.
  ///
  /// - Parameter request: Never sent twice.
  /// - Returns: What it says to it; null for nothing.
  /// - Throws: ``ManagementError``, why it was not done, as far as is known.
  func perform(_ request: ManagementRequest) async throws(ManagementError) -> JSON {
    try await nodes[current].acting.ask(request, patienceSeconds: Self.patienceSeconds).json()
  }

  /// Returns the management's name of a connection; nil when it is not there.
  func connectionName(_ number: UInt64) -> String? { collection.connectionName(number) }

  /// The same of a consumer's connection.
  func connectionName(ofConsumer number: UInt64) -> String? {
    collection.connectionName(ofConsumer: number)
  }
}

extension ManagementError {
  /// Whether this one thing is not to be had, and everything else may be.
  var isDenial: Bool {
    switch self {
    case .wrongPassword, .forbidden, .notFound: true
    case .refused(let status, _): (400..<500).contains(status)
    case .unreachable, .timedOut, .connectionLost, .encryption, .notHTTP, .tooLong, .redirected,
      .page, .notJSON, .cutOff, .notABroker, .closed:
      false
    }
  }
}
