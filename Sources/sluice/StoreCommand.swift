import ArgumentParser
import Store
import Telemetry

/// `sluice store`: looks after the data directory of a broker that does not run.
struct StoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "store",
    _superCommandName: "sluice",
    abstract: "Check or repair a broker's data directory.",
    subcommands: [StoreCheckCommand.self, StoreRepairCommand.self]
  )

  func run() throws {
    throw ValidationError("say what to do with the store: sluice store check, or store repair")
  }
}

/// `sluice store check`: reads everything and says what is broken.
struct StoreCheckCommand: RunnableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Say what a data directory has in it and what is broken; change nothing.",
    discussion: """
      Prints a line for each segment, a line for each fault, and as its last line "whole" or \
      "damaged". Ends with 1 when messages are lost.
      """
  )

  @Argument(help: ArgumentHelp("A broker's data directory.", valueName: "directory"))
  var directory: String

  @MainActor
  func execute() async -> ExitStatus {
    var inspection: Inspection
    do {
      let disk = try RealDisk(readingAt: directory)
      inspection = try Recovery.inspect(disk)
      inspection.faults = try Journal.read(disk).faults + inspection.faults
    } catch {
      return Announcement.complain(error, about: directory)
    }
    StoreReport.lines(of: inspection).forEach(Announcement.say)
    return inspection.faults.contains(where: \.isLoss) ? .failure : .success
  }
}

/// `sluice store repair`: copies what is whole into a new directory.
struct StoreRepairCommand: RunnableCommand {
  static let configuration = CommandConfiguration(
    commandName: "repair",
    abstract: "Copy every message that is whole into a new data directory.",
    discussion: """
      The damaged directory stays as it is. Prints a line for each fault, and how many messages \
      were copied. Ends with 0 when the new directory is complete, whatever was lost in the old.
      """
  )

  @Argument(help: ArgumentHelp("The damaged data directory.", valueName: "directory"))
  var directory: String

  @Option(help: ArgumentHelp("Where to copy to: a new or empty directory.", valueName: "new"))
  var into: String

  @MainActor
  func execute() async -> ExitStatus {
    let salvage: Salvage
    do {
      let disk = try RealDisk(readingAt: directory)
      try NewDirectory.check(into, outside: directory)
      salvage = try Recovery.salvage(disk, at: SystemClock.wallTime().milliseconds) {
        () throws(StoreError) in
        try RealDisk(path: into)
      }
    } catch let error as StoreError {
      return Announcement.complain(error, about: directory)
    } catch let SalvageError.reading(error) {
      return Announcement.complain(error, about: directory)
    } catch let SalvageError.writing(error) {
      return Announcement.complain(error, writing: into)
    } catch {
      // What is left is a ``NewDirectory/Fault``.
      Announcement.complain("\(error)")
      return .usage
    }
    StoreReport.lines(of: salvage, into: into).forEach(Announcement.say)
    return .success
  }
}
