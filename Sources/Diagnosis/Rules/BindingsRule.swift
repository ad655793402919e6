import Telemetry

enum BindingsRule {
  static func findings(in window: Window) -> [Finding] { [] }
}
