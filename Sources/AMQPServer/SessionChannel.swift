import Broker

/// A channel of a session: the broker's side of it, and what is half received.
final class SessionChannel {
  let channel: Channel
  var content = IncomingContent()
  /// Set when the server closed it: everything but `channel.close-ok` is then ignored.
  var isClosing = false

  init(_ channel: Channel) {
    self.channel = channel
  }

  deinit {
    content.free()
  }
}
