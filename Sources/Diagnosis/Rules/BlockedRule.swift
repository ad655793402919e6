import Telemetry

enum BlockedRule {
  static func findings(in window: Window) -> [Finding] { [] }
}
