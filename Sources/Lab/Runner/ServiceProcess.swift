import AMQPClient
import Subprocess
import Synchronization
import SystemPackage
import Telemetry

/// One child process of the lab, from its start to its end.
///
/// It has a process group of its own: what the terminal sends to the dashboard's group (Ctrl-C,
/// Ctrl-Z, the hang-up) does not reach it, so that the dashboard alone decides. It cannot outlive
/// the dashboard, because it ends with its standard input, whose other end only this process has.
final class ServiceProcess: Sendable {
  private struct State {
    var kill: (@Sendable () -> Bool)?
    /// While it is set the lines are read at once, not now and then.
    var isHurried = true
    /// Whether a turn of the knob is not in force yet.
    var isAwaitingKnob = false
    /// The pause before the next read.
    var pause: Task<Void, Never>?
  }

  let arguments: ServiceArguments
  private let commands: AsyncStream<ServiceCommand>
  private let input: AsyncStream<ServiceCommand>.Continuation
  private let state = Mutex(State())

  init(arguments: ServiceArguments) {
    self.arguments = arguments
    (commands, input) = AsyncStream.makeStream(
      bufferingPolicy: .bufferingNewest(Limits.pendingCommands)
    )
  }

  /// Writes a command to the process, now or as soon as it reads.
  func send(_ command: ServiceCommand) {
    input.yield(command)
  }

  /// Has every further line read as soon as it comes.
  func hurry() {
    state.withLock { state in
      state.isHurried = true
      state.pause?.cancel()
    }
  }

  /// Whether a turn of the knob is not in force yet.
  var isAwaitingKnob: Bool { state.withLock(\.isAwaitingKnob) }

  /// A turn of the knob is on its way.
  func expectKnob() {
    state.withLock { $0.isAwaitingKnob = true }
  }

  /// The process says that the knob's new value is in force.
  func knobIsTurned() {
    state.withLock { $0.isAwaitingKnob = false }
  }

  /// Tells the process to finish and end.
  func stop() {
    hurry()
    input.yield(.stop)
    input.finish()
  }

  /// Kills the process with SIGKILL; false when it is not there.
  func kill() -> Bool {
    hurry()
    return state.withLock { $0.kill?() ?? false }
  }

  /// Runs the process to its end.
  ///
  /// - Parameters:
  ///   - executable: The path of the program.
  ///   - onEvent: Called for each of its lines, in order, all of them before the return.
  /// - Returns: How it ended, as the rest of a sentence: `ended with exit code 1`.
  func run(
    executable: String,
    onEvent: @escaping @Sendable (ServiceEvent) -> Void
  ) async -> String {
    var options = PlatformOptions()
    options.processGroupID = 0
    let environment = Environment.inherit.updating([
      // A crashing child would hold its pipes open while it draws its backtrace.
      "SWIFT_BACKTRACE": "enable=no",
      Environment.Key(stringLiteral: ServiceArguments.passwordVariable):
        arguments.endpoints[0].password,
    ])
    do {
      let result = try await Subprocess.run(
        .path(FilePath(executable)),
        arguments: Arguments(["lab-service"] + arguments.commandLine),
        environment: environment,
        platformOptions: options,
        input: .inputWriter,
        output: .sequence,
        error: .discarded
      ) { execution in
        await self.attend(execution, onEvent)
      }
      switch result.terminationStatus {
      case .exited(let code): return "ended with exit code \(code)"
      case .signaled(let signal): return "was ended by signal \(signal)"
      }
    } catch {
      return "could not be started: \(error)"
    }
  }

  /// Feeds the process its commands and reads its lines until its output ends.
  private func attend(
    _ execution: Execution<CustomWriteInput, SequenceOutput, DiscardedOutput>,
    _ onEvent: @escaping @Sendable (ServiceEvent) -> Void
  ) async {
    state.withLock { state in
      state.kill = {
        do {
          try execution.send(signal: .kill)
          return true
        } catch {
          return false
        }
      }
    }
    let feeding = Task {
      for await command in commands {
        // A process that is gone reads nothing; its end is seen on its output.
        _ = try? await execution.standardInputWriter.write(command.line + [UInt8(ascii: "\n")])
      }
      // An input that cannot be closed has been closed already.
      try? await execution.standardInputWriter.finish()
    }
    await read(execution.standardOutput, onEvent)
    // The execution may not be used after the return.
    state.withLock { $0.kill = nil }
    input.finish()
    feeding.cancel()
    await feeding.value
  }

  private func read(
    _ output: SubprocessOutputSequence,
    _ onEvent: @Sendable (ServiceEvent) -> Void
  ) async {
    var lines = LineSplitter()
    do {
      for try await buffer in output {
        // Safe: the bytes are copied before the call returns.
        let bytes = buffer.withUnsafeBytes { [UInt8]($0) }
        for line in lines.append(bytes) {
          guard let event = ServiceEvent(line: line) else { continue }
          onEvent(event)
          if case .ready = event { state.withLock { $0.isHurried = false } }
        }
        await pause()
      }
    } catch {
      // An output that cannot be read is an output that has ended.
    }
  }

  /// Lets lines gather in the pipe, unless somebody is in a hurry.
  ///
  /// Pauses end at the same instants for all processes, so that one wake-up serves them all.
  private func pause() async {
    let interval = Int64(Limits.readPause.milliseconds) * 1_000_000
    let rest = interval - MonotonicClock.now().nanoseconds % interval
    let pause = state.withLock { state -> Task<Void, Never>? in
      guard !state.isHurried else { return nil }
      let pause = Task {
        // It fails when it is cancelled, which ends the pause.
        _ = try? await Task.sleep(for: .nanoseconds(rest))
      }
      state.pause = pause
      return pause
    }
    await pause?.value
  }
}
