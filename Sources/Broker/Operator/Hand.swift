/// By what a person acts on the broker.
package enum Hand: Sendable, Hashable {
  /// The person at the dashboard.
  case dashboard
  /// A user of the management's HTTP API.
  case management(user: String)

  private static let dashboardMark = " (you)"

  /// An event's text that says whose doing it is, once.
  func marked(_ text: String) -> String {
    switch self {
    case .dashboard: return text.hasSuffix(Self.dashboardMark) ? text : text + Self.dashboardMark
    case .management(let user):
      let isMarked = text.hasSuffix(Self.dashboardMark)
      let plain = isMarked ? String(text.dropLast(Self.dashboardMark.count)) : text
      return "\(plain) (\(user), by HTTP)"
    }
  }
}
