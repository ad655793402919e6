package import Canvas
import Diagnosis

/// The one word about a queue.
package enum QueueState: Hashable, Sendable, CaseIterable {
  /// Messages come and go, or there are none.
  case ok
  /// Nobody consumes, and nothing waits.
  case idle
  /// The person stopped its deliveries.
  case paused
  // What the diagnosis found, each as the rule of its name says.
  case draining
  case surge
  case hoarding
  case deadLetters
  case leak
  case old
  case backlog
  case slow
  case full
  case noConsumer
  case poison
  case stuck

  /// What a finding makes of its queue; nil when the rule says nothing of the queue as a whole.
  init?(_ rule: Rule) {
    switch rule {
    case .stuck: self = .stuck
    case .poison: self = .poison
    case .noConsumer: self = .noConsumer
    case .full: self = .full
    case .slow: self = .slow
    case .backlog: self = .backlog
    case .age: self = .old
    case .leak: self = .leak
    case .deadLetters: self = .deadLetters
    case .hoarding: self = .hoarding
    case .surge: self = .surge
    case .draining: self = .draining
    case .ledger, .alarm, .unroutable, .blocked, .ghost, .churn, .channelLeak, .generations,
      .bindings:
      return nil
    }
  }

  package var word: String {
    switch self {
    case .ok: "ok"
    case .idle: "idle"
    case .paused: "paused"
    case .draining: "draining"
    case .surge: "surge"
    case .hoarding: "hoarding"
    case .deadLetters: "dead letters"
    case .leak: "leak"
    case .old: "old"
    case .backlog: "backlog"
    case .slow: "slow"
    case .full: "full"
    case .noConsumer: "no consumer"
    case .poison: "poison"
    case .stuck: "stuck"
    }
  }

  package var role: Role {
    switch self {
    case .ok: .stateOK
    case .idle: .muted
    case .paused: .statePaused
    case .draining, .surge: .stateDraining
    case .hoarding, .deadLetters, .leak, .old, .backlog, .slow, .full: .stateSlow
    case .noConsumer: .stateNone
    case .poison, .stuck: .stateStuck
    }
  }

  /// Returns what stands before the word: a state is never told by colour alone.
  package func glyph(_ glyphs: Glyphs) -> Unicode.Scalar {
    switch self {
    case .ok, .draining, .surge: glyphs.ok
    case .idle: glyphs.starting
    case .paused: glyphs.paused
    case .hoarding, .deadLetters, .leak, .old, .backlog, .slow, .full, .noConsumer, .poison,
      .stuck:
      glyphs.alert
    }
  }

  /// How wrong it is; 0 when nothing is.
  var trouble: Int {
    switch self {
    case .ok, .idle: 0
    case .paused: 1
    case .draining, .surge: 2
    case .hoarding, .deadLetters, .leak, .old: 3
    case .backlog: 4
    case .slow: 5
    case .full: 6
    case .noConsumer: 7
    case .poison: 8
    case .stuck: 9
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
