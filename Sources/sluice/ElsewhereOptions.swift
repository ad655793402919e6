import AMQPClient
import ArgumentParser
import Lab
import ManagementClient
import NIOPosix

/// The broker that the dashboard's scenario runs on, where that is not our own.
struct ElsewhereOptions: ParsableArguments {
  @OptionGroup
  var nodes: NodeOptions

  @Option(
    help: ArgumentHelp(
      "Its management, http:// or https://; of a cluster that of each node. (default: 10000 above "
        + "the port of each --broker; https:// where that is amqps://)",
      valueName: "address"
    )
  )
  var management: [String] = []

  @Flag(help: "Allow changes of that broker: purge, delete, publish, declare, bind, close, move.")
  var write = false

  /// How far RabbitMQ's port of its management is above that of AMQP.
  private static let managementOffset = 10_000

  var isGiven: Bool { !nodes.broker.isEmpty }

  func validate() throws {
    if isGiven { return }
    if !management.isEmpty {
      throw ValidationError(
        "--management needs --broker; to look without a scenario: sluice attach ADDRESS"
      )
    }
    if write { throw ValidationError("--write needs --broker") }
  }

  /// What is shown, once it is known that AMQP is spoken there and we are let in.
  ///
  /// - Parameters:
  ///   - lab: The scenario.
  ///   - wishes: What else is wanted.
  /// - Returns: The plan.
  /// - Throws: ``AttachProblem``, in one line.
  func plan(_ lab: LabPlan, _ wishes: AttachPlan.Wishes) async throws(AttachProblem) -> AttachPlan {
    ProcessArguments.hidePasswords(in: management)
    let endpoints = try nodes.endpoints()
    let addresses = try addresses(endpoints)
    do {
      let connection = try await AMQPConnection.open(
        anyOf: endpoints,
        name: "sluice",
        group: MultiThreadedEventLoopGroup.singleton
      )
      await connection.close()
    } catch {
      throw AttachProblem(
        text: "--broker \(endpoints[0].place): \(error.message)",
        status: error.code == .connectFailed ? .failure : .configuration
      )
    }
    return AttachPlan(
      [addresses[0]],
      alternatives: Array(addresses.dropFirst()),
      trust: nodes.trust.settings,
      wishes,
      lab: lab.configuration(
        at: endpoints[0],
        alternatives: Array(endpoints.dropFirst()),
        queueType: nodes.queueType ?? .classic,
        leavesNothing: true
      )
    )
  }

  private func addresses(
    _ endpoints: [ClientEndpoint]
  ) throws(AttachProblem) -> [ManagementAddress] {
    let own = endpoints[0]
    let texts =
      management.isEmpty
      ? endpoints.map { endpoint in
        let host = endpoint.host.contains(":") ? "[\(endpoint.host)]" : endpoint.host
        let scheme = endpoint.trust == nil ? "http" : "https"
        return "\(scheme)://\(host):\(endpoint.port + Self.managementOffset)"
      } : management
    if management.isEmpty,
      let high = endpoints.first(where: { $0.port + Self.managementOffset > 65_535 })
    {
      throw AttachProblem(
        text:
          "--broker \(high.place): there is no port 10000 above; say with --management where its "
          + "management is",
        status: .usage
      )
    }
    var addresses: [ManagementAddress] = []
    for text in texts {
      var address: ManagementAddress
      do {
        address = try ManagementAddress(text)
      } catch {
        throw AttachProblem(text: "--management: \(error.description)", status: .usage)
      }
      // That of AMQP asks, unless another user is named.
      if !text.contains("@") { address.user = own.user }
      if address.password == nil {
        guard address.user == own.user else {
          throw AttachProblem(
            text: "--management: no password of \(address.user) at \(address.place); give it there",
            status: .usage
          )
        }
        address.password = Secret(own.password)
      }
      addresses.append(address)
    }
    return addresses
  }
}
