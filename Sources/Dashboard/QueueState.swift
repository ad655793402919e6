package import Canvas

/// The one word about a queue, from facts that can be seen.
package enum QueueState: Hashable, Sendable, CaseIterable {
  /// Messages come and go, or there are none.
  case ok
  /// Nobody consumes, and nothing waits.
  case idle
  /// The person stopped its deliveries.
  case paused
  /// Messages wait and nobody consumes.
  case noConsumer
  /// The oldest message waits longer than ``Limits/backlogSeconds``, and the queue does not shrink.
  case backlog
  /// The oldest message waits that long, but the queue shrinks.
  case draining

  package var word: String {
    switch self {
    case .ok: "ok"
    case .idle: "idle"
    case .paused: "paused"
    case .noConsumer: "no consumer"
    case .backlog: "backlog"
    case .draining: "draining"
    }
  }

  package var role: Role {
    switch self {
    case .ok: .stateOK
    case .idle: .muted
    case .paused: .statePaused
    case .noConsumer: .stateNone
    case .backlog: .stateSlow
    case .draining: .stateDraining
    }
  }

  /// Returns what stands before the word: a state is never told by colour alone.
  package func glyph(_ glyphs: Glyphs) -> Unicode.Scalar {
    switch self {
    case .ok: glyphs.ok
    case .idle: glyphs.starting
    case .paused: glyphs.paused
    case .noConsumer, .backlog: glyphs.alert
    case .draining: glyphs.ok
    }
  }
}

/// The one word about a consumer, from facts that can be seen.
package enum ConsumerState: Hashable, Sendable, CaseIterable {
  /// It holds or settles messages.
  case busy
  /// It holds nothing and settled nothing lately.
  case idle
  /// The person stopped its deliveries.
  case paused
  /// It holds messages and acknowledged none for ``Limits/silentConsumerSeconds``, while another
  /// waits as long.
  case silent
  /// Its process was killed by the person.
  case killed
  /// Its process ended by itself.
  case ended
  /// Its process is on its way.
  case starting

  package var word: String {
    switch self {
    case .busy: "busy"
    case .idle: "idle"
    case .paused: "paused"
    case .silent: "no ack"
    case .killed: "killed"
    case .ended: "ended"
    case .starting: "starting"
    }
  }

  package var role: Role {
    switch self {
    case .busy: .stateOK
    case .idle: .muted
    case .paused: .statePaused
    case .silent: .stateStuck
    case .killed, .ended: .stateGone
    case .starting: .stateBusy
    }
  }

  /// Returns what stands before the word: a state is never told by colour alone.
  package func glyph(_ glyphs: Glyphs) -> Unicode.Scalar {
    switch self {
    case .busy: glyphs.ok
    case .idle: glyphs.starting
    case .paused: glyphs.paused
    case .silent: glyphs.alert
    case .killed, .ended: glyphs.gone
    case .starting: glyphs.starting
    }
  }
}
