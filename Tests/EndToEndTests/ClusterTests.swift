import Foundation
import Glibc
import TestSupport
import Testing

extension EndToEndTests {
  /// The lab and the dashboard on three nodes of RabbitMQ, of which one is killed.
  @Suite(
    .serialized,
    .enabled(if: RabbitMQ.isUsable && Tool.tmux.isUsable, "rabbitmq-server or tmux is missing"),
    .timeLimit(.minutes(6))
  )
  struct ClusterTests {
    private static let environment = [
      "SWIFT_BACKTRACE": "enable=no", "LANG": "C.UTF-8", "SLUICE_CONFIG": "/dev/null",
    ]

    private func arguments(_ cluster: RabbitMQCluster) -> [String] {
      cluster.clientAddresses.flatMap { ["--broker", $0] } + ["--queue-type", "quorum"]
    }

    private func managements(_ cluster: RabbitMQCluster) -> [String] {
      cluster.nodes.flatMap { ["--management", "http://127.0.0.1:\($0.managementPort)"] }
    }

    /// What a row of the ledger that is printed says: published, acked, waiting, dead, lost.
    private func row(_ name: String, in text: String) throws -> [Int] {
      let line = try #require(
        text.split(separator: "\n").last {
          $0.trimmingCharacters(in: .whitespaces).hasPrefix(name + " ")
        },
        "\(text)"
      )
      return line.split(separator: " ").dropFirst().compactMap { Int($0) }
    }

    private func waitForLeaders(
      of cluster: RabbitMQCluster,
      _ areThere: ([String: String]) -> Bool
    ) async throws {
      var last: [String: String] = [:]
      try await wait(for: "leaders", deadline: .seconds(60), seen: { "\(last)" }) {
        last = try await cluster.leaders(seenBy: cluster.nodes[1])
        return areThere(last)
      }
    }

    @Test func aNodeIsKilledUnderThePaymentScenarioAndNothingConfirmedIsLost() async throws {
      let cluster = try await RabbitMQCluster()
      let tmux = try await Tmux(
        [try BuiltExecutable.path()] + arguments(cluster) + managements(cluster)
          + ["--refresh", "1s", "--load", "10"],
        environment: Self.environment
      )
      try await tmux.waitForScreen("the scenario", deadline: .seconds(60)) {
        $0.contains("● running") && $0.contains("nodes 3") && $0.contains("nothing is wrong")
      }
      // Every service connects to the first node, which therefore leads their queues.
      let first = cluster.nodes[0]
      let led = ["trade": first.name, "notification": first.name, "points": first.name]
      try await waitForLeaders(of: cluster) { $0 == led }
      // Only who knew them before can tell that they moved.
      let name = try #require(first.name.split(separator: "@").first)
      try await tmux.waitForScreen("the leaders", deadline: .seconds(30)) { screen in
        screen.split(separator: "\n").contains { $0.contains(name) && $0.contains(" 3 ") }
      }

      try await first.killAtOnce()
      try await tmux.waitForScreen("the node that is down", deadline: .seconds(60)) {
        $0.contains("NODE DOWN") && $0.contains(first.name)
      }
      try await tmux.press("7")
      try await tmux.waitForScreen("the leaders that moved", deadline: .seconds(60)) { screen in
        ["trade", "notification", "points"].allSatisfy {
          screen.contains("\($0): its leader moved from \(first.name)")
        } && screen.contains("node \(first.name) is down")
      }
      // Customers are served again by the two that are left.
      try await tmux.press("1")
      try await tmux.waitForScreen("customers that are served", deadline: .seconds(60)) {
        !$0.contains("FAILING") && $0.contains("NODE DOWN")
      }
      try await waitForLeaders(of: cluster) {
        $0.count == 3 && !$0.values.contains(first.name)
      }

      try await first.startAgain()
      try await tmux.press("7")
      try await tmux.waitForScreen("the node that came back", deadline: .seconds(60)) {
        $0.contains("node \(first.name) is up again")
      }
      try await tmux.press("Q")
      let ledger = try await tmux.waitForScreen("the ledger", deadline: .seconds(60)) {
        $0.contains("published - acked - waiting - dead - lost = 0")
      }
      for queue in ["trade", "notification", "points"] {
        let counts = try row(queue, in: ledger)
        #expect(counts.count >= 5, "\(ledger)")
        #expect(counts[0] > 0 && counts[1] == counts[0], "\(ledger)")
        #expect(counts[4] == 0, "\(ledger)")
      }
      #expect(try await tmux.waitForExit(deadline: .seconds(60)) == 0)
    }

    @Test func aRunWithoutAScreenOutlivesTheDeathOfANode() async throws {
      let cluster = try await RabbitMQCluster()
      let program = try Program(
        try BuiltExecutable.path(),
        ["lab", "--headless", "--duration", "20s", "--load", "10"] + arguments(cluster),
        environment: Self.environment
      )
      let first = cluster.nodes[0]
      // A line is said when the services run and the first customers come.
      try await program.waitForOutput("calm", deadline: .seconds(60))
      try await waitForLeaders(of: cluster) { $0.count == 3 }
      try await first.killAtOnce()
      let result = try await program.finish(deadline: .seconds(120))
      #expect(result.isSuccess, "\(result)")
      #expect(result.output.contains("published - acked - waiting - dead - lost = 0"))
      for queue in ["trade", "notification", "points"] {
        let counts = try row(queue, in: result.output)
        #expect(counts[0] > 20 && counts[4] == 0, "\(result.output)")
      }
      #expect(!(result.output + result.error).contains("guest:guest"))
    }
  }
}
