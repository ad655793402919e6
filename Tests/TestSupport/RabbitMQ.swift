import Foundation
import FoundationNetworking
import Glibc

/// A RabbitMQ of Debian's package that belongs to one test: its own ports of 127.0.0.1, its own
/// directory, and an end with the test.
package final class RabbitMQ: Sendable {
  /// Where its management answers, as guest.
  package let address: String
  package let managementPort: Int
  package let port: Int
  private let program: Program
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
  package init(configuration: [String] = []) async throws {
    port = try FreePort.next()
    managementPort = try FreePort.next()
    address = "http://guest:guest@127.0.0.1:\(managementPort)"
    folder = FileManager.default.temporaryDirectory.appending(path: "sluice-rabbit-\(UUID())")
    for name in ["mnesia", "log", "generated", "schema"] {
      try FileManager.default.createDirectory(
        at: folder.appending(path: name),
        withIntermediateDirectories: true
      )
    }
    let lines = [
      "listeners.tcp.1 = 127.0.0.1:\(port)", "management.tcp.ip = 127.0.0.1",
      "management.tcp.port = \(managementPort)", "log.file = false",
    ]
    try Self.write((lines + configuration).joined(separator: "\n") + "\n", folder, "rabbitmq.conf")
    try Self.write("[rabbitmq_management].\n", folder, "enabled_plugins")
    try Self.write("", folder, "env.conf")
    // Only its owner may read it, or Erlang does not start.
    try Self.write("SLUICETESTS\(port)", folder, ".erlang.cookie")
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o400],
      ofItemAtPath: folder.appending(path: ".erlang.cookie").path
    )
    program = try Program(
      Self.server,
      environment: try Self.environment(folder, port).merging(processes.environment) { $1 }
    )
    try await waitUntilReady()
  }

  deinit {
    for process in processes.alive { kill(process.processIdentifier, SIGKILL) }
    // What it still writes is in nobody's way.
    try? FileManager.default.removeItem(at: folder)
  }

  /// The process of the broker, to be stopped and continued.
  package var child: Child { program.child }

  private func waitUntilReady() async throws {
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

  private static func environment(
    _ folder: URL,
    _ port: Int
  ) throws -> [String: String] {
    func path(_ name: String) -> String { folder.appending(path: name).path }
    return [
      // The script then becomes the broker, and stays no process beside it.
      "RUNNING_UNDER_SYSTEMD": "true",
      "HOME": folder.path,
      "RABBITMQ_NODENAME": "sluice\(port)@localhost",
      "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
      "RABBITMQ_NODE_PORT": String(port),
      "RABBITMQ_DIST_PORT": String(try FreePort.next()),
      "ERL_EPMD_PORT": String(try FreePort.next()),
      "ERL_EPMD_ADDRESS": "127.0.0.1",
      "RABBITMQ_MNESIA_BASE": path("mnesia"),
      "RABBITMQ_LOG_BASE": path("log"),
      "RABBITMQ_PID_FILE": path("node.pid"),
      "RABBITMQ_CONFIG_FILE": path("rabbitmq"),
      "RABBITMQ_ADVANCED_CONFIG_FILE": path("advanced.config"),
      "RABBITMQ_ENABLED_PLUGINS_FILE": path("enabled_plugins"),
      "RABBITMQ_CONF_ENV_FILE": path("env.conf"),
      "RABBITMQ_GENERATED_CONFIG_DIR": path("generated"),
      "RABBITMQ_SCHEMA_DIR": path("schema"),
      "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
    ]
  }

  private static func write(_ text: String, _ folder: URL, _ name: String) throws {
    try text.write(to: folder.appending(path: name), atomically: true, encoding: .utf8)
  }
}
