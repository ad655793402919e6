import Foundation
import TestSupport
import Testing

extension EndToEndTests {
  /// The same session on each kind of terminal: it draws, keys work, and all is put back.
  @Suite struct TerminalKindTests {
    @Test(arguments: ["xterm-256color", "tmux-256color", "screen", "linux", "vt100"])
    func eachKindDrawsTakesKeysAndIsPutBack(name: String) async throws {
      let session = try await Session.start(environment: ["TERM": name])
      try await session.waitForText("points")
      session.terminal.type("?")
      try await session.waitForText("keys of the overview")
      // Once more for the keys of all screens, and again to leave.
      session.terminal.type("??")
      try await session.waitForText("what is wrong")
      session.terminal.type("q")
      #expect(try await session.terminal.waitForEnd() == .exited(0))
      let stream = session.stream
      #expect(stream.leftovers == [])
      #expect(session.terminal.settings == session.terminal.settingsBefore)
      #expect(stream.colorParameters.isEmpty == (name == "vt100"))
      // Only these have one.
      let hasOtherScreen = name.contains("256color") || name == "screen"
      #expect(stream.modesSeen.contains(TerminalStream.Mode.alternateScreen) == hasOtherScreen)
    }

    @Test func anUnknownKindIsNamedAndDrawnAllTheSame() async throws {
      let session = try await Session.start(environment: ["TERM": "nosuchterm"])
      try await session.waitForText("points")
      session.terminal.type("q")
      #expect(try await session.terminal.waitForEnd() == .exited(0))
      session.expectRestoredTerminal()
      let line = "terminal type 'nosuchterm' is unknown here, so it is drawn as xterm-256color"
      #expect(session.terminal.output.text.components(separatedBy: line).count == 2)
    }
  }
}
