import ArgumentParser

/// `--on-alert`: a command for each new critical finding.
struct AlertCommandOption: ParsableArguments {
  @Option(
    name: .customLong("on-alert"),
    help: ArgumentHelp(
      "Run this with /bin/sh on each new critical finding, which comes as JSON on standard input.",
      valueName: "command"
    )
  )
  var command: String?

  func validate() throws {
    guard let command, command.allSatisfy(\.isWhitespace) else { return }
    throw ValidationError("--on-alert is empty; give a command, as in: --on-alert 'cat >> alerts'")
  }
}

/// `--bell`: the terminal's bell on the same occasion.
struct BellOption: ParsableArguments {
  @Flag(name: .customLong("bell"), help: "Ring the terminal's bell on each new critical finding.")
  var isWanted = false
}
