import Foundation
import FoundationNetworking
import Glibc
import Synchronization

/// A RabbitMQ of Debian's package that belongs to one test: its own ports of 127.0.0.1, its own
/// directory, and an end with the test.
package final class RabbitMQ: Sendable {
  /// Where its management answers, as guest.
  package var address: String { "http://guest:guest@127.0.0.1:\(managementPort)" }
  package var managementPort: Int { plan.managementPort }
  package var port: Int { plan.port }
  /// Its name in a cluster.
  package var name: String { plan.name }
  private let plan: RabbitMQPlan
  private let program: Mutex<Program>
  private let folder: URL
  /// The broker, and the port mapper that Erlang starts beside it.
  private let processes = MarkedProcesses()

  /// The script itself: the one on PATH changes the user and drops the environment.
  private static let server = "/usr/lib/rabbitmq/bin/rabbitmq-server"

  /// Whether a test that needs it runs: always under `CI=true`.
  package static var isUsable: Bool {
    ProcessInfo.processInfo.environment["CI"] == "true"
      || FileManager.default.isExecutableFile(atPath: server)
  }

  /// Starts one and waits until its management answers.
  ///
  /// - Parameter configuration: Further lines of its `rabbitmq.conf`.
  /// - Throws: ``DeadlineMissed``, or why it cannot be started.
  package convenience init(configuration: [String] = []) async throws {
    var plan = try RabbitMQPlan()
    plan.configuration = configuration
    try await self.init(plan)
  }

  /// Starts one that may be a node of a cluster.
  init(_ plan: RabbitMQPlan) async throws {
    self.plan = plan
    folder = FileManager.default.temporaryDirectory.appending(path: "sluice-rabbit-\(UUID())")
    for name in ["mnesia", "log", "generated", "schema"] {
      try FileManager.default.createDirectory(
        at: folder.appending(path: name),
        withIntermediateDirectories: true
      )
    }
    let lines = [
      "listeners.tcp.1 = 127.0.0.1:\(plan.port)", "management.tcp.ip = 127.0.0.1",
      "management.tcp.port = \(plan.managementPort)", "log.file = false",
    ]
    let text = (lines + plan.configuration).joined(separator: "\n") + "\n"
    try Self.write(text, folder, "rabbitmq.conf")
    try Self.write("[rabbitmq_management].\n", folder, "enabled_plugins")
    try Self.write("", folder, "env.conf")
    // Only its owner may read it, or Erlang does not start.
    try Self.write(plan.cookie, folder, ".erlang.cookie")
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o400],
      ofItemAtPath: folder.appending(path: ".erlang.cookie").path
    )
    program = Mutex(try Self.start(plan, folder, processes))
    try await waitUntilReady()
  }

  private static func start(
    _ plan: RabbitMQPlan,
    _ folder: URL,
    _ processes: MarkedProcesses
  ) throws -> Program {
    try Program(
      server,
      environment: plan.environment(in: folder).merging(processes.environment) { $1 }
    )
  }

  deinit {
    for process in processes.alive { kill(process.processIdentifier, SIGKILL) }
    // What it still writes is in nobody's way.
    try? FileManager.default.removeItem(at: folder)
  }

  /// The process of the broker, to be stopped and continued.
  package var child: Child { program.withLock(\.child) }

  /// Kills it with SIGKILL and waits until it is gone; what it wrote stays.
  package func killAtOnce() async throws {
    let child = child
    child.signal(SIGKILL)
    try await wait(for: "the end of RabbitMQ") { child.end != nil }
  }

  /// Starts it again after it was killed, and waits until its management answers.
  package func startAgain() async throws {
    let started = try Self.start(plan, folder, processes)
    program.withLock { $0 = started }
    try await waitUntilReady()
  }

  private func waitUntilReady() async throws {
    let program = program.withLock { $0 }
    try await wait(
      for: "RabbitMQ",
      deadline: .seconds(90),
      interval: .milliseconds(100),
      seen: { program.output.text + program.error.text }
    ) {
      guard program.child.end == nil else { return true }
      return await Self.answers(managementPort)
    }
  }

  /// Whether the overview can be had; a connection that is refused is no answer yet.
  private static func answers(_ port: Int) async -> Bool {
    guard let url = URL(string: "http://127.0.0.1:\(port)/api/overview") else { return false }
    var request = URLRequest(url: url, timeoutInterval: 5)
    request.setValue("Basic Z3Vlc3Q6Z3Vlc3Q=", forHTTPHeaderField: "authorization")
    // Nobody listens yet, most likely.
    let answer = try? await URLSession.shared.data(for: request)
    return (answer?.1 as? HTTPURLResponse)?.statusCode == 200
  }

  /// Asks its management to do something, as guest.
  ///
  /// - Parameters:
  ///   - method: As in `PUT`.
  ///   - path: From `/api` on.
  ///   - body: JSON; empty for none.
  /// - Returns: What it answers.
  /// - Throws: ``SpawnError`` with the status when it refuses.
  @discardableResult
  package func manage(_ method: String, _ path: String, _ body: String = "") async throws -> String
  {
    let text = "http://127.0.0.1:\(managementPort)\(path)"
    guard let url = URL(string: text) else { throw SpawnError(description: "no address: \(text)") }
    var request = URLRequest(url: url, timeoutInterval: 20)
    request.httpMethod = method
    request.setValue("Basic Z3Vlc3Q6Z3Vlc3Q=", forHTTPHeaderField: "authorization")
    request.setValue("application/json", forHTTPHeaderField: "content-type")
    if !body.isEmpty { request.httpBody = Data(body.utf8) }
    let (data, response) = try await URLSession.shared.data(for: request)
    let status = (response as? HTTPURLResponse)?.statusCode ?? 0
    let answer = String(decoding: data, as: UTF8.self)
    guard (200..<300).contains(status) else {
      throw SpawnError(description: "\(method) \(path): \(status) \(answer)")
    }
    return answer
  }

  private static func write(_ text: String, _ folder: URL, _ name: String) throws {
    try text.write(to: folder.appending(path: name), atomically: true, encoding: .utf8)
  }
}
