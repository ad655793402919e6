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

  private init(_ name: String, path: String? = nil, needs module: String? = nil) {
    self.name = name
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin")
      .split(separator: ":")
    let found = folders.map { "\($0)/\(name)" }.first(where: isExecutable)
    self.path = path ?? found ?? "/nowhere/\(name)"
    moduleFolder = module.map { "/usr/lib/python3/dist-packages/\($0)" }
  }

  private let moduleFolder: String?

  /// Whether a test that needs it runs.
  package var isUsable: Bool {
    let hasModule = moduleFolder.map(FileManager.default.fileExists) ?? true
    return ProcessInfo.processInfo.environment["CI"] == "true" || isExecutable(path) && hasModule
  }

  package static let tmux = Tool("tmux")
  package static let bash = Tool("bash")
  package static let openssl = Tool("openssl")
  /// Takes from root the right to do what permissions forbid.
  package static let setpriv = Tool("setpriv")
  package static let amqpPublish = Tool("amqp-publish")
  package static let amqpGet = Tool("amqp-get")
  package static let amqpConsume = Tool("amqp-consume")
  package static let amqpDeclareQueue = Tool("amqp-declare-queue")
  package static let amqpDeleteQueue = Tool("amqp-delete-queue")
  /// Debian's own Python, because its `python3-pika` is not seen by others.
  package static let pythonWithPika = Tool("python3", path: "/usr/bin/python3", needs: "pika")
}

private func isExecutable(_ path: String) -> Bool {
  FileManager.default.isExecutableFile(atPath: path)
}
