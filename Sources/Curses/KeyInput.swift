package import Canvas
import CNcurses
import Dispatch
import Glibc

/// Standard input of a program that draws no screen: single keys of a terminal, or the end of a pipe.
///
/// Ctrl-C and Ctrl-Z keep their meaning. However the program ends, the terminal's modes are as they
/// were.
///
/// - Isolation: the main actor.
@MainActor
package final class KeyInput {
  private static let readBytes = 256

  private let input = STDIN_FILENO
  private let isTerminal: Bool
  private var source: (any DispatchSourceRead)?
  private let onKey: @MainActor (Key) -> Void
  private let onEnd: @MainActor () -> Void

  /// Starts to read.
  ///
  /// - Parameters:
  ///   - onKey: Receives each key of a terminal; what comes through a pipe is no key.
  ///   - onEnd: Is called when nothing more can come. Of a file nothing is read, and it has no end
  ///     here: without a person a program begins with `/dev/null`.
  package init(
    onKey: @escaping @MainActor (Key) -> Void,
    onEnd: @escaping @MainActor () -> Void
  ) {
    self.onKey = onKey
    self.onEnd = onEnd
    isTerminal = isatty(input) == 1
    guard isTerminal ? guard_take_keys(input) : Self.isPipe(input) else { return }
    let source = DispatchSource.makeReadSource(fileDescriptor: input, queue: .main)
    source.setEventHandler { [weak self] in
      MainActor.assumeIsolated { self?.read() }
    }
    source.activate()
    self.source = source
    guard isTerminal else { return }
    Signals.shared.onSignal(SIGTSTP) { [weak self] in self?.stop() }
    Signals.shared.onSignal(SIGCONT) { [weak self] in self?.continued() }
  }

  /// Gives the terminal back; more calls do nothing.
  package func close() {
    guard let source else { return }
    source.cancel()
    self.source = nil
    guard isTerminal else { return }
    guard_restore_modes()
    guard_disarm()
    for signal in [SIGTSTP, SIGCONT] { Signals.shared.release(signal) }
  }

  private static func isPipe(_ descriptor: Int32) -> Bool {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return false }
    return [S_IFIFO, S_IFSOCK].contains(status.st_mode & S_IFMT)
  }

  private func read() {
    guard source != nil else { return }
    var bytes = [UInt8](repeating: 0, count: Self.readBytes)
    let count = Glibc.read(input, &bytes, bytes.count)
    if count < 0, errno == EINTR || errno == EAGAIN { return }
    guard count > 0 else {
      close()
      return onEnd()
    }
    guard isTerminal else { return }
    var reader = KeyReader(typedAhead: Array(bytes.prefix(count)))
    while let key = reader.next(now: monotonicNanoseconds(), read: { curses_key() }) { onKey(key) }
  }

  private func stop() {
    guard_restore_modes()
    guard_stop(SIGTSTP, true)
  }

  private func continued() {
    guard source != nil else { return }
    guard_catch_signal(SIGTSTP)
    // In the background the keys are the shell's, until the next time.
    _ = guard_take_keys(input)
  }
}
