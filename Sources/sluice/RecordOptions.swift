import ArgumentParser
import Canvas
import RecordingFile

/// What the dashboard shows, recorded.
struct RecordOptions: ParsableArguments {
  @Option(
    name: .customLong("record"),
    help: ArgumentHelp(
      "Record there all that the dashboard shows, for sluice replay.",
      valueName: "file"
    )
  )
  var file: String?

  /// Opens the file, in place of what was there; nil when nothing is to be recorded.
  ///
  /// - Throws: ``ScenarioFile/Problem``, which ends the program with 1, as a report does that cannot
  ///   be written.
  func open() throws(ScenarioFile.Problem) -> RecordingDestination? {
    guard let file else { return nil }
    do {
      return try RecordingDestination(replacing: file)
    } catch {
      throw ScenarioFile.Problem(
        description: SafeText.clean(error.description),
        status: .configuration
      )
    }
  }
}
