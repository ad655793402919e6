import AMQPServer
import Canvas
import Dashboard
import Diagnosis
import Dispatch
import Glibc
import JSONText

/// Runs a person's command for findings, one after the other and never in anybody's way.
///
/// The command's standard input is a file in memory with the finding, so that one that reads nothing
/// holds nobody up; what it says is thrown away.
///
/// - Isolation: the main actor; a thread of its own waits for the process.
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
  private let waiting = DispatchQueue(label: "sluice.alert")

  /// The one process that there is.
  private struct Running {
    /// Leads a group of its own.
    var process: pid_t
    var deadline: any DispatchSourceTimer
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
    // What is still `running` has not been reaped, and so its number is still its own.
    if let running { kill(-running.process, SIGKILL) }
  }

  private func next() {
    if leftOut > 0, queue.isEmpty {
      complain("--on-alert: \(leftOut) findings were not told: too many came at once")
      leftOut = 0
    }
    if queue.isEmpty || hasEnded { return }
    let finding = queue.removeFirst()
    switch ShellProcess.start(command, input: finding.json.bytes + Array("\n".utf8)) {
    case .success(let process): wait(for: process)
    case .failure(let reason):
      complain("--on-alert: \(reason.text)")
      next()
    }
  }

  private func wait(for process: pid_t) {
    let deadline = DispatchSource.makeTimerSource(queue: .main)
    deadline.schedule(deadline: .now() + .seconds(Self.patienceSeconds))
    deadline.setEventHandler { [weak self] in
      MainActor.assumeIsolated { self?.isOverdue() }
    }
    deadline.activate()
    running = Running(process: process, deadline: deadline)
    waiting.async {
      ShellProcess.waitForEnd(of: process)
      DispatchQueue.main.async { [weak self] in
        MainActor.assumeIsolated { self?.ended(process) }
      }
    }
  }

  private func isOverdue() {
    guard let running else { return }
    self.running?.isOverdue = true
    kill(-running.process, SIGKILL)
  }

  private func ended(_ process: pid_t) {
    guard let running, running.process == process else { return }
    running.deadline.cancel()
    let end = ShellProcess.end(of: process)
    self.running = nil
    if hasEnded { return }
    if running.isOverdue {
      complain("--on-alert: the command ran for \(Self.patienceSeconds) s and was killed")
    } else if let failure = end {
      complain("--on-alert: the command \(failure)")
    }
    next()
  }
}

/// `/bin/sh -c` as a process that nobody hears.
private enum ShellProcess {
  struct Failure: Error {
    var text: String
  }

  /// Starts a command in a group of its own, with nothing of ours but its standard input.
  ///
  /// - Parameters:
  ///   - command: What the shell is to run.
  ///   - input: What it reads; far less than memory.
  /// - Returns: The process, which is to be waited for.
  static func start(_ command: String, input: [UInt8]) -> Result<pid_t, Failure> {
    let file = memfd_create("sluice-alert", UInt32(MFD_CLOEXEC))
    guard file >= 0 else { return failed("no file for its input", errno) }
    defer { close(file) }
    // Safe: the buffer is only read during the call.
    let written = input.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
    guard written == input.count, lseek(file, 0, SEEK_SET) == 0 else {
      return failed("its input cannot be written", errno)
    }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, file, STDIN_FILENO)
    for output in [STDOUT_FILENO, STDERR_FILENO] {
      posix_spawn_file_actions_addopen(&actions, output, "/dev/null", O_WRONLY, 0)
    }
    posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    useOwnSignals(&attributes)
    var process = pid_t()
    let arguments = ["/bin/sh", "-c", command].map { strdup($0) }
    defer { arguments.forEach { free($0) } }
    let code = posix_spawn(
      &process,
      "/bin/sh",
      &actions,
      &attributes,
      arguments + [nil],
      environ
    )
    return code == 0 ? .success(process) : failed("/bin/sh cannot be started", code)
  }

  /// What we do with signals is nothing to a command, and those that are meant for us are not its.
  private static func useOwnSignals(_ attributes: inout posix_spawnattr_t) {
    var all = sigset_t()
    var none = sigset_t()
    sigfillset(&all)
    sigemptyset(&none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setpgroup(&attributes, 0)
    let flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP
    posix_spawnattr_setflags(&attributes, Int16(flags))
  }

  private static func failed(_ what: String, _ code: Int32) -> Result<pid_t, Failure> {
    .failure(Failure(text: "\(what): \(String(cString: strerror(code)))"))
  }

  /// Waits until a process has ended, and leaves it to ``end(of:)``: until then nobody else gets its
  /// number.
  static func waitForEnd(of process: pid_t) {
    var information = siginfo_t()
    while waitid(P_PID, id_t(process), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
  }

  /// Says how a process ended that has ended.
  ///
  /// - Returns: nil when all was well.
  static func end(of process: pid_t) -> String? {
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0 {
      // Somebody else has waited for it, and nobody knows how it ended.
      guard errno == EINTR else { return nil }
    }
    let signal = status & 0x7F
    if signal != 0 { return "was ended by signal \(signal)" }
    let code = (status >> 8) & 0xFF
    return code == 0 ? nil : "ended with \(code)"
  }
}
