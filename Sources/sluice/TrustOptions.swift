import AMQPClient
import ArgumentParser
import Canvas
import ManagementClient
import Trust

/// Who we are to a broker elsewhere.
struct PasswordOptions: ParsableArguments {
  @Option(help: ArgumentHelp("A file whose first line is the password.", valueName: "file"))
  var passwordFile: String?

  /// The password of a user whose address has none.
  ///
  /// - Parameters:
  ///   - user: Whose.
  ///   - place: Where, for the person who is asked.
  /// - Returns: The password.
  /// - Throws: ``PasswordFile/Problem`` and ``AttachProblem``.
  func password(of user: String, at place: String) throws -> Secret {
    if let passwordFile { return try PasswordFile.read(passwordFile) }
    // RabbitMQ's own user of its own machine has its name for a password.
    if user == "guest" { return Secret("guest") }
    let name = SafeText.clean("\(user) at \(place)")
    if let asked = PasswordQuestion.ask("password of \(name): ") { return asked }
    throw AttachProblem(
      text: "no password of \(name); give --password-file, or one in the address",
      status: .usage
    )
  }
}

/// How a broker elsewhere is trusted.
struct TrustOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Authorities of the broker's certificate, PEM.", valueName: "file"))
  var cacert: String?

  @Flag(help: "Take any certificate.")
  var insecure = false

  var settings: TrustSettings { TrustSettings(authorityFile: cacert, isInsecure: insecure) }

  var isGiven: Bool { cacert != nil || insecure }

  /// A broker, trusted as these options say where its address is encrypted.
  ///
  /// - Parameter endpoint: As its address says.
  /// - Returns: The same otherwise.
  /// - Throws: ``AttachProblem`` when the authorities cannot be read.
  func applied(to endpoint: ClientEndpoint) throws(AttachProblem) -> ClientEndpoint {
    guard endpoint.trust != nil else { return endpoint }
    do {
      _ = try settings.context()
    } catch {
      throw AttachProblem(text: error.text, status: .configuration)
    }
    var endpoint = endpoint
    endpoint.trust = settings
    return endpoint
  }
}
