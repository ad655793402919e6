import ArgumentParser
import Canvas
import Lab

/// Recordings of when customers arrive: one to begin with, and one to make.
struct ArrivalOptions: ParsableArguments {
  @Option(
    name: .customLong("replay-arrivals"),
    help: ArgumentHelp(
      "Customers come when they came in this recording, one time a line.",
      valueName: "file"
    )
  )
  var replayed: String?

  @Option(
    name: .customLong("record-arrivals"),
    help: ArgumentHelp("Record there when customers come, to be replayed.", valueName: "file")
  )
  var recorded: String?

  func validate() throws {
    guard let recorded, recorded == replayed else { return }
    throw ValidationError(
      "--record-arrivals would overwrite what --replay-arrivals reads; give it another file"
    )
  }

  /// Reads the recording; nil when there is none.
  ///
  /// - Throws: ``ScenarioFile/Problem``, which ends the program with 78.
  func read() throws(ScenarioFile.Problem) -> [Double]? {
    guard let replayed else { return nil }
    do {
      return try ArrivalFile.read(replayed)
    } catch {
      throw ScenarioFile.Problem(
        description: SafeText.clean(error.description),
        status: .configuration
      )
    }
  }

  /// Opens the file that is recorded to; nil when there is none.
  ///
  /// - Throws: ``ScenarioFile/Problem``, which ends the program with 1, as a report does that cannot
  ///   be written.
  func open() throws(ScenarioFile.Problem) -> ArrivalRecorder? {
    guard let recorded else { return nil }
    do {
      return try ArrivalRecorder(path: recorded)
    } catch {
      throw ScenarioFile.Problem(
        description: SafeText.clean(error.description),
        status: .configuration
      )
    }
  }
}
