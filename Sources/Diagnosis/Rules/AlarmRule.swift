import Telemetry

enum AlarmRule {
  static func findings(in window: Window) -> [Finding] { [] }
}
