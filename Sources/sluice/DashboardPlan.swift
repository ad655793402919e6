import AMQPServer
import Canvas
import ConfigFile
import Curses
import Dashboard
import Definitions
import Lab
import RecordingFile
import Telemetry

/// What the command line and the config file asked of the dashboard, checked.
struct DashboardPlan: Sendable {
  var theme: Theme
  /// The name or file of the theme that a person chose; without one the terminal's background says
  /// which it is.
  var chosenTheme: String?
  var terminalOptions: TerminalOptions
  var refresh: RefreshInterval
  /// Whether nothing may be changed until the person allows it.
  var isReadOnly: Bool
  var config: ChosenConfiguration
  var lab: LabPlan
  /// What all that the dashboard is told is recorded into.
  var recording: RecordingDestination?
  /// The port to try first.
  var port: Int
  /// The port of the management API to try first; nil to do without.
  var managementPort: Int?
  var limits: ServerLimits
  /// A second listener, encrypted; nil for none.
  var tls: TLSSettings?
  /// What the broker begins with, and the file that it is from.
  var definitions: Definitions?
  var definitionsFile: String?
  /// Where the broker keeps its messages; nil for a directory that ends with the program.
  var dataDirectory: String?
  /// Run for each new critical finding; nil for none.
  var alertCommand: String?
  /// Whether the bell rings for it.
  var hasBell: Bool

  private var alerts: Alerts {
    var alerts: Alerts = []
    if hasBell { alerts.insert(.bell) }
    if alertCommand != nil { alerts.insert(.command) }
    return alerts
  }

  var glyphs: Glyphs { terminalOptions.isASCII ? theme.glyphs.ascii() : theme.glyphs }

  /// What the dashboard is told once.
  var viewOptions: ViewOptions {
    ViewOptions(
      glyphs: glyphs,
      timeZoneOffsetSeconds: SystemClock.timeZoneOffsetSeconds(),
      hasLab: true,
      keymap: config.configuration.keymap,
      isReadOnly: isReadOnly,
      settings: config.configuration.settings,
      refreshSeconds: refresh.seconds,
      tuning: config.configuration.tuning,
      alerts: alerts
    )
  }
}
