import AMQPClient
import NIOCore

/// Tries the features of one broker, one after the other.
struct FeatureProbing: Sendable {
  let target: BrokerTarget
  let group: any EventLoopGroup
  let leftovers: Leftovers

  /// Connects once, to learn what the broker says of itself.
  ///
  /// - Throws: Why there is no connection.
  func greet() async throws(CompareError) -> ServerIdentity {
    do throws(ClientError) {
      let connection = try await open()
      let identity = ServerIdentity(connection.serverProperties)
      await connection.close()
      return identity
    } catch {
      throw CompareError(error)
    }
  }

  private func open() async throws(ClientError) -> AMQPConnection {
    try await AMQPConnection.open(
      target.endpoint,
      name: "sluice compare features",
      heartbeatSeconds: Limits.heartbeatSeconds,
      group: group
    )
  }

  /// Tries all of them, and deletes what was made for it.
  ///
  /// - Returns: In the order of ``Feature/all``.
  func findings(_ identity: ServerIdentity) async -> [(name: String, finding: FeatureFinding)] {
    var findings: [(name: String, finding: FeatureFinding)] = []
    for feature in Feature.all where !Task.isCancelled {
      findings.append((feature.name, await finding(feature, identity)))
    }
    _ = await leftovers.clean()
    return findings
  }

  private func finding(
    _ feature: Feature,
    _ identity: ServerIdentity
  ) async -> FeatureFinding {
    let isDeclared = feature.capability.map(identity.capabilities.contains) == true
    guard let probe = feature.probe else { return isDeclared ? .declared : .unknown }
    do throws(ProbeRefusal) {
      let stage = try await stage()
      let connection = stage.connection
      // The end of the connection ends whatever the probe waits for.
      let deadline = connection.eventLoop.scheduleTask(
        in: .seconds(Limits.probe.components.seconds)
      ) { connection.cut() }
      defer { deadline.cancel() }
      let result: Result<Bool?, ProbeRefusal>
      do throws(ProbeRefusal) {
        result = .success(try await probe(stage))
      } catch {
        result = .failure(error)
      }
      await connection.close()
      guard let works = try result.get() else { return isDeclared ? .declared : .unknown }
      return works ? .works : .missing
    } catch {
      return error.isRefused ? .missing : isDeclared ? .declared : .unknown
    }
  }

  private func stage() async throws(ProbeRefusal) -> ProbeStage {
    do throws(ClientError) {
      let connection = try await open()
      return ProbeStage(
        connection: connection,
        channel: try await connection.openChannel(),
        leftovers: leftovers,
        another: { () throws(ProbeRefusal) in try await stage() }
      )
    } catch {
      throw ProbeRefusal(error)
    }
  }
}
