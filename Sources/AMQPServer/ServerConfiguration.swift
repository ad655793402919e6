/// How a broker server listens and what it is called.
package struct ServerConfiguration: Sendable, Hashable {
  /// A numeric address or a host name of this machine.
  package var bindAddress: String
  /// 0 lets the system choose.
  package var port: Int
  /// Whether the next free port is taken when the wanted one is in use.
  package var triesNextPorts: Bool
  package var snapshotInterval: Duration
  /// What the dashboard's header calls the broker.
  package var label: String

  package init(
    bindAddress: String = "127.0.0.1",
    port: Int = 5672,
    triesNextPorts: Bool = false,
    snapshotInterval: Duration = .milliseconds(250),
    label: String = "embedded broker"
  ) {
    self.bindAddress = bindAddress
    self.port = port
    self.triesNextPorts = triesNextPorts
    self.snapshotInterval = snapshotInterval
    self.label = label
  }
}

/// Why a server could not start.
package enum ServerError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The port is taken; `triedPorts` says how many were tried from it on.
  case addressInUse(address: String, port: Int, triedPorts: Int)
  /// The system refused for another reason, in its own words.
  case cannotListen(address: String, port: Int, reason: String)

  package var description: String {
    switch self {
    case .addressInUse(let address, let port, 1):
      "\(address):\(port) is in use; choose another port with --amqp-port"
    case .addressInUse(let address, let port, let triedPorts):
      "\(address) ports \(port) to \(port + triedPorts - 1) are in use; choose another with "
        + "--amqp-port"
    case .cannotListen(let address, let port, let reason):
      "cannot listen on \(address):\(port): \(reason)"
    }
  }
}

/// The limits of a server, each with its reason.
enum ServerLimits {
  /// Ports tried from the wanted one on; more would hide a mistake.
  static let portsTried = 100
  /// One read takes this much; more gains nothing (coding.md, "Effects").
  static let readBytes = 64 * 1024
  /// A message's body, as in RabbitMQ 3.10 (`max_message_size`).
  static let messageBytes = 134_217_728
  /// Seconds that RabbitMQ proposes between heartbeats.
  static let heartbeatSeconds: UInt16 = 60
  /// From the first byte to `connection.open`, as in RabbitMQ (`handshake_timeout`).
  static let handshakeSeconds: Int64 = 10
  /// How long a client has to answer `connection.close` before it is cut.
  static let closeSeconds: Int64 = 3
  /// How long a stop waits for clients to answer.
  static let stopSeconds: Int64 = 5
  /// Beyond this much unsent output nothing more is read from a client: it must read first.
  static let unsentBytes = 16 << 20
  /// Of a client's name for its connection; longer ones are cut, for events carry them.
  static let connectionNameCharacters = 255
  /// Output buffers larger than this are given back once they are empty.
  static let keptOutputBytes = 256 << 10
}
