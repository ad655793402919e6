import ArgumentParser
import Canvas
import Glibc
import ManagementClient

/// The program: reads the command line, runs what it names, ends with its exit code.
@main
enum Main {
  @MainActor
  static func main() async {
    exit(await run().rawValue)
  }

  @MainActor
  private static func run() async -> ExitStatus {
    let arguments = Array(CommandLine.arguments.dropFirst())
    // The first word chooses; otherwise a command would also take the dashboard's options, and the
    // dashboard those of a command.
    let commands: [any ParsableCommand.Type] = [
      ServeCommand.self, StoreCommand.self, ThemesCommand.self, LabCommand.self,
      ScenariosCommand.self, SnapshotCommand.self, WatchCommand.self, LabServiceCommand.self,
      ReplayCommand.self, AttachCommand.self, CompareCommand.self,
    ]
    if let command = commands.first(where: { $0._commandName == arguments.first }) {
      return await run(command, Array(arguments.dropFirst()))
    }
    return await run(SluiceCommand.self, arguments)
  }

  @MainActor
  private static func run(
    _ type: any ParsableCommand.Type,
    _ arguments: [String]
  ) async -> ExitStatus {
    do {
      var command = try type.parseAsRoot(arguments)
      if let ours = command as? any RunnableCommand {
        // A command that only has others in it is none to have options of its own before them.
        let isAsked = Swift.type(of: command) == type || !(type is any RunnableCommand.Type)
        if isAsked { return await ours.execute() }
        throw ValidationError("options come after the command, as in: sluice serve --amqp-port 0")
      }
      // `sluice help`.
      try command.run()
      return .success
    } catch {
      if type.exitCode(for: error) == .success {
        Announcement.say(type.fullMessage(for: error))
        return .success
      }
      // One line, and not the whole usage, which would push it off the screen.
      let lines = type.message(for: error).split(whereSeparator: \.isNewline)
      let line = lines.joined(separator: " ").trimmingSuffix { $0 == "." }
      // An address among the words may have a password in it.
      let text = CredentialText.masked(SafeText.clean(line))
      Announcement.complain("\(text); see sluice --help")
      return .usage
    }
  }
}

/// A command of ours: it does everything itself, the reporting of errors included.
protocol RunnableCommand: ParsableCommand {
  @MainActor
  func execute() async -> ExitStatus
}

/// How the program ends.
enum ExitStatus: Int32, Error {
  case success = 0
  /// Something that should work did not: a port is taken, the terminal cannot be used, a store has
  /// lost messages.
  case failure = 1
  /// EX_USAGE: the command line says something that means nothing.
  case usage = 64
  /// EX_CONFIG: a file, as a theme or definitions, says something that means nothing.
  case configuration = 78
}

extension String {
  /// Returns the text without the characters at its end that match.
  func trimmingSuffix(while predicate: (Character) -> Bool) -> String {
    var end = endIndex
    while end > startIndex, predicate(self[index(before: end)]) { end = index(before: end) }
    return String(self[..<end])
  }
}
