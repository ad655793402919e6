/// Targets that must replay contain no clock, chance, file, process, terminal or sleep.
enum PurityRule {
  static func violations(in file: SourceFile) -> [Violation] {
    let importsSystem = ImportStatement.all(in: file).contains { systemModules.contains($0.path) }
    return file.code.enumerated().flatMap { index, code in
      Word.all(in: code).compactMap { word -> Violation? in
        let text = String(word.text)
        guard let kind = kind(of: text, word, importsSystem: importsSystem) else { return nil }
        return Violation(
          file: file.path,
          line: index + 1,
          message: "\(text) is \(kind), and \(file.target) is a pure target"
        )
      }
    }
  }

  private static func kind(of text: String, _ word: Word, importsSystem: Bool) -> String? {
    if let kind = forbiddenTypes[text] { return kind }
    if word.isMember, word.isCall, let kind = forbiddenMembers[text] { return kind }
    guard word.isCall, !word.isMember, !word.isDeclared else { return nil }
    if let kind = forbiddenFunctions[text] { return kind }
    // Without the module these can only be the target's own functions.
    return importsSystem && systemCalls.contains(text) ? "a system call" : nil
  }

  private static let systemModules: Set<String> = [
    "Glibc", "Foundation", "FoundationEssentials", "Dispatch",
  ]

  private static let forbiddenTypes = [
    "ContinuousClock": "a clock", "SuspendingClock": "a clock", "Date": "a clock",
    "DispatchTime": "a clock", "DispatchQueue": "a thread", "Thread": "a thread",
    "SystemRandomNumberGenerator": "chance", "UUID": "chance",
    "FileManager": "a file", "FileHandle": "a file", "ProcessInfo": "the process",
    "CommandLine": "the process",
  ]

  private static let forbiddenMembers = [
    "random": "chance", "randomElement": "chance", "shuffled": "chance", "shuffle": "chance",
    "sleep": "waiting",
  ]

  private static let forbiddenFunctions = [
    "print": "output", "debugPrint": "output", "dump": "output", "readLine": "input",
    "fatalError": "a trap", "clock_gettime": "a clock", "gettimeofday": "a clock",
    "sleep": "waiting", "usleep": "waiting", "nanosleep": "waiting", "getenv": "the process",
  ]

  private static let systemCalls: Set<String> = [
    "open", "close", "read", "write", "fopen", "socket", "time", "clock", "rand", "random",
    "arc4random", "getrandom", "getentropy", "exit", "abort", "printf", "puts", "fork", "system",
  ]
}
