package import Canvas
import CNcurses
import Dispatch
import Glibc

/// The terminal while the dashboard is on it.
///
/// From ``open(_:)`` to ``close()`` the terminal is in raw mode on its other screen; in every way
/// out, crashes included, it is left as it was found. Standard error is held back meanwhile and
/// written when the terminal is free again.
///
/// - Isolation: the main actor; ncurses is not re-entrant.
@MainActor
package final class Terminal {
  /// How long a lone escape character waits for the rest of a key's sequence.
  static let escapeMilliseconds: Int32 = 25
  /// What is kept of standard error while the terminal is taken.
  static let heldErrorBytesLimit = 1 << 20
  /// After so long without having been stopped, nobody can stop us: the suspension is over.
  static let stopPatienceMilliseconds = 250

  /// Why the dashboard is asked to end.
  package enum QuitCause: Sendable, Hashable {
    /// Somebody sent INT or TERM.
    case asked
    /// The terminal is gone.
    case hungUp
  }

  private enum State {
    case active
    case suspended
    case closed
  }

  package let kind: TerminalKind
  /// How many columns and rows there are now.
  package private(set) var size: Size
  /// How many colours are in use.
  package var depth: ColorDepth { kind.depth }

  private let input: Int32
  private let output: Int32
  private var state = State.active
  private var isAskedToQuit = false
  private var painter: Painter
  private var reader: KeyReader
  private let keySource: any DispatchSourceRead
  /// What ``background(_:environment:)`` left for ``open(_:)``.
  static var before = BeforeOpen()
  private var keyHandler: (@MainActor (Key) -> Void)?
  private var resizeHandler: (@MainActor (Size) -> Void)?
  private var quitHandler: (@MainActor (QuitCause) -> Void)?

  /// Takes the terminal over.
  ///
  /// - Throws: ``TerminalError``; the terminal is then as it was.
  package static func open(_ options: TerminalOptions) throws(TerminalError) -> Terminal {
    do {
      return try opened(options)
    } catch {
      // It may have been asked something before.
      guard_restore_modes()
      guard_disarm()
      throw error
    }
  }

  private static func opened(_ options: TerminalOptions) throws(TerminalError) -> Terminal {
    let kind = try TerminalKind.choose(options)
    let output = STDOUT_FILENO
    let input = try inputDescriptor()
    guard guard_wait_for_foreground(input) else { throw .inBackground }
    if options.isASCII { curses_only_ascii() }
    guard curses_open(kind.name, input, output, escapeMilliseconds, options.hasMouse) else {
      throw .refused(name: kind.name)
    }
    guard_install_crash_handler()
    // Where memory cannot be had for it, standard error stays what it is: some lines may then
    // appear on the screen.
    _ = guard_hold_standard_error()
    return Terminal(kind: kind, theme: options.theme, input: input, output: output)
  }

  /// Chooses the character set from the environment, once and before ``open(_:)``.
  ///
  /// - Returns: Whether it is UTF-8; when not, only ASCII can be shown.
  package static func chooseCharacterSet() -> Bool {
    curses_choose_locale()
  }

  /// Returns the size of the terminal that standard output is; nil when it is none, or does not say.
  package static func windowSize() -> Size? {
    var columns: Int32 = 0
    var rows: Int32 = 0
    guard curses_window_size(STDOUT_FILENO, &columns, &rows) else { return nil }
    return Size(columns: Int(columns), rows: Int(rows))
  }

  static func inputDescriptor() throws(TerminalError) -> Int32 {
    guard isatty(STDOUT_FILENO) == 1 else { throw .notATerminal }
    if isatty(STDIN_FILENO) == 1 { return STDIN_FILENO }
    let terminal = Glibc.open("/dev/tty", O_RDWR | O_CLOEXEC)
    guard terminal >= 0 else { throw .notATerminal }
    return terminal
  }

  private init(kind: TerminalKind, theme: Theme, input: Int32, output: Int32) {
    self.kind = kind
    self.input = input
    self.output = output
    painter = Painter(palette: Palette(theme: theme, kind: kind))
    reader = KeyReader(typedAhead: Self.before.typed)
    if curses_ask_for_frames() || Self.before.isAnswerDue {
      reader.expectAnswers(now: monotonicNanoseconds())
    }
    size = Size(columns: Int(curses_columns()), rows: Int(curses_rows()))
    keySource = DispatchSource.makeReadSource(fileDescriptor: input, queue: .main)
    keySource.setEventHandler { [weak self] in
      MainActor.assumeIsolated { self?.readKeys() }
    }
    keySource.activate()
    Signals.shared.onSignal(SIGWINCH) { [weak self] in self?.windowChanged() }
    Signals.shared.onSignal(SIGTSTP) { [weak self] in self?.stop(wholeJob: false) }
    Signals.shared.onSignal(SIGCONT) { [weak self] in self?.continued() }
    Signals.shared.onSignal(SIGINT) { [weak self] in self?.askedToQuit(.asked) }
    Signals.shared.onSignal(SIGTERM) { [weak self] in self?.askedToQuit(.asked) }
    Signals.shared.onSignal(SIGHUP) { [weak self] in self?.askedToQuit(.hungUp) }
  }

  // MARK: - What happens

  /// Calls `handler` for every key from now on.
  package func onKey(_ handler: @escaping @MainActor (Key) -> Void) {
    keyHandler = handler
    guard !Self.before.typed.isEmpty else { return }
    Self.before.typed = []
    DispatchQueue.main.async { [weak self] in
      MainActor.assumeIsolated { self?.readKeys() }
    }
  }

  /// Calls `handler` when the size has changed; the screen is empty then.
  package func onResize(_ handler: @escaping @MainActor (Size) -> Void) {
    resizeHandler = handler
  }

  /// Calls `handler` when the process is asked to end (INT, TERM, HUP) or the terminal hung up.
  package func onQuit(_ handler: @escaping @MainActor (QuitCause) -> Void) {
    quitHandler = handler
  }

  private func readKeys() {
    guard state == .active else { return }
    var isEmpty = true
    while state == .active,
      let key = reader.next(now: monotonicNanoseconds(), read: { curses_read_key() })
    {
      isEmpty = false
      keyHandler?(key)
    }
    for answer in reader.takeAnswers() {
      isEmpty = false
      if answer == .frames(true) { curses_use_frames() }
    }
    guard isEmpty, state == .active, curses_has_hung_up(input) else { return }
    // A terminal that is gone is readable for ever.
    keySource.cancel()
    quitHandler?(.hungUp)
  }

  private func askedToQuit(_ cause: QuitCause) {
    isAskedToQuit = true
    quitHandler?(cause)
  }

  private func windowChanged() {
    guard state == .active else { return }
    var columns: Int32 = 0
    var rows: Int32 = 0
    guard curses_window_size(output, &columns, &rows) else { return }
    let next = Size(columns: Int(columns), rows: Int(rows))
    guard next != size else { return }
    size = next
    curses_resize(columns, rows)
    painter.forget()
    resizeHandler?(next)
  }

  /// Whether the terminal is ours now.
  var isActive: Bool { state == .active }

  // MARK: - Painting

  /// Shows a grid; only what changed is written.
  package func paint(_ grid: Grid) {
    guard state == .active else { return }
    guard_current_thread()
    guard_trim_standard_error(Self.heldErrorBytesLimit)
    painter.paint(grid)
  }

  /// Draws with another theme from now on; the next paint writes the whole screen.
  package func use(_ theme: Theme) {
    guard state == .active else { return }
    painter.use(Palette(theme: theme, kind: kind))
  }

  /// Writes the whole screen again, after something else wrote on it.
  package func repaint() {
    guard state == .active else { return }
    let grid = painter.current
    painter.forget()
    if let grid { painter.paint(grid) }
  }

  /// Rings the terminal's bell.
  package func ring() {
    guard state == .active else { return }
    curses_ring()
  }

  // MARK: - Leaving

  /// Gives the terminal back and stops the job, as Ctrl-Z does elsewhere; `fg` continues it.
  package func suspend() {
    stop(wholeJob: true)
  }

  private func stop(wholeJob: Bool) {
    guard state == .active, !isAskedToQuit else { return }
    state = .suspended
    keySource.suspend()
    curses_leave()
    halt(SIGTSTP, wholeJob: wholeJob)
  }

  private func halt(_ signal: Int32, wholeJob: Bool) {
    // Who was asked to end must not stop again on the way.
    guard !isAskedToQuit else { return }
    guard_stop(signal, wholeJob)
    let patience = DispatchTimeInterval.milliseconds(Self.stopPatienceMilliseconds)
    DispatchQueue.main.asyncAfter(deadline: .now() + patience) { [weak self] in
      MainActor.assumeIsolated { self?.resume() }
    }
  }

  /// SIGCONT came: after our own suspension, or after a SIGSTOP that nobody could catch.
  private func continued() {
    switch state {
    case .suspended:
      resume()
    case .active:
      if guard_is_in_background(input) {
        state = .suspended
        keySource.suspend()
        curses_abandon()
        halt(SIGTTIN, wholeJob: true)
      } else {
        curses_reclaim()
        windowChanged()
        repaint()
      }
    case .closed:
      return
    }
  }

  private func resume() {
    guard state == .suspended else { return }
    if guard_is_in_background(input) {
      // `bg`: the terminal belongs to the shell, so stop again, as a read from it would.
      halt(SIGTTIN, wholeJob: true)
      return
    }
    state = .active
    guard_catch_signal(SIGTSTP)
    curses_return()
    keySource.resume()
    windowChanged()
    repaint()
  }

  /// Gives the terminal back for good, as it was found; more calls do nothing.
  package func close() {
    switch state {
    case .closed:
      return
    case .active:
      keySource.cancel()
    case .suspended:
      keySource.resume()
      keySource.cancel()
    }
    state = .closed
    curses_close()
    guard_release_standard_error()
    for signal in [SIGWINCH, SIGTSTP, SIGCONT] {
      Signals.shared.release(signal)
    }
  }
}

/// Nanoseconds of a clock that never jumps.
func monotonicNanoseconds() -> UInt64 {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}
