import Telemetry

enum GenerationsRule {
  static func findings(in window: Window) -> [Finding] { [] }
}
