/// What a person sees of the payment scenario.
enum Scenario {
  /// Each is consumed by the service of the same name.
  static let queues = ["trade", "notification", "points"]
  /// Customers, payment both ways, user, status, trade, notification, points.
  static let processCount = 8
}
