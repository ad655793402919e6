import Telemetry

enum FullRule {
  static func findings(in window: Window) -> [Finding] { [] }
}
