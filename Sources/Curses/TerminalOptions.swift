package import Canvas

/// What the person wants of the terminal.
package struct TerminalOptions: Sendable {
  package var theme: Theme
  package var color: ColorChoice
  /// Whether only ASCII may be written, whatever the locale says.
  package var isASCII: Bool
  /// Whether the mouse is reported, where the terminal has one.
  package var hasMouse: Bool

  package init(
    theme: Theme = .builtIn,
    color: ColorChoice = .automatic,
    isASCII: Bool = false,
    hasMouse: Bool = true
  ) {
    self.theme = theme
    self.color = color
    self.isASCII = isASCII
    self.hasMouse = hasMouse
  }
}

/// The value of `--color`.
package enum ColorChoice: String, Sendable, Hashable, CaseIterable {
  /// As the terminal can, unless `NO_COLOR` is set.
  case automatic = "auto"
  /// As the terminal can, `NO_COLOR` or not.
  case always
  case never
}
