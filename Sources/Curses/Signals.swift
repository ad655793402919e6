import CNcurses
import Dispatch
import Glibc

/// Brings signals to the main actor.
///
/// A C handler writes each caught signal into a pipe, and the pipe is read on the main queue. Unlike
/// ignored signals, caught ones have their default meaning again in a child after exec.
///
/// - Isolation: the main actor.
@MainActor
package final class Signals {
  /// The only one: a process has one set of signal handlers.
  package static let shared = Signals()

  private var handlers: [Int32: @MainActor () -> Void] = [:]
  private let source: (any DispatchSourceRead)?

  private init() {
    let readEnd = guard_signal_pipe()
    guard readEnd >= 0 else {
      source = nil
      return
    }
    let source = DispatchSource.makeReadSource(fileDescriptor: readEnd, queue: .main)
    self.source = source
    source.setEventHandler { [weak self] in
      MainActor.assumeIsolated { self?.drain(readEnd) }
    }
    source.activate()
  }

  /// Catches a signal from now on and calls `handler` for it, in place of an earlier handler.
  package func onSignal(_ signal: Int32, _ handler: @escaping @MainActor () -> Void) {
    // Without a pipe the signal keeps its default meaning: the process still ends on it.
    guard source != nil else { return }
    handlers[signal] = handler
    guard_catch_signal(signal)
  }

  /// Gives a signal its default meaning again.
  package func release(_ signal: Int32) {
    handlers[signal] = nil
    guard_default_signal(signal)
  }

  private func drain(_ readEnd: Int32) {
    var caught: [Int32] = []
    while true {
      let signal = guard_next_signal(readEnd)
      if signal == 0 { break }
      caught.append(signal)
    }
    // A shell that ends a stopped job sends SIGTERM and SIGCONT: the first must be known when the
    // second is handled, in whatever order they came.
    for signal in caught where signal != SIGCONT { handlers[signal]?() }
    if caught.contains(SIGCONT) { handlers[SIGCONT]?() }
  }
}
