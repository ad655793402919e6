import AMQP

/// The limits of a server, each with its reason; the defaults are RabbitMQ 3.10's.
package struct ServerLimits: Sendable, Hashable {
  /// The longest frame offered to clients, in bytes (`frame_max`).
  package var frameBytes = Limits.defaultFrameBytes
  /// Channels that a connection may have open at once (`channel_max`).
  package var channelCount = Limits.defaultChannelCount
  /// Connections served at once (`connection_max`).
  ///
  /// Others wait unanswered until one ends; nil for as many as there are file descriptors.
  package var connectionCount: Int?
  /// Queues of one virtual host (`max-queues`); nil for no limit.
  package var queueCount: Int?
  /// A message's body, in bytes (`max_message_size`).
  package var messageBytes = 134_217_728
  /// Seconds proposed between heartbeats; 0 for none (`heartbeat`).
  package var heartbeatSeconds: UInt16 = 60
  /// From the connect to `connection.open`; a client that takes longer is cut
  /// (`handshake_timeout`).
  package var handshakeMilliseconds: Int64 = 10_000
  /// Beyond this much anonymous memory publishers wait (`vm_memory_high_watermark`).
  package var memory = MemoryLimit.fraction(0.4)
  /// With less free space than this on the disk publishers wait; 0 for no limit
  /// (`disk_free_limit`).
  package var diskFreeBytes = 50_000_000

  package init() {}

  /// How much memory the broker may use before publishers wait.
  package enum MemoryLimit: Sendable, Hashable {
    /// Of what the machine has, or what the process may use of it, above 0.
    case fraction(Double)
    case bytes(Int)
  }

  /// The highest channel number there is (AMQP 0-9-1 section 4.2.3: two octets).
  package static let channelCountBound = 65_535
  /// RabbitMQ refuses to be configured beyond this.
  package static let messageBytesBound = 536_870_912
}

/// What no flag changes.
extension ServerLimits {
  /// Ports tried from the wanted one on; more would hide a mistake.
  static let portsTried = 100
  /// One read takes at most this much; more gains nothing (coding.md, "Effects").
  static let readBytes = 64 * 1024
  /// What a connection that says little keeps for its next read.
  static let idleReadBytes = 2 * 1_024
  /// How long a client has to answer `connection.close`, or to close the socket after it said so
  /// itself, before it is cut; RabbitMQ's closing timeout.
  static let closeSeconds: Int64 = 30
  /// How long a stop waits for clients to answer.
  static let stopSeconds: Int64 = 5
  /// How often, and how soon again, a broker that comes back tries to have its directory and its
  /// port: a process that we are just about to start has a copy of the directory's lock for a
  /// moment, and anybody may have taken the port meanwhile.
  static let returnAttempts = 50
  static let returnMilliseconds: Int64 = 100
  /// Beyond this much unsent output nothing more is read from a client: it must read first.
  static let unsentBytes = 16 << 20
  /// Of a client's name for its connection; longer ones are cut, for events carry them.
  static let connectionNameCharacters = 255
  /// Of the product and the version that a client names, in Unicode scalars: snapshots carry them.
  static let clientNameCharacters = 64
  /// Output buffers larger than this are given back once they are empty.
  static let keptOutputBytes = 256 << 10
  /// How soon a long task of a person asks again whether the disk takes more.
  static let floodedMilliseconds: Int64 = 5
  /// How often memory and disk are looked at: as fast as a publisher can fill them.
  static let measureSeconds: Int64 = 1
}
