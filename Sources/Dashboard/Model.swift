package import Canvas
package import Recording
import Telemetry

/// All that the dashboard knows: what it was told, and where the person is in it.
///
/// ``update(_:_:)`` is the only thing that changes it, ``render(_:)`` only reads it.
package struct Model: Sendable {
  package internal(set) var size: Size
  package internal(set) var options: ViewOptions
  /// Whether something visible changed since ``markDrawn()``.
  package private(set) var isDirty = true

  var live: Picture
  /// What was before.
  var timeline: Timeline
  /// The picture that the person keeps, and since when.
  var frozen: (picture: Picture, at: Instant)?
  var now = Instant.zero
  var wallNow: WallTime?

  /// The file that all this is recorded into; nil while it is not.
  var recordedFile: String?
  /// Whether a recording was played to its end.
  package internal(set) var isOver = false
  /// Whether whoever plays the recording was last told to.
  var wasPlaying = true

  /// The screens that `q` goes back through; the last is shown, and there is always one.
  var path: [Screen] = [.overview]
  var focuses: [KeyBinding.Place: Panel] = [:]
  var cursors: [Panel: Cursor] = [:]
  var tables: [Panel: TableSettings]
  var arrangements: [Panel: Arrangement] = [:]
  var topology: [TopologyLine] = []
  /// How far back the charts reach.
  var chartSpan = ChartSpan.minute
  /// Whether the panel with the keys has the whole screen.
  var isEnlarged = false
  var marks: Set<RowIdentity> = []
  var help = HelpState()
  var dialog: Dialog?
  /// The field of the filter while it is typed.
  var filterField: TextField?
  /// What the broker was last told to watch.
  var watched: (watch: Watch, isTapping: Bool) = (.nothing, false)
  /// A message that waits for its body to be read from a file.
  var draft: MessageDraft?
  /// The form whose outcome is not yet known: when it is refused, the person goes on in it.
  var sentForm: Form?

  var toast: Toast?
  /// What `u` takes back, the newest last, at most ``Limits/undoable``.
  var undoable: [Undoable] = []
  var pendingLoad: Pending<Double>?
  var pendingMode: Pending<CallMode>?
  var pendingKnob: Pending<Int>?
  /// What critical findings were told of.
  var alertWatch = AlertWatch()
  /// How far the person is in the lesson.
  var lesson = LessonProgress()
  /// Whether somebody sits at the keys.
  var hasPressedKey = false
  /// Whether the person was told that `k` does not kill.
  var hasToldAboutK = false
  var isReadOnly: Bool
  var refreshSeconds: Double
  /// How it stands with a broker that is watched from outside; nil before its first answer.
  var attached: AttachedState?
  /// Which of the targets is shown.
  var targetIndex = 0
  /// The queues on the screen, as they were last told.
  var seen: [QueueIdentity] = []
  var themes: [ThemeChoice] = []
  var themeName = ""

  /// Makes a dashboard that was told nothing yet.
  ///
  /// - Parameters:
  ///   - size: The terminal's.
  ///   - options: Fixed for its life, but for the glyphs of another theme.
  ///   - recording: What is replayed, all of it; nil for what happens now.
  package init(
    size: Size,
    options: ViewOptions = ViewOptions(),
    recording: (any FrameSource)? = nil
  ) {
    self.size = size
    timeline = recording.map { Timeline(file: $0) } ?? Timeline()
    self.options = options
    tables = options.settings.tables
    isReadOnly = options.isReadOnly
    refreshSeconds = options.refreshSeconds
    live = Picture(refreshSeconds: options.refreshSeconds, tuning: options.tuning)
  }

  /// Says that the screen now shows what ``render(_:)`` returned.
  package mutating func markDrawn() {
    isDirty = false
  }

  /// Draws with the glyphs of another theme from now on.
  ///
  /// - Parameter glyphs: Already reduced to ASCII where the terminal needs it.
  package mutating func use(glyphs: Glyphs) {
    options.glyphs = glyphs
    touch()
  }

  /// Says that something visible changed.
  mutating func touch() {
    isDirty = true
  }

  /// What the screen shows: the frozen picture, else the live one.
  var shown: Picture { frozen?.picture ?? live }

  var glyphs: Glyphs { options.glyphs }
  var keymap: Keymap { options.keymap }
  var screen: Screen { path.last ?? .overview }
  /// The screen that the help is about.
  var screenUnderHelp: Screen { path.last { $0 != .help } ?? .overview }

  /// The panel that has the keys.
  var focus: Panel {
    get {
      let panels = panelsInUse
      let wanted = focuses[screen.place]
      return wanted.flatMap { panels.contains($0) ? $0 : nil } ?? panels.first ?? .queues
    }
    set { focuses[screen.place] = newValue }
  }

  /// Where the cursor of a panel is.
  struct Cursor: Sendable, Hashable {
    var identity: RowIdentity?
    /// Where the row is, or was when it went away.
    var index = 0
    /// The first row that is shown.
    var top = 0
  }

  /// Where a person is in the help.
  struct HelpState: Sendable, Hashable {
    /// The first line that is shown.
    var top = 0
    /// Whether it tells about all screens.
    var isWhole = false
    /// Lines without these words are left out.
    var search = ""
  }

  /// The answer to a key.
  struct Toast: Sendable, Hashable {
    var text: String
    var isRefusal: Bool
    var until: Instant
  }

  /// Something that `u` takes back.
  enum Undoable: Sendable, Hashable {
    /// The process tells the killed one from the one that was brought back.
    case killedService(name: String, processIdentifier: Int)
    case pausedQueue(QueueIdentity)
    case pausedConsumer(identifier: UInt64, name: String)
    case setPrefetch(consumer: UInt64, name: String, old: UInt16)
    case bound(BindingIdentity)
    case unbound(BindingIdentity)
    case putFault(service: String, kind: FaultKind)
    case changedLoad(old: Double)
    case changedShape(old: LoadShape)
    case changedMessageBytes(old: Int)
    case turnedKnob(old: Int)
    case addedInstance(service: String)
  }

  /// A wish that the lab has not yet confirmed.
  struct Pending<Value: Sendable & Hashable>: Sendable, Hashable {
    var value: Value
    var until: Instant
  }
}

