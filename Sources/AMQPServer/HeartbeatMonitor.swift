/// Decides when to send a heartbeat and when the peer is gone (AMQP 0-9-1 section 4.2.7).
///
/// It is asked twice in each heartbeat interval. Any traffic counts as a heartbeat.
struct HeartbeatMonitor {
  private var bytesSent: UInt64 = 0
  private var bytesReceived: UInt64 = 0
  private var silentTicks = 0

  /// Two intervals without a byte mean that the peer is gone.
  private static let ticksUntilGone = 4

  enum Action: Hashable {
    case nothing
    case sendHeartbeat
    case peerIsGone
  }

  /// Takes the bytes sent and received since the connection opened and says what is to be done.
  ///
  /// `received` is nil while nothing is read: whose heartbeats are not read cannot be known to be
  /// gone.
  mutating func tick(sent: UInt64, received: UInt64?) -> Action {
    silentTicks = received == nil || received != bytesReceived ? 0 : silentTicks + 1
    bytesReceived = received ?? bytesReceived
    defer { bytesSent = sent }
    if silentTicks >= Self.ticksUntilGone { return .peerIsGone }
    return sent == bytesSent ? .sendHeartbeat : .nothing
  }
}
