import Foundation
import Glibc
import Synchronization

/// Reads a descriptor on a thread of its own and keeps what comes.
package final class CollectedOutput: Sendable {
  /// What a program may write in one test; more than that fails it instead of filling memory.
  package static let bytesLimit = 64 * 1_024 * 1_024

  private struct State {
    var bytes: [UInt8] = []
    var hasEnded = false
  }

  private let state = Mutex(State())
  private let gate = Gate()

  /// Takes over the descriptor and closes it at the end of its stream.
  package init(reading descriptor: Int32) {
    Thread.detachNewThread { [self] in
      var chunk = [UInt8](repeating: 0, count: 65_536)
      while true {
        gate.pass()
        let count = read(descriptor, &chunk, chunk.count)
        if count < 0, errno == EINTR { continue }
        // A pseudo-terminal reports the end as EIO.
        guard count > 0, append(chunk[..<count]) else { break }
      }
      close(descriptor)
      state.withLock { $0.hasEnded = true }
    }
  }

  /// Reads nothing from now on, as a terminal behind a dead connection: what the system does not
  /// hold stays with the program.
  package func pause() { gate.isOpen = false }

  /// Reads on.
  package func resume() { gate.isOpen = true }

  /// Everything so far.
  package var bytes: [UInt8] { state.withLock { $0.bytes } }
  /// Everything so far as text, invalid bytes replaced.
  package var text: String { String(decoding: bytes, as: UTF8.self) }
  /// How much has come so far.
  package var count: Int { state.withLock { $0.bytes.count } }
  /// Whether the other side has closed.
  package var hasEnded: Bool { state.withLock { $0.hasEnded } }

  /// Drops bytes from the end.
  func removeLast(_ count: Int) {
    state.withLock { $0.bytes.removeLast(min(count, $0.bytes.count)) }
  }

  private func append(_ chunk: ArraySlice<UInt8>) -> Bool {
    state.withLock { state in
      guard state.bytes.count + chunk.count <= Self.bytesLimit else { return false }
      state.bytes += chunk
      return true
    }
  }
}

/// A thread that comes to it waits until it is open.
private final class Gate: Sendable {
  private let condition = NSCondition()
  private let state = Mutex(true)

  var isOpen: Bool {
    get { state.withLock { $0 } }
    set {
      condition.lock()
      state.withLock { $0 = newValue }
      condition.broadcast()
      condition.unlock()
    }
  }

  func pass() {
    condition.lock()
    while !isOpen { condition.wait() }
    condition.unlock()
  }
}
