import ArgumentParser

/// Where the broker keeps what outlives it.
struct DataOptions: ParsableArguments {
  @Option(
    name: .customLong("data"),
    help: ArgumentHelp(
      "Keep durable queues and persistent messages in this directory.",
      valueName: "directory"
    )
  )
  var directory: String?

  func validate() throws {
    if directory?.isEmpty == true {
      throw ValidationError("--data needs the name of a directory")
    }
  }

  /// The directory that was given, or the user's own (XDG Base Directory Specification).
  ///
  /// nil when none was given and the user has none.
  var directoryOrDefault: String? {
    if let directory { return directory }
    // The specification has relative paths ignored.
    if let data = Environment.value("XDG_DATA_HOME"), data.hasPrefix("/") {
      return data + "/sluice"
    }
    return Environment.value("HOME").map { $0 + "/.local/share/sluice" }
  }
}
