import AMQPServer
import Canvas
import Dashboard
import Diagnosis
import Glibc
import JSONText
import Subprocess
import SystemPackage
import Telemetry

/// Runs a person's command for findings, one after the other and never in anybody's way.
///
/// The command's standard input is a pipe that the finding is in already; what it says is thrown
/// away.
///
/// - Isolation: the main actor.
@MainActor
final class AlertCommand {
  /// Findings that wait for their turn; more are only counted.
  static let queueLimit = 16
  /// A command that runs for longer is killed, and whatever it started in its group.
  static let patienceSeconds = 30

  private let command: String
  /// Gets one line about what went wrong.
  private let complain: @MainActor (String) -> Void
  private var queue: [FindingRecord] = []
  private var leftOut = 0
  private var running: Running?
  private var hasEnded = false

  /// The one command that there is.
  private struct Running {
    /// Leads a group of its own; nil until it has started.
    var process: pid_t?
    var isOverdue = false
  }

  /// - Parameters:
  ///   - command: For `/bin/sh -c`.
  ///   - complain: Gets one line about what went wrong.
  init(_ command: String, complain: @escaping @MainActor (String) -> Void) {
    self.command = command
    self.complain = complain
  }

  /// Makes the one of a dashboard, which tells its failures as events; nil when none is wanted.
  static func make(_ plan: DashboardPlan, _ backstage: Backstage) -> AlertCommand? {
    plan.alertCommand.map { command in
      AlertCommand(command) { text in
        Task { _ = await backstage.tell(.record(text: text, severity: .warning)) }
      }
    }
  }

  /// Runs the command for a finding, when those before it are done.
  func run(_ finding: FindingRecord) {
    if hasEnded { return }
    guard queue.count < Self.queueLimit else {
      leftOut += 1
      return
    }
    queue.append(finding)
    if running == nil { next() }
  }

  /// Kills what still runs; nothing is run any more.
  func end() {
    hasEnded = true
    queue = []
    if let process = running?.process { kill(-process, SIGKILL) }
  }

  private func next() {
    if leftOut > 0, queue.isEmpty {
      complain("--on-alert: \(leftOut) findings were not told: too many came at once")
      leftOut = 0
    }
    if queue.isEmpty || hasEnded { return }
    let finding = queue.removeFirst()
    running = Running()
    Task {
      let deadline = Task {
        // It fails when it is cancelled, and then nothing is overdue.
        try await Task.sleep(for: .seconds(Self.patienceSeconds))
        isOverdue()
      }
      let failure = await ShellProcess.run(
        command,
        input: finding.json.bytes + Array("\n".utf8)
      ) { process in
        await self.started(process)
      }
      deadline.cancel()
      ended(failure)
    }
  }

  private func started(_ process: pid_t) {
    running?.process = process
    if hasEnded { kill(-process, SIGKILL) }
  }

  private func isOverdue() {
    guard let process = running?.process else { return }
    running?.isOverdue = true
    kill(-process, SIGKILL)
  }

  private func ended(_ failure: String?) {
    let wasOverdue = running?.isOverdue == true
    running = nil
    if hasEnded { return }
    if wasOverdue {
      complain("--on-alert: the command ran for \(Self.patienceSeconds) s and was killed")
    } else if let failure {
      complain("--on-alert: \(failure)")
    }
    next()
  }
}

/// `/bin/sh -c` as a process that nobody hears.
private enum ShellProcess {
  /// Runs a command in a group of its own to its end.
  ///
  /// - Parameters:
  ///   - command: What the shell is to run.
  ///   - input: What it reads; less than a pipe holds (64 KiB), so that one that reads nothing holds
  ///     nobody up.
  ///   - onStart: Gets the process.
  /// - Returns: What was wrong with it; nil when all was well.
  static func run(
    _ command: String,
    input: [UInt8],
    onStart: @escaping @Sendable (pid_t) async -> Void
  ) async -> String? {
    let reading: FileDescriptor
    do {
      reading = try filledPipe(input)
    } catch {
      return "its input cannot be written: \(error)"
    }
    var options = PlatformOptions()
    options.processGroupID = 0
    do {
      let result = try await Subprocess.run(
        .path("/bin/sh"),
        arguments: ["-c", command],
        platformOptions: options,
        input: .fileDescriptor(reading, closeAfterSpawningProcess: true),
        output: .discarded,
        error: .discarded
      ) { execution in
        await onStart(execution.processIdentifier.value)
      }
      switch result.terminationStatus {
      case .exited(0): return nil
      case .exited(let code): return "the command ended with \(code)"
      case .signaled(let signal): return "the command was ended by signal \(signal)"
      }
    } catch {
      return "/bin/sh cannot be started: \(error)"
    }
  }

  /// Makes a pipe that has something in it and gets no more.
  ///
  /// - Returns: The end that is read.
  /// - Throws: `Errno`, also when the pipe does not hold all of it: nobody waits for a reader.
  private static func filledPipe(_ bytes: [UInt8]) throws -> FileDescriptor {
    let (reading, writing) = try FileDescriptor.pipe()
    do {
      try writing.closeAfter {
        _ = fcntl(writing.rawValue, F_SETFL, O_NONBLOCK)
        _ = try writing.writeAll(bytes)
      }
      return reading
    } catch {
      // It was only just made; what cannot be closed stays open.
      try? reading.close()
      throw error
    }
  }
}
