import AMQPServer
import Canvas
import ConfigFile
import Curses
import Dashboard
import Dispatch
import Glibc
import JSONText
import Lab
import Telemetry
import ThemeFiles

/// The dashboard on a terminal: everything that happens goes into the model, and what the model
/// wants is done.
///
/// Broker snapshots set the pace: the screen is drawn when one arrives, at once after a key, and
/// never when nothing visible changed.
///
/// - Isolation: the main actor.
@MainActor
final class DashboardSession {
  /// How often the time is looked at when no snapshot comes: the age of the data grows too.
  static let tickMilliseconds = 500

  private let plan: ScreenPlan
  private let stage: any Stage
  private let terminal: Terminal
  private var model: Model
  private var isDrawPending = false
  /// Whether snapshots came since the last tick, and the time was told with them.
  private var isTimeTold = false
  private var isSuspensionDue = false
  private let ending: AsyncStream<Ending>
  private let end: AsyncStream<Ending>.Continuation
  /// The theme on the screen, and what tells that its files were saved again.
  private var shownTheme: (name: String, files: [String], stamp: FileStamp)?
  private let ticks = DispatchSource.makeTimerSource(queue: .main)
  /// Who remembers what is chosen; nil when that is not wanted.
  private var memory: ConfigWriter?

  /// Why the dashboard ends.
  private enum Ending {
    case wanted
    /// The terminal is gone, and with it whoever would read a ledger.
    case hungUp
  }

  /// Starts the broker, shows the dashboard until it is quit, and ends everything in order.
  static func run(_ plan: DashboardPlan) async -> ExitStatus {
    let backstage: Backstage
    do {
      backstage = try await Backstage.open(plan)
    } catch {
      return Announcement.complain(error, definitions: plan.definitionsFile)
    }
    return await run(plan.screen, LiveStage(plan, backstage))
  }

  /// Shows a dashboard until it is quit.
  ///
  /// - Parameters:
  ///   - plan: How it is drawn.
  ///   - stage: What it is about; it is ended too.
  /// - Returns: How the program ends.
  static func run(_ plan: ScreenPlan, _ stage: any Stage) async -> ExitStatus {
    do {
      var plan = plan
      let (theme, name) = StartingTheme.theme(for: plan)
      plan.theme = theme
      plan.terminalOptions.theme = theme
      plan.chosenTheme = name
      plan.viewOptions.glyphs = plan.isASCII ? theme.glyphs.ascii() : theme.glyphs
      let terminal = try Terminal.open(plan.terminalOptions)
      let session = DashboardSession(plan, stage, terminal)
      return await session.run()
    } catch {
      Announcement.complain(error.description)
      _ = await stage.end(isWatched: false)
      return .failure
    }
  }

