extension Broker {
  /// A message that an exchange holds back may be due.
  func delayedDue(in exchange: Exchange) {}
}
