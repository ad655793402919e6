import AMQPServer
import Synchronization
package import JSONText
import Telemetry

/// What all requests share.
struct Office: Sendable {
  let broker: BrokerServer
  let statistics: Statistics
  let configuration: ManagementConfiguration
  let listening = ListeningPort()

  /// What RabbitMQ would call this node.
  var node: String { "sluice@localhost" }

  /// The release of RabbitMQ that this management answers like.
  static let release = "3.10.8"
}

/// The port that the management listens on, known once it does; no request comes before.
final class ListeningPort: Sendable {
  private let number = Mutex(0)

  var value: Int { number.withLock { $0 } }

  func note(_ port: Int) {
    number.withLock { $0 = port }
  }
}

/// Where the management listens, and what it asks others for.
package struct ManagementConfiguration: Sendable {
  /// A numeric address or a host name of this machine.
  package var bindAddress: String
  /// 0 lets the system choose.
  package var port: Int
  /// Whether the next free port is taken when the wanted one is in use.
  package var triesNextPorts: Bool
  /// What the diagnosis finds now, as an array; nil where nobody diagnoses.
  package var findings: (@Sendable () async -> JSON)?

  /// - Parameters:
  ///   - bindAddress: A numeric address or a host name of this machine.
  ///   - port: 0 lets the system choose.
  ///   - triesNextPorts: Whether the next free port is taken when the wanted one is in use.
  ///   - findings: What the diagnosis finds now, as an array.
  package init(
    bindAddress: String = "127.0.0.1",
    port: Int = ManagementConfiguration.usualPort,
    triesNextPorts: Bool = false,
    findings: (@Sendable () async -> JSON)? = nil
  ) {
    self.bindAddress = bindAddress
    self.port = port
    self.triesNextPorts = triesNextPorts
    self.findings = findings
  }

  /// RabbitMQ's.
  package static let usualPort = 15_672
  /// Ports tried from the wanted one on; more would hide a mistake.
  static let portsTried = 100
  /// A request's body, in bytes; RabbitMQ takes 8 MB.
  static let bodyBytesLimit = 8 << 20
}
