extension Broker {
  /// The first message of a queue may have reached the end of its time.
  func messagesDue(in queue: Queue) {}

  /// A queue may have been unused for as long as it asked for.
  func unusedDue(_ queue: Queue) {}
}
