import Telemetry

enum ChannelLeakRule {
  static func findings(in window: Window) -> [Finding] { [] }
}
