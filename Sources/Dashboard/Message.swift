package import Canvas
package import Telemetry

/// Something that happened, told to ``update(_:_:)``.
package enum Message: Sendable {
  case key(Key)
  case snapshot(BrokerSnapshot)
  case lab(LabSnapshot)
  /// The time went on; comes at least once a second.
  case tick(Instant, WallTime)
  case resized(Size)
  /// What became of an ``Effect``.
  case outcome(Outcome)
  /// The answer to ``Look/peek(_:)``.
  case peeked(QueueIdentity, [MessageSnapshot])
  /// The answer to ``Look/redrive(_:)``, or what a redrive did.
  case redrive(QueueIdentity, Redrive)
  /// The answer to ``Effect/readBody(path:)``.
  case bodyRead(path: String, [UInt8])
  /// What became of a recording that is made.
  case recording(RecordingNews)
  /// A recording was played to its end, with a line for the person.
  case replayEnded(String)
  /// How it stands with a broker that is watched from outside.
  case attached(AttachedState)
  /// Another of the targets is shown from now on.
  case switched(target: Int)
  /// The themes that there are, in the order of a menu.
  case themes([ThemeChoice], current: String)
}

/// What became of an ``Effect``, in one line for the person.
package enum Outcome: Sendable, Hashable {
  /// An empty text says nothing.
  case succeeded(String)
  case refused(String)
}

/// A theme that can be chosen.
package struct ThemeChoice: Sendable, Hashable {
  package var name: String
  /// `dark`, `light` or `any`, and where it comes from.
  package var note: String

  package init(name: String, note: String) {
    self.name = name
    self.note = note
  }
}
