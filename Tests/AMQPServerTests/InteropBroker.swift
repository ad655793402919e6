import AMQPServer
import Foundation
import Logging
import TestSupport
import Testing

/// Programs written by others against our broker.
///
/// Serialized: each test starts several processes, and the machines have two cores.
@Suite(.serialized) struct InteropTests {}

/// The broker that an interoperability test talks to: a new one of ours in this process.
///
/// With `SLUICE_INTEROP_PORT` in the environment it is whatever listens on that port of 127.0.0.1
/// instead, so that the tests themselves can be checked against RabbitMQ.
struct InteropBroker {
  let port: Int
  private let server: BrokerServer?

  /// Runs a test against a broker and stops it afterwards.
  static func run(_ body: (InteropBroker) async throws -> Void) async throws {
    let broker = try await start()
    do {
      try await body(broker)
    } catch {
      await broker.server?.stop()
      throw error
    }
    await broker.server?.stop()
  }

  /// The address as clients take it.
  var url: String { "amqp://guest:guest@127.0.0.1:\(port)/%2F" }

  /// Runs one of the amqp-tools and returns what it printed.
  func run(_ tool: Tool, _ arguments: String...) async throws -> Program.Result {
    try await Program.run(tool.path, ["--url", url] + arguments)
  }

  /// Starts one of the scripts beside this file.
  func python(_ script: String, _ arguments: [String] = []) throws -> Program {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Scripts")
    return try Program(
      Tool.pythonWithPika.path,
      [folder.appending(path: script).path] + arguments,
      environment: ["AMQP_URL": url, "PYTHONDONTWRITEBYTECODE": "1"]
    )
  }

  /// Starts the comparison of all scenarios in `Behaviour` with RabbitMQ's recorded answers.
  func behaviour() throws -> Program {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Behaviour")
    return try Program(
      Tool.pythonWithPika.path,
      [folder.appending(path: "behaviour.py").path, "\(port)"],
      environment: ["PYTHONDONTWRITEBYTECODE": "1"]
    )
  }

  private static func start() async throws -> InteropBroker {
    if let text = ProcessInfo.processInfo.environment["SLUICE_INTEROP_PORT"] {
      return InteropBroker(port: try #require(Int(text)), server: nil)
    }
    let server = try await BrokerServer.start(
      ServerConfiguration(port: 0),
      logger: Logger(label: "interop") { _ in SwiftLogNoOpLogHandler() }
    )
    return InteropBroker(port: server.port, server: server)
  }
}
