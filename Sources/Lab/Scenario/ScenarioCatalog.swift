/// The scenarios that come with the program.
package enum ScenarioCatalog {
  /// Their names, in the order in which they teach.
  package static let names = [
    "payment", "login", "greetings", "shop-peak", "unreliable-downstream", "broker-down",
  ]

  /// The scenario of a name.
  ///
  /// - Returns: nil when none has it.
  static func shipped(named name: String) -> Scenario? {
    guard let text = text(named: name) else { return nil }
    // That the shipped texts have no problem is a test; a broken one is as good as none.
    return try? ScenarioReader.read(text, file: "\(name).toml")
  }

  /// The file of a scenario.
  ///
  /// - Parameter name: One of ``names``.
  /// - Returns: nil when none has that name.
  package static func text(named name: String) -> String? {
    bytes(named: name).map { String(decoding: $0, as: UTF8.self) }
  }

  private static func bytes(named name: String) -> [UInt8]? {
    switch name {
    case "payment": PackageResources.payment_toml
    case "login": PackageResources.login_toml
    case "greetings": PackageResources.greetings_toml
    case "shop-peak": PackageResources.shop_peak_toml
    case "unreliable-downstream": PackageResources.unreliable_downstream_toml
    case "broker-down": PackageResources.broker_down_toml
    case _: nil
    }
  }
}
