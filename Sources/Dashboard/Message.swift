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
}

/// What became of an ``Effect``, in one line for the person.
package enum Outcome: Sendable, Hashable {
  /// An empty text says nothing.
  case succeeded(String)
  case refused(String)
}
