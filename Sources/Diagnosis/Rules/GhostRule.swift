import Telemetry

enum GhostRule {
  static func findings(in window: Window) -> [Finding] { [] }
}
