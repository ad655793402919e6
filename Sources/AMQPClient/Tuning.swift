import AMQP

/// The limits that both sides agreed to.
struct Tuning: Hashable {
  let channelMax: UInt16
  /// The longest frame, overhead included.
  let frameMax: Int
  /// Between heartbeats; 0 means none.
  let heartbeatSeconds: UInt16

  /// What holds until the server has proposed something.
  static let initial = Tuning(channelMax: 0, frameMax: Limits.minimumFrameBytes)

  private init(channelMax: UInt16, frameMax: Int) {
    self.channelMax = channelMax
    self.frameMax = frameMax
    heartbeatSeconds = 0
  }

  /// Takes the lower of what is proposed and what we want; 0 in a proposal means no limit.
  ///
  /// - Returns: nil when the server proposes frames shorter than the specification's minimum.
  init?(proposed: ConnectionTune, heartbeatSeconds wanted: UInt16) {
    let frameMax =
      proposed.frameMax == 0
      ? ClientLimits.frameBytes : min(Int(proposed.frameMax), ClientLimits.frameBytes)
    guard frameMax >= Limits.minimumFrameBytes else { return nil }
    self.frameMax = frameMax
    let channelLimit = UInt16(Limits.defaultChannelCount)
    channelMax =
      proposed.channelMax == 0 ? channelLimit : min(proposed.channelMax, channelLimit)
    heartbeatSeconds =
      wanted == 0 || proposed.heartbeat == 0
      ? wanted : min(wanted, proposed.heartbeat)
  }
}
