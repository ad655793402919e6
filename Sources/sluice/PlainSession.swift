import AMQPServer
import Canvas
import Curses
import Dashboard
import Dispatch
import Glibc
import Lab
import Telemetry

/// The dashboard without a screen: what changes is said in lines on standard output.
///
/// - Isolation: the main actor.
@MainActor
final class PlainSession {
  /// How often the time is looked at when no snapshot comes.
  private static let tickMilliseconds = 1_000

  private let plan: DashboardPlan
  private let backstage: Backstage
  private var model: Model
  private var stream = PlainStream()
  private let ending: AsyncStream<Void>
  private let end: AsyncStream<Void>.Continuation
  private let ticks = DispatchSource.makeTimerSource(queue: .main)
  /// Whether somebody reads what is said.
  private var isHeard = true
  /// What happens while everything is taken down is no news.
  private var hasEnded = false
  private let alerts: AlertCommand?

  /// Starts the broker, says what happens until it is quit, and ends everything in order.
  static func run(_ plan: DashboardPlan) async -> ExitStatus {
    do {
      return await PlainSession(plan, try await Backstage.open(plan)).run()
    } catch {
      return Announcement.complain(error, definitions: plan.definitionsFile)
    }
  }

  private init(_ plan: DashboardPlan, _ backstage: Backstage) {
    self.plan = plan
    self.backstage = backstage
    alerts = AlertCommand.make(plan, backstage)
    var options = plan.viewOptions
    // The keys of the line mode are few and fixed, and its help names those.
    options.keymap = .standard
    // Nothing is drawn; the size only bounds what a page is.
    model = Model(size: TextFrame.paper, options: options)
    (ending, end) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  private func run() async -> ExitStatus {
    for signal in [SIGINT, SIGTERM, SIGHUP] {
      Signals.shared.onSignal(signal) { [end] in end.yield() }
    }
    Signals.shared.onSignal(SIGPIPE) { [weak self] in self?.nobodyReads() }
    let keys = KeyInput(
      onKey: { [weak self] key in self?.pressed(key) },
      onEnd: { [end] in end.yield() }
    )
    backstage.server.onSnapshot { [weak self] in
      Task { @MainActor in self?.takeSnapshots() }
    }
    startTicks()
    takeSnapshots()
    let start = Task { await self.startLab() }
    for await _ in ending { break }
    hasEnded = true
    ticks.cancel()
    keys.close()
    await start.value
    defer { alerts?.end() }
    return await Farewell(backstage).end(isWatched: isHeard)
  }

  private func startTicks() {
    let interval = DispatchTimeInterval.milliseconds(Self.tickMilliseconds)
    ticks.schedule(deadline: .now() + interval, repeating: interval, leeway: .milliseconds(100))
    ticks.setEventHandler { [weak self] in
      MainActor.assumeIsolated { self?.tellTime() }
    }
    ticks.activate()
  }

  private func startLab() async {
    do {
      try await backstage.startLab(plan)
    } catch {
      apply(.outcome(.refused(error.description)))
    }
  }

  // MARK: - What happens

  private func takeSnapshots() {
    if let snapshot = backstage.labSnapshots.take() { apply(.lab(snapshot)) }
    if let snapshot = backstage.server.snapshots.take() { apply(.snapshot(snapshot)) }
    tellTime()
  }

  private func tellTime() {
    apply(.tick(SystemClock.now(), SystemClock.wallTime()))
    say(stream.changes(in: model))
  }

  private func pressed(_ key: Key) {
    // The end of a terminal's input, as of any other.
    if key == .control("d") {
      end.yield()
      return
    }
    switch PlainKeys.command(for: key) {
    case .summary: say(PlainSummary.full(of: model))
    case .help: say(PlainKeys.help)
    case .nothing: say([PlainKeys.refusal])
    case .press:
      apply(.key(key))
      say(stream.changes(in: model))
    }
  }

  private func apply(_ message: Message) {
    for effect in update(&model, message) { perform(effect) }
  }

  private func perform(_ effect: Effect) {
    if effect == .quit {
      end.yield()
      return
    }
    if case .alert(let finding) = effect {
      alerts?.run(finding)
      return
    }
    if effect == .bell {
      // A file or another program hears nothing.
      if isatty(STDOUT_FILENO) == 1 { Announcement.ring() }
      return
    }
    Task {
      if let outcome = await backstage.perform(effect) { apply(.outcome(outcome)) }
      backstage.server.requestSnapshot()
    }
  }

  // MARK: - What is said

  private func say(_ lines: [String]) {
    for line in lines where isHeard && !hasEnded {
      if !Announcement.isHeard(line) { nobodyReads() }
    }
  }

  private func nobodyReads() {
    isHeard = false
    end.yield()
  }
}
