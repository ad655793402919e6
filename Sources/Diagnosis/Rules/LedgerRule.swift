import Telemetry

enum LedgerRule {
  static func findings(in window: Window) -> [Finding] { [] }
}
