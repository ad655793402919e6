package import Canvas
import Telemetry

/// All that the dashboard knows: what it was told, and where the person is in it.
///
/// ``update(_:_:)`` is the only thing that changes it, ``render(_:)`` only reads it.
package struct Model: Sendable {
  package internal(set) var size: Size
  package let options: ViewOptions
  /// Whether something visible changed since ``markDrawn()``.
  package private(set) var isDirty = true

  var live: Picture
  /// The picture that the person keeps, and since when.
  var frozen: (picture: Picture, at: Instant)?
  var now = Instant.zero
  var wallNow: WallTime?
  var screen = Screen.overview
  var focus = Panel.queues
  var cursors: [Panel: Cursor] = [:]
  /// The first line of the help text that is shown.
  var helpTop = 0
  var toast: Toast?
  /// What `u` takes back, the newest last, at most ``Limits/undoable``.
  var undoable: [Undoable] = []
  var pendingLoad: Pending<Double>?
  var pendingMode: Pending<CallMode>?
  /// Whether the person was told that `k` does not kill.
  var hasToldAboutK = false

  /// Makes a dashboard that was told nothing yet.
  ///
  /// - Parameters:
  ///   - size: The terminal's.
  ///   - options: Fixed for its life.
  package init(size: Size, options: ViewOptions = ViewOptions()) {
    self.size = size
    self.options = options
    live = Picture(refreshSeconds: options.refreshSeconds)
  }

  /// Says that the screen now shows what ``render(_:)`` returned.
  package mutating func markDrawn() {
    isDirty = false
  }

  /// Says that something visible changed.
  mutating func touch() {
    isDirty = true
  }

  /// What the screen shows: the frozen picture, else the live one.
  var shown: Picture { frozen?.picture ?? live }

  var glyphs: Glyphs { options.glyphs }

  /// The screens that there are.
  enum Screen: Sendable, Hashable {
    case overview
    case help
  }

  /// Where the cursor of a panel is.
  struct Cursor: Sendable, Hashable {
    var identity: RowIdentity?
    /// Where the row is, or was when it went away.
    var index = 0
    /// The first row that is shown.
    var top = 0
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
  }

  /// A wish that the lab has not yet confirmed.
  struct Pending<Value: Sendable & Hashable>: Sendable, Hashable {
    var value: Value
    var until: Instant
  }
}

extension Model {
  /// The load that was asked for last, else the one that the lab has.
  var load: Double { pendingLoad?.value ?? live.lab?.offeredPerSecond ?? 0 }

  /// The mode that was asked for last, else the one that the lab has.
  var mode: CallMode? { pendingMode?.value ?? live.lab?.mode }

  /// Whether customers come.
  var isLabRunning: Bool { live.lab?.state == .running }

  /// Seconds since the newest snapshot; nil before the first one.
  var dataAge: Double? {
    live.broker.map { max(0, now.seconds(since: $0.at)) }
  }

  /// Whether the newest snapshot is too old to be trusted.
  var isStale: Bool {
    (dataAge ?? 0) > max(Limits.staleSeconds, Limits.staleRefreshes * options.refreshSeconds)
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
