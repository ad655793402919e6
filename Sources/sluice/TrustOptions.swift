import ArgumentParser
import Canvas
import ManagementClient

/// Who we are to a broker elsewhere, and how it is trusted.
struct TrustOptions: ParsableArguments {
  @Option(help: ArgumentHelp("A file whose first line is the password.", valueName: "file"))
  var passwordFile: String?

  @Option(help: ArgumentHelp("Authorities of the broker's certificate, PEM.", valueName: "file"))
  var cacert: String?

  @Flag(help: "Take any certificate.")
  var insecure = false

  var settings: TrustSettings { TrustSettings(authorityFile: cacert, isInsecure: insecure) }

  /// The password of an address that has none.
  ///
  /// - Throws: ``PasswordFile/Problem`` and ``AttachCommand/Problem``.
  func password(for address: ManagementAddress) throws -> Secret {
    if let passwordFile { return try PasswordFile.read(passwordFile) }
    // RabbitMQ's own user of its own machine has its name for a password.
    if address.user == "guest" { return Secret("guest") }
    let name = SafeText.clean("\(address.user) at \(address.place)")
    if let asked = PasswordQuestion.ask("password of \(name): ") { return asked }
    throw AttachCommand.Problem(
      text: "no password of \(name); give --password-file, or one in the address",
      status: .usage
    )
  }
}
