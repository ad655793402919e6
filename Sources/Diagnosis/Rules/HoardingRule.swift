import Telemetry

enum HoardingRule {
  static func findings(in window: Window) -> [Finding] { [] }
}
