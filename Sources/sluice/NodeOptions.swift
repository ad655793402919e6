import AMQPClient
import ArgumentParser
import Canvas
import ManagementClient

/// The broker elsewhere that a scenario runs on.
struct NodeOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Run on this broker, amqp://user@host/vhost, or amqps:// for TLS; further ones are nodes of "
        + "its cluster.",
      valueName: "url"
    )
  )
  var broker: [String] = []

  @Option(
    help: ArgumentHelp("What durable queues are there. (default: classic)", valueName: "type")
  )
  var queueType: QueueType?

  @OptionGroup
  var password: PasswordOptions

  @OptionGroup
  var trust: TrustOptions

  func validate() throws {
    guard broker.isEmpty else { return }
    if trust.isGiven { throw ValidationError("--cacert and --insecure need --broker") }
    if queueType != nil { throw ValidationError("--queue-type needs --broker") }
    if password.passwordFile != nil { throw ValidationError("--password-file needs --broker") }
  }

  /// The nodes, in the order in which they are tried; empty when the broker is our own.
  ///
  /// Passwords of the addresses are hidden from the list of processes.
  ///
  /// - Throws: ``AttachProblem``, in one line.
  func endpoints() throws(AttachProblem) -> [ClientEndpoint] {
    ProcessArguments.hidePasswords(in: broker)
    do {
      var endpoints: [ClientEndpoint] = []
      for text in broker {
        var endpoint = try trust.applied(to: ClientEndpoint(url: text))
        if CredentialText.password(in: text) == nil {
          endpoint.password =
            try endpoints.first?.password
            ?? password.password(of: endpoint.user, at: endpoint.place).text
        }
        endpoints.append(endpoint)
      }
      guard let first = endpoints.first else { return [] }
      let isOneCluster = endpoints.allSatisfy {
        ($0.user, $0.password, $0.virtualHost) == (first.user, first.password, first.virtualHost)
      }
      guard isOneCluster else {
        throw AttachProblem(
          text: "--broker: nodes of one cluster have the same user, password and virtual host",
          status: .usage
        )
      }
      return endpoints
    } catch let problem as AttachProblem {
      throw problem
    } catch let problem as PasswordFile.Problem {
      throw AttachProblem(text: problem.description, status: .configuration)
    } catch let error as ClientError {
      throw AttachProblem(text: "--broker: \(error.message)", status: .usage)
    } catch {
      throw AttachProblem(text: "--broker: \(error)", status: .usage)
    }
  }
}

extension ClientEndpoint {
  /// The host and the port, for people.
  var place: String { (host.contains(":") ? "[\(host)]" : host) + ":\(port)" }
}

extension QueueType: ExpressibleByArgument {
  public static var allValueStrings: [String] { allCases.map(\.rawValue) }
}
