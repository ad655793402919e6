import Telemetry

enum UnroutableRule {
  static func findings(in window: Window) -> [Finding] { [] }
}
