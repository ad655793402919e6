import Telemetry

enum SurgeRule {
  static func findings(in window: Window) -> [Finding] { [] }
}
