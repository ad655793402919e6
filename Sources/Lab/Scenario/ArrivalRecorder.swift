import Glibc
import Synchronization
import Telemetry

/// Writes when customers arrive into a file that ``ArrivalFile`` reads.
///
/// What cannot be written ends the recording and nothing else: the run goes on, and
/// ``problem`` says why the file ends early.
///
/// - Isolation: any thread may call.
package final class ArrivalRecorder: Sendable {
  private struct State {
    /// Nil when nothing is written any more.
    var file: Int32?
    /// When customers began to come; nothing is written before.
    var began: Instant?
    var count = 0
    /// The last arrival in the file, in microseconds: a reader wants them in order, and who is
    /// looked at late may have come before a burst that was seen at once.
    var last: Int64 = 0
    var problem: String?
  }

  private let path: String
  private let state: Mutex<State>

  /// Opens the file in place of what was there.
  ///
  /// - Parameter path: Of the file; it is made when it is not there.
  /// - Throws: ``LabError`` with one line that says why it cannot be written.
  package init(path: String) throws(LabError) {
    // A pipe without a reader must not stop us.
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NONBLOCK, 0o644)
    guard file >= 0 else {
      throw LabError(code: .badConfiguration, message: Self.problem(path, errno))
    }
    self.path = path
    state = Mutex(State(file: file))
  }

  /// Why the recording ended before the run, in one line; nil when it did not.
  package var problem: String? { state.withLock(\.problem) }

  /// Customers come from now on; only the first call counts.
  func begin(at now: Instant) {
    state.withLock { state in
      guard state.began == nil else { return }
      state.began = now
      write(Array("# seconds since the beginning, one line for each arrival\n".utf8), &state)
    }
  }

  /// Writes arrivals.
  ///
  /// - Parameters:
  ///   - instants: On the machine's monotonic clock, in nanoseconds.
  ///   - timeScale: How many seconds of the scenario pass in one of the clock; the file has those of
  ///     the scenario.
  func record(_ instants: [Int64], timeScale: Double) {
    state.withLock { state in
      guard state.file != nil, let began = state.began else { return }
      var lines: [UInt8] = []
      for instant in instants {
        let seconds = Instant(nanoseconds: instant).seconds(since: began) * timeScale
        guard state.count < Limits.recordedArrivals, seconds <= Limits.recordedSeconds else {
          write(lines, &state)
          let most = "\(Limits.recordedArrivals) arrivals within \(Int(Limits.recordedSeconds)) s"
          return end(&state, "the recording of arrivals in \(path) is full: it holds \(most)")
        }
        state.count += 1
        state.last = max(state.last, Int64(max(0, seconds) * 1e6))
        let rest = String(state.last % 1_000_000)
        let zeros = String(repeating: "0", count: 6 - rest.utf8.count)
        lines += "\(state.last / 1_000_000).\(zeros)\(rest)\n".utf8
      }
      write(lines, &state)
    }
  }

  /// Closes the file: nobody comes any more.
  func finish() {
    state.withLock { state in
      guard let file = state.file else { return }
      state.file = nil
      if close(file) != 0 { state.problem = Self.problem(path, errno) }
    }
  }

  private func write(_ bytes: [UInt8], _ state: inout State) {
    guard let file = state.file else { return }
    var rest = bytes[...]
    while !rest.isEmpty {
      // Safe: the buffer is only read during the call.
      let written = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { return end(&state, Self.problem(path, errno)) }
      rest = rest.dropFirst(written)
    }
  }

  private func end(_ state: inout State, _ problem: String) {
    if let file = state.file { close(file) }
    state.file = nil
    state.problem = problem
  }

  private static func problem(_ path: String, _ code: Int32) -> String {
    "cannot record arrivals in \(path): \(String(cString: strerror(code)).lowercased())"
  }

  deinit {
    finish()
  }
}
