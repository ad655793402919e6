import Foundation

/// A program of the system that a test needs.
///
/// A test may be skipped only because such a program is missing, and never under `CI=true`: there
/// it runs and fails.
package struct Tool: Sendable {
  /// The name that the shell knows it by.
  package let name: String
  /// Its file; a path that does not exist when it is not installed.
  package let path: String

  private init(_ name: String, path: String? = nil, needs file: String? = nil) {
    self.name = name
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin")
      .split(separator: ":")
    let found = folders.map { "\($0)/\(name)" }.first(where: isExecutable)
    self.path = path ?? found ?? "/nowhere/\(name)"
    neededFile = file
  }

  /// A file or folder that it is of no use without.
  private let neededFile: String?

  /// Whether a test that needs it runs.
  package var isUsable: Bool {
    let isWhole = neededFile.map(FileManager.default.fileExists) ?? true
    return ProcessInfo.processInfo.environment["CI"] == "true" || isExecutable(path) && isWhole
  }

  package static let tmux = Tool("tmux")
  package static let bash = Tool("bash")
  package static let openssl = Tool("openssl")
  /// Takes from root the right to do what permissions forbid.
  package static let setpriv = Tool("setpriv")
  package static let curl = Tool("curl")
  /// Python, for ``rabbitmqadminScript``.
  package static let pythonWithRabbitmqadmin = Tool(
    "python3",
    path: "/usr/bin/python3",
    needs: rabbitmqadminScript
  )
  /// RabbitMQ's program for its management, as Debian's package has it.
  package static let rabbitmqadminScript = rabbitmqadminPath
  package static let amqpPublish = Tool("amqp-publish")
  package static let amqpGet = Tool("amqp-get")
  package static let amqpConsume = Tool("amqp-consume")
  package static let amqpDeclareQueue = Tool("amqp-declare-queue")
  package static let amqpDeleteQueue = Tool("amqp-delete-queue")
  /// Debian's own Python, because its `python3-pika` is not seen by others.
  package static let pythonWithPika = Tool(
    "python3",
    path: "/usr/bin/python3",
    needs: "/usr/lib/python3/dist-packages/pika"
  )
}

private func isExecutable(_ path: String) -> Bool {
  FileManager.default.isExecutableFile(atPath: path)
}

/// Debian has it among the plugins of its release.
private var rabbitmqadminPath: String {
  let releases = "/usr/lib/rabbitmq/lib"
  // Without the package there is no such folder.
  let names = (try? FileManager.default.contentsOfDirectory(atPath: releases)) ?? []
  let paths = names.map { name in
    let release = name.drop { $0 != "-" }
    return "\(releases)/\(name)/plugins/rabbitmq_management\(release)/priv/www/cli/rabbitmqadmin"
  }
  return paths.first { FileManager.default.fileExists(atPath: $0) } ?? "/nowhere/rabbitmqadmin"
}
