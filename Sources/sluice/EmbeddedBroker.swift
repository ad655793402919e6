import Canvas
import Subprocess
import Synchronization
import SystemPackage

/// The broker of this program as a process of its own, for as long as it is wanted.
///
/// It has a process group of its own, so that a Ctrl-C reaches only us and we decide when it ends.
/// It cannot outlive us: it ends with its standard input, whose other end only we have, and removes
/// its data then.
final class EmbeddedBroker: Sendable {
  /// Why it did not start, in one line.
  struct Problem: Error {
    var text: String
  }

  private struct State {
    var kill: (@Sendable () -> Void)?
    var lastLine = ""
    var readiness: CheckedContinuation<Int?, Never>?
    var port: Int?
    var hasEnded = false
  }

  private static let startPatience = Duration.seconds(20)
  private static let stopPatience = Duration.seconds(10)

  private let state = Mutex(State())
  private let stops: AsyncStream<Void>
  private let stop: AsyncStream<Void>.Continuation
  private let running = Mutex<Task<Void, Never>?>(nil)

  private init() {
    (stops, stop) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  /// Starts one on a free port of 127.0.0.1 and waits until it listens.
  ///
  /// - Returns: The broker and its port.
  /// - Throws: ``Problem``.
  static func start() async throws(Problem) -> (broker: EmbeddedBroker, port: Int) {
    let broker = EmbeddedBroker()
    let task = Task { await broker.run() }
    broker.running.withLock { $0 = task }
    let deadline = Task {
      // It fails when it is cancelled because the broker is there.
      guard (try? await Task.sleep(for: startPatience)) != nil else { return }
      broker.kill()
    }
    let port = await broker.waitForPort()
    deadline.cancel()
    guard let port else {
      await broker.end()
      let line = broker.state.withLock(\.lastLine)
      let reason = line.isEmpty ? "it said nothing" : SafeText.clean(line)
      throw Problem(text: "the embedded broker did not start: \(reason)")
    }
    return (broker, port)
  }

  /// Stops it and waits for its end; a broker that does not end in time is killed.
  ///
  /// A cancelled task waits too.
  func end() async {
    stop.finish()
    let running = running.withLock { $0 }
    let deadline = Task.detached {
      // It fails when it is cancelled because the broker has ended.
      guard (try? await Task.sleep(for: Self.stopPatience)) != nil else { return }
      self.kill()
    }
    await running?.value
    deadline.cancel()
  }

  private func kill() {
    let kill = state.withLock(\.kill)
    kill?()
  }

  private func run() async {
    var options = PlatformOptions()
    options.processGroupID = 0
    do {
      _ = try await Subprocess.run(
        .path(FilePath(Environment.executable)),
        arguments: ["serve", "--amqp-port", "0", "--no-management", "--as-child"],
        // A crashing child would hold its pipes open while it draws its backtrace.
        environment: .inherit.updating(["SWIFT_BACKTRACE": "enable=no"]),
        platformOptions: options,
        input: .inputWriter,
        output: .sequence,
        error: .combinedWithOutput
      ) { execution in
        await self.attend(execution)
      }
    } catch {
      state.withLock { $0.lastLine = "\(error)" }
    }
    ready(nil)
  }

  private func attend(
    _ execution: Execution<CustomWriteInput, SequenceOutput, CombinedErrorOutput>
  ) async {
    state.withLock { state in
      state.kill = {
        // A process that cannot be killed is gone.
        try? execution.send(signal: .kill)
      }
    }
    let stopping = Task {
      for await _ in stops {}
      // An input that cannot be closed has been closed already.
      try? await execution.standardInputWriter.finish()
    }
    var rest: [UInt8] = []
    do {
      for try await buffer in execution.standardOutput {
        // Safe: the bytes are copied before the call returns.
        rest += buffer.withUnsafeBytes { [UInt8]($0) }
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
          said(String(decoding: rest[..<end], as: UTF8.self))
          rest.removeSubrange(...end)
        }
        // A line without an end is none of ours.
        if rest.count > Self.lineBytesLimit { rest = [] }
      }
    } catch {
      // An output that cannot be read is an output that has ended.
    }
    state.withLock { $0.kill = nil }
    stop.finish()
    await stopping.value
  }

  private static let lineBytesLimit = 65_536

  private func said(_ line: String) {
    state.withLock { $0.lastLine = line }
    let mark = "ready amqp=127.0.0.1:"
    guard line.hasPrefix(mark) else { return }
    ready(Int(line.dropFirst(mark.count).prefix { $0 != " " }))
  }

  /// It listens; or it has ended, with nil.
  private func ready(_ port: Int?) {
    let waiting = state.withLock { state in
      if let port { state.port = port } else { state.hasEnded = true }
      defer { state.readiness = nil }
      return state.readiness
    }
    waiting?.resume(returning: port)
  }

  private func waitForPort() async -> Int? {
    await withCheckedContinuation { continuation in
      let known = state.withLock { state -> Int?? in
        if let port = state.port { return .some(port) }
        if state.hasEnded { return .some(nil) }
        state.readiness = continuation
        return nil
      }
      if let known { continuation.resume(returning: known) }
    }
  }
}
