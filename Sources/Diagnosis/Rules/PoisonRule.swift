import Telemetry

enum PoisonRule {
  static func findings(in window: Window) -> [Finding] { [] }
}
