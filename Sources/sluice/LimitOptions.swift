import AMQPServer
import AMQP
import ArgumentParser

/// The broker's limits as flags; what is not given is as in RabbitMQ 3.10.
struct LimitOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The longest frame, in bytes.", valueName: "bytes"))
  var frameMax = ServerLimits().frameBytes

  @Option(help: ArgumentHelp("Channels of a connection.", valueName: "number"))
  var channelMax = ServerLimits().channelCount

  @Option(
    help: ArgumentHelp(
      "Connections at once; more wait. Unlimited if left out.",
      valueName: "number"
    )
  )
  var connectionMax: Int?

  @Option(
    help: ArgumentHelp("Queues of a virtual host. Unlimited if left out.", valueName: "number")
  )
  var queueMax: Int?

  @Option(help: ArgumentHelp("The longest message body.", valueName: "size"))
  var maxMessageSize = ByteSize(bytes: ServerLimits().messageBytes)

  @Option(
    help: ArgumentHelp("Seconds proposed between heartbeats; 0 for none.", valueName: "seconds")
  )
  var heartbeat = ServerLimits().heartbeatSeconds

  @Option(
    help: ArgumentHelp("Seconds a client has to open its connection.", valueName: "seconds")
  )
  var handshakeTimeout = 10.0

  @Option(
    help: ArgumentHelp(
      "Memory from which on publishers wait: a share of the machine's, or a size.",
      valueName: "share|size"
    )
  )
  var memoryLimit = "0.4"

  @Option(
    help: ArgumentHelp("Free disk space below which publishers wait.", valueName: "size")
  )
  var diskFreeLimit = ByteSize(bytes: ServerLimits().diskFreeBytes)

  /// Up to 1 a number is a share of the memory, beyond that and with a unit a size.
  private var memory: ServerLimits.MemoryLimit? {
    if let share = Double(memoryLimit), share > 0, share <= 1 { return .fraction(share) }
    return ByteSize(argument: memoryLimit).flatMap { $0.bytes > 0 ? .bytes($0.bytes) : nil }
  }

  func validate() throws {
    try check("--frame-max", frameMax, in: Limits.minimumFrameBytes...Int(UInt32.max))
    try check("--channel-max", channelMax, in: 1...ServerLimits.channelCountBound)
    if let connectionMax { try check("--connection-max", connectionMax, in: 1...Int(Int32.max)) }
    if let queueMax { try check("--queue-max", queueMax, in: 0...Int(Int32.max)) }
    try check("--max-message-size", maxMessageSize.bytes, in: 0...ServerLimits.messageBytesBound)
    guard handshakeTimeout > 0, handshakeTimeout <= 3_600 else {
      throw ValidationError(
        "--handshake-timeout \(handshakeTimeout) is out of range; give up to 3600"
      )
    }
    guard memory != nil else {
      throw ValidationError(
        "--memory-limit is neither a share up to 1 nor a size; give 0.4 or 800MB, for example"
      )
    }
  }

  private func check(_ name: String, _ value: Int, in range: ClosedRange<Int>) throws {
    guard range.contains(value) else {
      throw ValidationError(
        "\(name) \(value) is out of range; give \(range.lowerBound) to \(range.upperBound)"
      )
    }
  }

  var limits: ServerLimits {
    var limits = ServerLimits()
    limits.frameBytes = frameMax
    limits.channelCount = channelMax
    limits.connectionCount = connectionMax
    limits.queueCount = queueMax
    limits.messageBytes = maxMessageSize.bytes
    limits.heartbeatSeconds = heartbeat
    limits.handshakeMilliseconds = Int64(handshakeTimeout * 1_000)
    if let memory { limits.memory = memory }
    limits.diskFreeBytes = diskFreeLimit.bytes
    return limits
  }
}
