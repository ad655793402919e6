import Telemetry

enum StuckRule {
  static func findings(in window: Window) -> [Finding] { [] }
}
