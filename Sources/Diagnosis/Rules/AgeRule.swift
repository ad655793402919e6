import Telemetry

enum AgeRule {
  static func findings(in window: Window) -> [Finding] { [] }
}
