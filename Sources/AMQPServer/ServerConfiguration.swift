package import Definitions

/// How a broker server listens and what it is called.
package struct ServerConfiguration: Sendable, Hashable {
  /// A numeric address or a host name of this machine.
  package var bindAddress: String
  /// 0 lets the system choose.
  package var port: Int
  /// Whether the next free port is taken when the wanted one is in use.
  package var triesNextPorts: Bool
  /// nil when nobody looks, so that none are made.
  package var snapshotInterval: Duration?
  /// What the dashboard's header calls the broker.
  package var label: String
  package var limits: ServerLimits
  /// A second listener, encrypted; nil for none.
  package var tls: TLSSettings?
  /// What the broker begins with: users, virtual hosts, queues and so on.
  package var definitions: Definitions?
  /// Where durable things and persistent messages are kept; nil to keep nothing.
  package var dataDirectory: String?
  /// Whether `guest` stays when the definitions name users of their own.
  package var keepsGuest: Bool

  package init(
    bindAddress: String = "127.0.0.1",
    port: Int = 5672,
    triesNextPorts: Bool = false,
    snapshotInterval: Duration? = .milliseconds(250),
    label: String = "embedded broker",
    limits: ServerLimits = ServerLimits(),
    tls: TLSSettings? = nil,
    definitions: Definitions? = nil,
    dataDirectory: String? = nil,
    keepsGuest: Bool = true
  ) {
    self.bindAddress = bindAddress
    self.port = port
    self.triesNextPorts = triesNextPorts
    self.snapshotInterval = snapshotInterval
    self.label = label
    self.limits = limits
    self.tls = tls
    self.definitions = definitions
    self.dataDirectory = dataDirectory
    self.keepsGuest = keepsGuest
  }
}

/// Why a server could not start.
package enum ServerError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The port is taken; `triedPorts` says how many were tried from it on.
  case addressInUse(address: String, port: Int, triedPorts: Int)
  /// The system refused for another reason, in its own words.
  case cannotListen(address: String, port: Int, reason: String)
  /// A certificate or key cannot be used.
  case badTLSFile(path: String, reason: String)
  /// Another process uses the data directory.
  case dataDirectoryInUse(path: String)
  /// The data directory cannot be used; one line that says why and how it is mended.
  case badDataDirectory(path: String, reason: String)
  /// The definitions say something that this broker cannot be.
  case badDefinitions(DefinitionsError)

  package var description: String {
    switch self {
    case .addressInUse(let address, let port, 1):
      "\(address):\(port) is in use; choose another port with --amqp-port"
    case .addressInUse(let address, let port, let triedPorts):
      "\(address) ports \(port) to \(port + triedPorts - 1) are in use; choose another with "
        + "--amqp-port"
    case .cannotListen(let address, let port, let reason):
      "cannot listen on \(address):\(port): \(reason)"
    case .badTLSFile(let path, let reason):
      "\(path): \(reason)"
    case .dataDirectoryInUse(let path):
      "\(path) is used by another sluice; stop that, or choose another directory with --data"
    case .badDataDirectory(let path, let reason): "\(path): \(reason)"
    case .badDefinitions(let error): error.description
    }
  }
}
