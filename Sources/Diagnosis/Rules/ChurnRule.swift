import Telemetry

enum ChurnRule {
  static func findings(in window: Window) -> [Finding] { [] }
}