  private init(_ plan: ScreenPlan, _ stage: any Stage, _ terminal: Terminal) {
    self.plan = plan
    self.stage = stage
    self.terminal = terminal
    model = Model(size: terminal.size, options: plan.viewOptions, recording: plan.recording)
    (ending, end) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  private func run() async -> ExitStatus {
    connect()
    prepareMemory()
    tellTime()
    takeSnapshots()
    draw()
    tellThemes()
    let start = Task { await self.startLab() }
    var why = Ending.wanted
    for await reason in ending {
      why = reason
      break
    }
    ticks.cancel()
    terminal.close()
    await memory?.finish()
    await start.value
    return await stage.end(isWatched: why == .wanted)
  }

  private func connect() {
    terminal.onKey { [weak self] key in self?.receive(.key(key)) }
    terminal.onResize { [weak self] size in self?.receive(.resized(size)) }
    terminal.onQuit { [end] cause in
      switch cause {
      case .asked: end.yield(.wanted)
      case .hungUp: end.yield(.hungUp)
      }
    }
    stage.begin(
      hasNews: { [weak self] in self?.takeSnapshots() },
      tell: { [weak self] message in self?.receive(message) }
    )
    let interval = DispatchTimeInterval.milliseconds(Self.tickMilliseconds)
    ticks.schedule(deadline: .now() + interval, repeating: interval, leeway: .milliseconds(50))
    ticks.setEventHandler { [weak self] in
      MainActor.assumeIsolated { self?.tick() }
    }
    ticks.activate()
  }

  private func startLab() async {
    do {
      try await stage.start()
    } catch {
      receive(.outcome(.refused(error.description)))
    }
    await stage.openManagement { [weak self] in self?.model.findings ?? [] }
  }

  // MARK: - What happens

  private func takeSnapshots() {
    for message in stage.take() { apply(message) }
    tellTime()
    draw()
    isTimeTold = true
    suspendIfDue()
  }

  private func tick() {
    if !isTimeTold { tellTime() }
    isTimeTold = false
    reloadChangedTheme()
    draw()
  }

  /// Stops the job at the first moment when no process of it is being made.
  private func suspendIfDue() {
    guard isSuspensionDue, !stage.isStartingProcess else { return }
    isSuspensionDue = false
    terminal.suspend()
  }

  private func tellTime() {
    apply(stage.time)
  }

  private func receive(_ message: Message) {
    apply(message)
    drawSoon()
  }

  private func apply(_ message: Message) {
    for effect in update(&model, message) { perform(effect) }
  }

  private func perform(_ effect: Effect) {
    switch effect {
    case .quit:
      end.yield(.wanted)
    case .suspend:
      isSuspensionDue = true
      suspendIfDue()
    case .repaint:
      terminal.repaint()
    case .copy(let text):
      if !terminal.copy(text) {
        receive(.outcome(.refused("too long for the clipboard, or the terminal is away")))
      }
    case .export(let request):
      let job = model.exportJob(request, at: SystemClock.wallTime())
      Task { receive(.outcome(await ExportFile.write(job))) }
    case .bell: terminal.ring()
    case .useTheme(let name): use(themeNamed: name)
    case .remember(let settings): memory?.remember(settings)
    case .readBody(let path): Task { receive(await BodyFile.read(path)) }
    case .publish, .pauseQueue, .pauseConsumer, .crashBroker, .killService, .killConsumer,
      .bringBack, .setMode, .setLoad, .burst, .record, .act, .watch, .setRefresh, .putFault,
      .healFault, .healAll, .setShape, .setMessageBytes, .addInstance, .removeInstance, .join,
      .turnKnob, .look, .alert, .setRecording, .play, .holdPlaying, .switchTarget, .see:
      Task {
        if let answer = await stage.perform(effect) { receive(answer) }
      }
    }
  }

  private func use(themeNamed name: String) {
    do {
      let loaded = try LoadedTheme(name, searchPaths: StartingTheme.searchPaths)
      terminal.use(loaded.theme)
      model.use(glyphs: plan.isASCII ? loaded.theme.glyphs.ascii() : loaded.theme.glyphs)
      shownTheme = (name, loaded.files, FileStamp(loaded.files))
    } catch {
      receive(.outcome(.refused(SafeText.clean(error.description))))
    }
  }

  /// Draws again with a theme whose file was saved while it is chosen.
  private func reloadChangedTheme() {
    guard model.isChoosingTheme, let shownTheme,
      FileStamp(shownTheme.files) != shownTheme.stamp
    else { return }
    use(themeNamed: shownTheme.name)
  }

  /// Tells which themes there are; they are read when the first picture stands.
  private func tellThemes() {
    let choices = StartingTheme.choices().map { entry in
      let origin: String =
        switch entry.origin {
        case .builtIn: "built in"
        case .shipped: "shipped"
        case .user: "yours"
        }
      return ThemeChoice(name: entry.name, note: "\(entry.appears.rawValue), \(origin)")
    }
    let name = plan.chosenTheme ?? Theme.builtIn.name
    apply(.themes(choices, current: name))
    // It is the one that is drawn with already.
    if let files = try? LoadedTheme(name, searchPaths: StartingTheme.searchPaths).files {
      shownTheme = (name, files, FileStamp(files))
    }
  }

  private func prepareMemory() {
    guard let path = plan.config.path else { return }
    memory = ConfigWriter(path: path, known: plan.config.configuration.settings) {
      [weak self] complaint in await self?.receive(.outcome(.refused(complaint)))
    }
  }

  // MARK: - Drawing

  /// Draws once for all keys that are waiting to be read.
  private func drawSoon() {
    guard !isDrawPending else { return }
    isDrawPending = true
    DispatchQueue.main.async { [weak self] in
      MainActor.assumeIsolated {
        self?.isDrawPending = false
        self?.draw()
      }
    }
  }

  private func draw() {
    guard model.isDirty else { return }
    terminal.paint(render(model))
    model.markDrawn()
  }
}
