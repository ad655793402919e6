import AMQPServer
import Canvas
import Curses
import Dashboard
import Dispatch
import Glibc
import JSONText
import Lab
import Telemetry

/// The dashboard without a screen: what changes is said in lines on standard output.
///
/// - Isolation: the main actor.
@MainActor
final class PlainSession {
  /// How often the time is looked at when no snapshot comes.
  private static let tickMilliseconds = 1_000

  private let stage: any Stage
  private var model: Model
  private var stream = PlainStream()
  private let ending: AsyncStream<Void>
  private let end: AsyncStream<Void>.Continuation
  private let ticks = DispatchSource.makeTimerSource(queue: .main)
  /// Whether somebody reads what is said.
  private var isHeard = true
  /// What happens while everything is taken down is no news.
  private var hasEnded = false

  /// Starts the broker, says what happens until it is quit, and ends everything in order.
  static func run(_ plan: DashboardPlan) async -> ExitStatus {
    do {
      return await run(plan.screen, LiveStage(plan, try await Backstage.open(plan)))
    } catch {
      return Announcement.complain(error, definitions: plan.definitionsFile)
    }
  }

  /// Says what happens until it is quit, or a recording is over.
  ///
  /// - Parameters:
  ///   - plan: What is told once.
  ///   - stage: What it is about; it is ended too.
  /// - Returns: How the program ends.
  static func run(_ plan: ScreenPlan, _ stage: any Stage) async -> ExitStatus {
    await PlainSession(plan, stage).run()
  }

  private init(_ plan: ScreenPlan, _ stage: any Stage) {
    self.stage = stage
    var options = plan.viewOptions
    // The keys of the line mode are few and fixed, and its help names those.
    options.keymap = .standard
    // Nothing is drawn; the size only bounds what a page is.
    model = Model(size: TextFrame.paper, options: options, recording: plan.recording)
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
    stage.begin(
      hasNews: { [weak self] in self?.takeSnapshots() },
      tell: { [weak self] message in self?.apply(message) }
    )
    startTicks()
    takeSnapshots()
    let start = Task { await self.startLab() }
    for await _ in ending { break }
    hasEnded = true
    ticks.cancel()
    keys.close()
    await start.value
    return await stage.end(isWatched: isHeard)
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
      try await stage.start()
    } catch {
      apply(.outcome(.refused(error.description)))
    }
    await stage.openManagement { [weak self] in self?.model.findings ?? [] }
  }

  // MARK: - What happens

  private func takeSnapshots() {
    for message in stage.take() { apply(message) }
    tellTime()
    if model.isOver { end.yield() }
  }

  private func tellTime() {
    apply(stage.time)
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
    case .quit: end.yield()
    case .press:
      apply(.key(key))
      say(stream.changes(in: model))
    }
  }

  private func apply(_ message: Message) {
    for effect in update(&model, message) { perform(effect) }
  }

  private func perform(_ effect: Effect) {
    if effect == .bell {
      // A file or another program hears nothing.
      if isatty(STDOUT_FILENO) == 1 { Announcement.ring() }
      return
    }
    Task {
      if let answer = await stage.perform(effect) { apply(answer) }
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
