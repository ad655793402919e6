import Canvas

/// Chooses between the themes for dark and for light backgrounds when nobody named one.
package enum AutomaticTheme {
  /// For dark backgrounds, and for those of which nothing is known.
  package static let dark = "default"
  package static let light = "default-light"

  /// The luminance at which black and white text have the same contrast.
  static let middleLuminance = 0.179

  /// Returns the name of the theme that can be read on a terminal's background.
  ///
  /// - Parameters:
  ///   - background: The red, green and blue that the terminal gave for OSC 11; nil when it did not
  ///     answer.
  ///   - colorFGBG: What the variable `COLORFGBG` says, as `15;0` or `0;default;15`, which rxvt,
  ///     Konsole and others set: the last number is the background's among the 16 colours.
  /// - Returns: ``dark`` or ``light``.
  package static func name(
    background: (red: UInt8, green: UInt8, blue: UInt8)?,
    colorFGBG: String?
  ) -> String {
    if let background {
      let color = LinearColor(background.red, background.green, background.blue)
      return isLight(color) ? light : dark
    }
    guard let last = colorFGBG?.split(separator: ";").last, let index = UInt8(last), index < 16
    else { return dark }
    // By its place and not by its colour, which schemes change: white and all bright ones but the
    // bright black are light.
    return index == 7 || index > 8 ? light : dark
  }

  static func isLight(_ color: LinearColor) -> Bool { color.luminance > middleLuminance }
}
