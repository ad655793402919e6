/// What a person chose, as it is remembered in the config file.
package struct Settings: Sendable, Hashable {
  /// The name of the theme; nil chooses by the terminal's background.
  package var theme: String?
  /// By the panel whose table they are of; tables that were left alone are not in it.
  package var tables: [Panel: TableSettings]
  /// Seconds; nil is the default.
  package var refreshSeconds: Double?

  package init(
    theme: String? = nil,
    tables: [Panel: TableSettings] = [:],
    refreshSeconds: Double? = nil
  ) {
    self.theme = theme
    self.tables = tables
    self.refreshSeconds = refreshSeconds
  }
}
