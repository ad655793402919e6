import Foundation

/// Three nodes of RabbitMQ on 127.0.0.1 that are one cluster and belong to one test.
package final class RabbitMQCluster: Sendable {
  /// The first one was there before the others.
  package let nodes: [RabbitMQ]

  /// Starts them and waits until each sees all three.
  ///
  /// - Throws: ``DeadlineMissed``, or why a node cannot be started.
  package init() async throws {
    var plans = try (0..<3).map { _ in try RabbitMQPlan() }
    let discovery =
      ["cluster_formation.peer_discovery_backend = classic_config"]
      + plans.enumerated().map { index, plan in
        "cluster_formation.classic_config.nodes.\(index + 1) = \(plan.name)"
      }
    for index in plans.indices {
      plans[index].mapperPort = plans[0].mapperPort
      plans[index].cookie = plans[0].cookie
      plans[index].configuration = discovery
    }
    // Others join a node that is there; all at once they wait for each other.
    let first = try await RabbitMQ(plans[0])
    let (secondPlan, thirdPlan) = (plans[1], plans[2])
    async let second = RabbitMQ(secondPlan)
    async let third = RabbitMQ(thirdPlan)
    nodes = [first, try await second, try await third]
    try await waitUntilRunning(3, seenBy: first)
  }

  /// The addresses for clients, as guest, the first node in front.
  package var clientAddresses: [String] {
    nodes.map { "amqp://guest:guest@127.0.0.1:\($0.port)" }
  }

  /// Waits until a node sees so many nodes run.
  package func waitUntilRunning(_ count: Int, seenBy node: RabbitMQ) async throws {
    var last = ""
    try await wait(for: "\(count) nodes", deadline: .seconds(60), seen: { last }) {
      last = try await node.manage("GET", "/api/nodes?columns=name,running")
      return last.components(separatedBy: "\"running\":true").count - 1 == count
    }
  }

  /// Which node leads each quorum queue, as a node's management says.
  package func leaders(seenBy node: RabbitMQ) async throws -> [String: String] {
    struct Row: Decodable {
      var name: String
      var leader: String?
    }
    let answer = try await node.manage("GET", "/api/queues?columns=name,leader")
    let rows = try JSONDecoder().decode([Row].self, from: Data(answer.utf8))
    return rows.reduce(into: [:]) { $0[$1.name] = $1.leader }
  }
}
