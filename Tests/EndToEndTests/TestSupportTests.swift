import Glibc
import TestSupport
import Testing

/// The instruments themselves: what they say about other programs must be true.
@Suite(.serialized) struct TestSupportTests {
  private let shell = "/bin/sh"

  @Test func aProgramsOutputAndEndAreCollected() async throws {
    let result = try await Program.run(shell, ["-c", "echo out; echo err >&2; exit 3"])
    #expect(result.termination == .exited(3))
    #expect(result.output == "out\n")
    #expect(result.error == "err\n")
  }

  @Test func aProgramThatASignalEndsSaysSo() async throws {
    let program = try Program(shell, ["-c", "echo ready; exec sleep 600"])
    try await program.waitForOutput("ready")
    program.child.signal(SIGTERM)
    #expect(try await program.finish().termination == .signalled(SIGTERM))
  }

  @Test func aProgramThatIsMissingEndsWith127() async throws {
    #expect(try await Program.run("/nowhere/program").termination == .exited(127))
  }

  @Test func aMissedDeadlineIsAnErrorThatShowsWhatWasSeen() async throws {
    let program = try Program(shell, ["-c", "echo half; exec sleep 600"])
    try await program.waitForOutput("half")
    let error = await #expect(throws: DeadlineMissed.self) {
      _ = try await program.finish(deadline: .milliseconds(20))
    }
    #expect(error?.description.contains("half") == true)
  }

  @Test func aProgramDiesWithItsLastReference() async throws {
    var program: Program? = try Program(shell, ["-c", "echo ready; exec sleep 600"])
    try await program?.waitForOutput("ready")
    let process = try #require(program?.child.processIdentifier)
    #expect(kill(process, 0) == 0)
    program = nil
    try await wait(for: "process to go") { kill(process, 0) != 0 }
  }

  @Test func aTerminalTellsRawFromCookedMode() async throws {
    let terminal = try PseudoTerminal(
      shell,
      ["-c", "stty -icanon -echo; echo raw; read line; stty icanon echo; echo cooked"]
    )
    try await terminal.waitForOutput("raw")
    #expect(terminal.settings.isRaw)
    #expect(terminal.settings != terminal.settingsBefore)
    terminal.type("go\n")
    #expect(try await terminal.waitForEnd() == .exited(0))
    #expect(terminal.output.text.contains("cooked"))
    #expect(terminal.settings == terminal.settingsBefore)
  }

  @Test func aResizedTerminalTellsItsProgram() async throws {
    let terminal = try PseudoTerminal(
      shell,
      ["-c", "trap 'stty size' WINCH; echo ready; while read line; do :; done"],
      columns: 80,
      rows: 24
    )
    try await terminal.waitForOutput("ready")
    terminal.resize(columns: 40, rows: 10)
    // The shell runs its trap when the read that the signal interrupted is over.
    terminal.type("\n")
    try await terminal.waitForOutput("10 40")
  }

  @Test func aPortIsFreeUntilItIsHeld() throws {
    let holder = try FreePort.Holder()
    #expect(try FreePort.next() != holder.port)
  }

  @Test(.enabled(if: Tool.tmux.isUsable, "tmux is not installed"))
  func tmuxShowsTheScreenTakesKeysAndTellsTheExitCode() async throws {
    let tmux = try await Tmux([shell, "-c", "echo hello; read key; exit 4"])
    try await tmux.waitForScreen("greeting") { $0.hasPrefix("hello") }
    #expect(tmux.exitCode == nil)
    try await tmux.press("Enter")
    #expect(try await tmux.waitForExit() == 4)
  }
}