extension Model {
  /// Whether the picker of themes is open.
  package var isChoosingTheme: Bool {
    if case .menu(let menu) = dialog { return menu.previews }
    return false
  }

  /// The load that was asked for last, else the one that the lab has.
  var load: Double { pendingLoad?.value ?? live.lab?.offeredPerSecond ?? 0 }

  /// The mode that was asked for last, else the one that the lab has.
  var mode: CallMode? { pendingMode?.value ?? live.lab?.mode }

  /// What the knob was turned to last, else where it stands; nil when there is none.
  var knobValue: Int? { pendingKnob?.value ?? live.lab?.knob?.value }

  /// Whether customers come.
  var isLabRunning: Bool { live.lab?.state == .running }

  /// Seconds since the newest snapshot, by the clock of a recording; nil before the first one.
  var dataAge: Double? {
    guard let broker = live.broker else { return nil }
    guard isReplay else { return max(0, now.seconds(since: broker.at)) }
    let passed = (wallNow ?? broker.wallTime).milliseconds - broker.wallTime.milliseconds
    return max(0, Double(passed) / 1_000)
  }

  /// Whether the newest snapshot is too old to be trusted.
  var isStale: Bool {
    !isOver && (dataAge ?? 0) > max(Limits.staleSeconds, Limits.staleRefreshes * refreshSeconds)
  }

  /// What the person chose, as it is to be remembered.
  var settings: Settings {
    Settings(
      theme: options.settings.theme,
      tables: tables.mapValues(\.remembered).filter { $0.value != TableSettings() },
      refreshSeconds: options.settings.refreshSeconds
    )
  }

  mutating func tell(_ text: String, isRefusal: Bool = false) {
    toast = Toast(
      text: text,
      isRefusal: isRefusal,
      until: now.advanced(bySeconds: Limits.toastSeconds)
    )
    touch()
  }

  mutating func remember(_ entry: Undoable) {
    undoable.removeAll { $0 == entry }
    undoable.append(entry)
    if undoable.count > Limits.undoable { undoable.removeFirst() }
  }
}
