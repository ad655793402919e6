package import Telemetry

extension LongTerm {
  /// How the channels of a connection became more since one was closed last.
  package struct Channels: Sendable, Hashable {
    package var atFirst: Int
    package var now: Int
    /// How often there were more than before.
    package var rises: Int
    package var since: Instant
    package var lastRiseAt: Instant

    init(_ count: Int, at now: Instant) {
      atFirst = count
      self.now = count
      rises = 0
      since = now
      lastRiseAt = now
    }
  }

  mutating func recordChannels(_ snapshot: BrokerSnapshot) {
    var kept: [UInt64: Channels] = [:]
    for index in snapshot.connections.indices where snapshot.connections[index].channelCount > 1 {
      if kept.count >= Self.limit { break }
      let count = snapshot.connections[index].channelCount
      let identifier = snapshot.connections[index].identifier
      var known = channels[identifier] ?? Channels(count, at: snapshot.at)
      if count < known.now {
        known = Channels(count, at: snapshot.at)
      } else if count > known.now {
        known.now = count
        known.rises += 1
        known.lastRiseAt = snapshot.at
      }
      kept[identifier] = known
    }
    channels = kept
  }
}
