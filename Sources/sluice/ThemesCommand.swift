import ArgumentParser
import Canvas
import Glibc
import ThemeFiles

/// `sluice themes`: looks after theme files.
struct ThemesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "themes",
    _superCommandName: "sluice",
    abstract: "List, check or import themes.",
    subcommands: [ThemesListCommand.self, ThemesCheckCommand.self, ThemesImportCommand.self]
  )

  func run() throws {
    throw ValidationError(
      "say what to do with themes: sluice themes list, themes check, or themes import"
    )
  }

  /// Where themes are looked for.
  static var searchPaths: [String] {
    ThemeSearch.paths(executable: Environment.executable, environment: Environment.value)
  }
}

/// `sluice themes list`: what `--theme` can be given.
struct ThemesListCommand: RunnableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "Say which themes there are, for which background, by whom, and from where.",
    discussion: """
      A file of your own hides a shipped one of the same name. Files that cannot be read are named \
      on standard error.
      """
  )

  @MainActor
  func execute() async -> ExitStatus {
    let entries = ThemeCatalog.entries(
      searchPaths: ThemesCommand.searchPaths,
      userFolders: ThemeSearch.userFolders(environment: Environment.value)
    )
    ThemeTable.lines(of: entries).forEach(Announcement.say)
    for problem in entries.compactMap(\.problem) {
      Announcement.complain("warning: \(SafeText.clean(problem.description))")
    }
    return .success
  }
}

/// `sluice themes check`: whether everybody can read a theme and tell its states apart.
struct ThemesCheckCommand: RunnableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Check contrast, colour blindness and colour depths of themes.",
    discussion: """
      Prints a line for each thing that some people could not read or tell apart, and for each \
      unknown key: with file and line, what was measured, and what is needed. Ends with 1 when \
      there is any, with 78 when a file is no theme.
      """
  )

  @Argument(help: ArgumentHelp("Theme files, or names of themes.", valueName: "file"))
  var files: [String]

  @MainActor
  func execute() async -> ExitStatus {
    var status = ExitStatus.success
    for file in files {
      do {
        let loaded = try LoadedTheme(file, searchPaths: ThemesCommand.searchPaths)
        let complaints = ThemeReport(loaded).complaints
        complaints.forEach { Announcement.say(SafeText.clean($0)) }
        if complaints.isEmpty {
          Announcement.say(SafeText.clean("\(file): passes"))
        } else if status == .success {
          status = .failure
        }
      } catch {
        // The other files are checked all the same.
        let refusal = Announcement.complain(error)
        if status == .success || status == .failure { status = refusal }
      }
    }
    return status
  }
}

/// `sluice themes import`: makes a theme of another program's.
struct ThemesImportCommand: RunnableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Make a theme of a base16 scheme, a btop theme or a helix theme.",
    discussion: """
      Writes the theme to standard output, or to a new file. Colours that could not be read are made \
      lighter or darker, and comments in the file say which; what does not pass the check all the \
      same is named on standard error.
      """
  )

  @Argument(
    help: ArgumentHelp(
      "A base16 .yaml, a btop .theme or a helix .toml file.",
      valueName: "file"
    )
  )
  var file: String

  @Option(help: ArgumentHelp("Where to write it: a file that is not there yet.", valueName: "file"))
  var output: String?

  @Option(help: ArgumentHelp("What to call it in place of its own name.", valueName: "name"))
  var name: String?

  @MainActor
  func execute() async -> ExitStatus {
    let imported: ThemeImport
    do {
      let source = try TextFile.read(file)
      imported = try ThemeImport(source: source, file: file, name: name)
    } catch {
      return Announcement.complain(error)
    }
    if let output {
      if let problem = NewFile.write(imported.text, to: output) {
        Announcement.complain(SafeText.clean(problem.text))
        return problem.status
      }
    } else {
      Announcement.say(imported.text.trimmingSuffix { $0 == "\n" })
    }
    for line in imported.complaints {
      Announcement.complain("warning: \(SafeText.clean(line))")
    }
    return .success
  }
}

/// A file that must not be there yet, because what people wrote is never overwritten.
private enum NewFile {
  struct Problem {
    var text: String
    var status: ExitStatus
  }

  /// Writes a file; returns why it could not.
  static func write(_ text: String, to path: String) -> Problem? {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      let isThere = errno == EEXIST
      let reason = isThere ? "is there already" : String(cString: strerror(errno))
      return Problem(
        text: "\(path): \(reason); give another --output",
        status: isThere ? .usage : .failure
      )
    }
    defer { close(descriptor) }
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      // Safe: the buffer is only read during the call.
      let written = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if written < 0, errno == EINTR { continue }
      guard written > 0 else {
        let reason = String(cString: strerror(errno))
        // Half a theme is none.
        unlink(path)
        return Problem(text: "\(path): \(reason); give another --output", status: .failure)
      }
      bytes = bytes.dropFirst(written)
    }
    return nil
  }
}

/// The table of `sluice themes list`.
private enum ThemeTable {
  static func lines(of entries: [ThemeEntry]) -> [String] {
    let rows = [["name", "for", "author", "from"]] + entries.map(row)
    let widths = (0..<3).map { column in
      rows.map { CharacterWidth.columns(of: $0[column]) }.max() ?? 0
    }
    return rows.map { row in
      let cells = row.indices.map { column -> String in
        guard column < widths.count else { return row[column] }
        let space = widths[column] - CharacterWidth.columns(of: row[column])
        return row[column] + String(repeating: " ", count: space)
      }
      return cells.joined(separator: "  ")
    }
  }

  private static func row(_ entry: ThemeEntry) -> [String] {
    let from =
      switch entry.origin {
      case .builtIn: "built in"
      case .shipped: "shipped"
      case .user: entry.file ?? ""
      }
    let hides =
      entry.hiddenFiles.isEmpty ? "" : ", hides \(entry.hiddenFiles.joined(separator: ", "))"
    let appears = entry.problem == nil ? entry.appears.rawValue : "broken"
    return [entry.name, appears, entry.author, from + hides].map { SafeText.clean($0) }
  }
}

extension Announcement {
  /// Says in one line why there is no theme.
  ///
  /// - Returns: 64 when it is a wrong word on the command line, 78 when it is a wrong file.
  static func complain(_ error: ThemeError) -> ExitStatus {
    complain(SafeText.clean(error.description))
    return error.kind == .unknownTheme ? .usage : .configuration
  }
}
