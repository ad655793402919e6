import CPseudoTerminal
import Glibc
import Synchronization

/// How a program ended.
package enum Termination: Sendable, Hashable {
  case exited(Int32)
  case signalled(Int32)
}

/// A program could not be started.
package struct SpawnError: Error, CustomStringConvertible {
  package let description: String
}

/// A running program and the only one that collects its end.
///
/// Losing the last reference kills the program and its process group.
package final class Child: Sendable {
  /// Also the identifier of its process group.
  package let processIdentifier: Int32
  private let termination = Mutex<Termination?>(nil)

  /// Starts a program.
  ///
  /// - Parameters:
  ///   - path: Its file.
  ///   - arguments: Without the program's name.
  ///   - environment: All of it; nothing is inherited.
  ///   - descriptors: Its standard input, output and error.
  ///   - hasControllingTerminal: Whether it leads a session on the terminal of its input.
  /// - Throws: ``SpawnError`` when there is no room for another process.
  package init(
    path: String,
    arguments: [String],
    environment: [String: String],
    descriptors: [Int32],
    hasControllingTerminal: Bool = false
  ) throws {
    let process = withCStrings([path] + arguments) { arguments in
      withCStrings(environment.map { "\($0.key)=\($0.value)" }) { environment in
        cpt_spawn(path, arguments, environment, descriptors, hasControllingTerminal)
      }
    }
    guard process > 0 else {
      throw SpawnError(description: "\(path): \(String(cString: strerror(-process)))")
    }
    processIdentifier = process
  }

  deinit {
    guard end == nil else { return }
    kill(-processIdentifier, SIGKILL)
    kill(processIdentifier, SIGKILL)
    var status: Int32 = 0
    waitpid(processIdentifier, &status, 0)
  }

  /// How it ended; nil while it runs.
  package var end: Termination? {
    termination.withLock { termination in
      if termination == nil {
        let found = cpt_end_of(processIdentifier)
        guard found.has_ended else { return nil }
        termination = found.signal == 0 ? .exited(found.code) : .signalled(found.signal)
      }
      return termination
    }
  }

  /// Sends a signal to the program alone, not to its group.
  package func signal(_ number: Int32) {
    guard end == nil else { return }
    kill(processIdentifier, number)
  }

  /// Waits for its end.
  ///
  /// - Throws: ``DeadlineMissed``; the program then still runs.
  package func waitForEnd(deadline: Duration = .seconds(10)) async throws -> Termination {
    try await wait(for: "end of process \(processIdentifier)", deadline: deadline) { end != nil }
    return end ?? .exited(-1)
  }
}

/// Calls with a null-terminated array of C strings.
// Safe: the strings and the array live until `body` has returned, and nobody keeps them.
private func withCStrings<R>(
  _ strings: [String],
  _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> R
) -> R {
  let copies: [UnsafeMutablePointer<CChar>?] = strings.map { strdup($0) } + [nil]
  defer { copies.forEach { free($0) } }
  return copies.withUnsafeBufferPointer { buffer in
    // An array that ends with nil is never empty.
    guard let first = buffer.baseAddress else { preconditionFailure("the array ends with nil") }
    return body(first)
  }
}
