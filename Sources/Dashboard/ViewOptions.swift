package import Canvas
package import Diagnosis

/// What the dashboard is told once, before it draws anything.
package struct ViewOptions: Hashable, Sendable {
  /// The theme's glyphs, already reduced to ASCII where the terminal needs it.
  package var glyphs: Glyphs
  /// Added to UTC for every time of day on the screen.
  package var timeZoneOffsetSeconds: Int
  /// Whether a scenario runs, or is about to.
  package var hasLab: Bool
  /// The keys, with those that the person's config file changed.
  package var keymap: Keymap
  /// Whether nothing may be changed until the person says so.
  package var isReadOnly: Bool
  /// What the person chose in earlier sessions.
  package var settings: Settings
  /// How often a snapshot of the broker comes.
  package var refreshSeconds: Double
  /// What the person changed of the diagnosis' rules.
  package var tuning: Tuning
  /// What is done about a new critical finding.
  package var alerts: Alerts
  /// The recording that is shown; nil for what happens now.
  package var replay: ReplayOptions?
  /// The brokers that are watched from outside; nil for one that runs here.
  package var attachment: AttachOptions?

  package init(
    glyphs: Glyphs = Glyphs(),
    timeZoneOffsetSeconds: Int = 0,
    hasLab: Bool = true,
    keymap: Keymap = .standard,
    isReadOnly: Bool = false,
    settings: Settings = Settings(),
    refreshSeconds: Double = 0.5,
    tuning: Tuning = .standard,
    alerts: Alerts = [],
    replay: ReplayOptions? = nil,
    attachment: AttachOptions? = nil
  ) {
    self.glyphs = glyphs
    self.timeZoneOffsetSeconds = timeZoneOffsetSeconds
    self.hasLab = hasLab
    self.keymap = keymap
    self.isReadOnly = isReadOnly
    self.settings = settings
    self.tuning = tuning
    self.alerts = alerts
    self.refreshSeconds = refreshSeconds
    self.replay = replay
    self.attachment = attachment
  }
}
