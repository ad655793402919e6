package import Canvas

/// What the dashboard is told once, before it draws anything.
package struct ViewOptions: Hashable, Sendable {
  /// The theme's glyphs, already reduced to ASCII where the terminal needs it.
  package var glyphs: Glyphs
  /// Added to UTC for every time of day on the screen.
  package var timeZoneOffsetSeconds: Int
  /// Whether a scenario runs, or is about to.
  package var hasLab: Bool
  /// How often a snapshot of the broker comes.
  package var refreshSeconds: Double

  package init(
    glyphs: Glyphs = Glyphs(),
    timeZoneOffsetSeconds: Int = 0,
    hasLab: Bool = true,
    refreshSeconds: Double = 0.5
  ) {
    self.glyphs = glyphs
    self.timeZoneOffsetSeconds = timeZoneOffsetSeconds
    self.hasLab = hasLab
    self.refreshSeconds = refreshSeconds
  }
}
