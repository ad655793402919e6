import Dispatch
import Glibc

/// Notices the end of the program that has started this one: its end of our standard input closes.
///
/// The system closes it however the other program ends, a kill included.
///
/// - Isolation: the main actor.
@MainActor
final class ParentWatch {
  private let source: any DispatchSourceRead

  /// - Parameter onEnd: Called when standard input has ended; maybe more than once.
  init(_ onEnd: @escaping @MainActor () -> Void) {
    source = DispatchSource.makeReadSource(fileDescriptor: STDIN_FILENO, queue: .main)
    source.setEventHandler {
      var bytes: [UInt8] = [0, 0, 0, 0]
      // Safe: the buffer is as long as is said, and is not kept. What comes means nothing.
      let count = bytes.withUnsafeMutableBytes { read(STDIN_FILENO, $0.baseAddress, $0.count) }
      guard count <= 0, !(count < 0 && (errno == EINTR || errno == EAGAIN)) else { return }
      MainActor.assumeIsolated { onEnd() }
    }
    source.activate()
  }

  /// Looks no more.
  func end() {
    source.cancel()
  }
}
