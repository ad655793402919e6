import ArgumentParser
import ManagementServer

/// Where the management's HTTP API listens.
struct ManagementOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The port of the management API; 0 takes a free one. (default: "
        + "\(ManagementConfiguration.usualPort), or the next free one)",
      valueName: "port"
    )
  )
  var managementPort: Int?

  @Flag(help: "Do without the management API.")
  var noManagement = false

  func validate() throws {
    if let managementPort {
      try Validation.checkPort(managementPort, of: "--management-port")
      if noManagement {
        throw ValidationError("--management-port and --no-management exclude each other")
      }
    }
  }

  /// Whether a person chose the port, so that another would be a surprise.
  var isPortGiven: Bool { managementPort != nil }

  /// The port; nil when the API is not wanted.
  var port: Int? { noManagement ? nil : managementPort ?? ManagementConfiguration.usualPort }
}
