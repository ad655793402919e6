import Canvas
import Dashboard
import RecordingFile
import Telemetry

/// The recording of what a dashboard is told, while one is made.
///
/// - Isolation: the main actor.
@MainActor
final class RecordingDesk {
  /// What is recorded, for whoever replays it.
  private let label: String
  private var tell: (@MainActor (Message) -> Void)?
  private var recorder: FileRecorder?
  /// The file that `--record` named, until it is recorded to.
  private var wanted: RecordingDestination?
  /// Why a recording ended by itself; nil when none did.
  private var problem: String?

  /// - Parameters:
  ///   - wanted: What to record into from the beginning; nil for nothing yet.
  ///   - label: What is recorded, without passwords.
  init(_ wanted: RecordingDestination?, label: String) {
    self.wanted = wanted
    self.label = label
  }

  /// Begins the recording that is wanted.
  ///
  /// - Parameter tell: Given what becomes of recordings.
  func begin(tell: @escaping @MainActor (Message) -> Void) {
    self.tell = tell
    if let wanted { record(to: wanted) }
    wanted = nil
  }

  func add(_ snapshot: BrokerSnapshot) {
    recorder?.add(snapshot)
  }

  func add(_ snapshot: LabSnapshot) {
    recorder?.add(snapshot, at: SystemClock.wallTime())
  }

  /// Begins a recording in a file with a new name, or ends the one that is made.
  ///
  /// - Returns: What to tell the dashboard; nil when it was told already.
  func set(isOn: Bool) async -> Message? {
    guard isOn else { return await stop() }
    guard recorder == nil else { return nil }
    do {
      record(to: try RecordingDestination(newNamed: "./sluice-" + SystemClock.fileStamp()))
      return nil
    } catch {
      return .outcome(.refused(SafeText.clean(error.description)))
    }
  }

  /// Ends the recording, when the terminal was given back.
  ///
  /// - Parameter isWatched: Whether somebody can read what is printed.
  func end(isWatched: Bool) async {
    if let recorder {
      let summary = await recorder.finish()
      let file = SafeText.clean(recorder.path)
      if summary.problem == nil, isWatched {
        Announcement.say(
          "recorded \(summary.snapshotCount) snapshots, \(Format.bytes(summary.bytes)), "
            + "to be seen with: sluice replay \(file)"
        )
      }
      problem = problem ?? summary.problem
      if summary.leftOutCount > 0 {
        Announcement.complain("\(file): \(summary.leftOutCount) snapshots could not be recorded")
      }
    }
    if let problem { Announcement.complain(SafeText.clean(problem)) }
  }

  private func record(to destination: RecordingDestination) {
    recorder = FileRecorder(
      destination,
      label: label,
      createdAt: SystemClock.wallTime()
    ) { [weak self] problem in await self?.ended(destination.path, problem) }
    tell?(.recording(.started(file: destination.path)))
  }

  private func stop() async -> Message? {
    guard let recorder else { return nil }
    self.recorder = nil
    let summary = await recorder.finish()
    if let late = summary.problem {
      // Unless it was told already.
      guard problem != late else { return nil }
      problem = late
      return .recording(.failed(late))
    }
    return .recording(.stopped(file: recorder.path, bytes: summary.bytes))
  }

  private func ended(_ path: String, _ problem: String) {
    self.problem = problem
    // Another one may have begun meanwhile.
    if recorder?.path == path { recorder = nil }
    tell?(.recording(.failed(problem)))
  }
}
