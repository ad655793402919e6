import ArgumentParser
import Lab

/// One process of a scenario: `sluice lab-service`, which the dashboard starts and nobody types.
struct LabServiceCommand: RunnableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lab-service",
    _superCommandName: "sluice",
    abstract: "One process of a scenario.",
    shouldDisplay: false
  )

  @Argument(parsing: .captureForPassthrough)
  var arguments: [String] = []

  @MainActor
  func execute() async -> ExitStatus {
    ExitStatus(rawValue: await LabProcess.run(arguments: arguments)) ?? .failure
  }
}
