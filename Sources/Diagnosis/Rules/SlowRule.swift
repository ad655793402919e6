import Telemetry

enum SlowRule {
  static func findings(in window: Window) -> [Finding] { [] }
}
