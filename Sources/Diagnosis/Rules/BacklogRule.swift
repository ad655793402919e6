import Telemetry

enum BacklogRule {
  static func findings(in window: Window) -> [Finding] { [] }
}
