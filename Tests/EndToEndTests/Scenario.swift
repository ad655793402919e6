/// The names of the payment scenario that appear on the screen.
enum Scenario {
  /// Each is consumed by the service of the same name.
  static let queues = ["trade", "notification", "points"]
}
