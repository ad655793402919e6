import Dashboard
import ManagementClient
import RecordingFile

/// What the command line asked of a dashboard on brokers elsewhere, checked.
struct AttachPlan: Sendable {
  /// The brokers, the one that is shown first in front; never empty.
  var addresses: [ManagementAddress]
  var trust: TrustSettings
  var screen: ScreenPlan
  var stepSeconds: Double
  /// What all that the dashboard is told is recorded into.
  var recording: RecordingDestination?
  /// Run for each new critical finding; nil for none.
  var alertCommand: String?

  /// What a session of a target is made of.
  func session(_ target: Int) -> ManagementSession {
    ManagementSession(
      addresses[target],
      trust: trust,
      stepSeconds: stepSeconds,
      clock: SessionClock(now: { SystemClock.now() }, wallTime: { SystemClock.wallTime() })
    )
  }
}
