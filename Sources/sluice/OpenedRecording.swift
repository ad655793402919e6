import Canvas
import Dashboard
import Recording
import RecordingFile
import Telemetry

/// A recording that can be played, at least its beginning.
struct OpenedRecording: Sendable {
  /// Broker snapshots from which is told how often they came.
  private static let sampledFrames = 400

  let reader: RecordingReader<RecordedFile>
  /// The file's name without its folders, safe for a terminal.
  let name: String
  /// Where it ends before its file does, in one line; nil when it is whole.
  let damage: String?

  /// Why it cannot be played, in one line.
  struct Problem: Error, CustomStringConvertible {
    var description: String
  }

  /// Opens a file.
  ///
  /// - Throws: ``Problem``; damage behind the first snapshot is none.
  init(path: String) throws(Problem) {
    let file: RecordedFile
    do {
      file = try RecordedFile(path: path)
    } catch {
      throw Problem(description: SafeText.clean(error.description))
    }
    do {
      reader = try RecordingReader(file)
    } catch {
      throw Problem(description: SafeText.clean("\(path): \(error.description)"))
    }
    damage = reader.damage?.description
    name = SafeText.clean(path.split(separator: "/").last.map(String.init) ?? path)
    guard reader.frameCount > 0 else {
      let reason = damage ?? "this recording ended before its first snapshot"
      throw Problem(description: SafeText.clean("\(path): \(reason)"))
    }
  }

  /// Whether a scenario ran.
  var hasLab: Bool {
    (0..<reader.frameCount).contains { reader.head($0).content != .broker }
  }

  /// How often a snapshot of the broker came, in seconds; the middle of what is at the beginning.
  var refreshSeconds: Double {
    let instants = (0..<min(reader.frameCount, Self.sampledFrames)).map { reader.head($0) }
      .filter { $0.content != .lab }.map(\.at)
    let gaps = zip(instants.dropFirst(), instants).map { $0.seconds(since: $1) }.sorted()
    guard !gaps.isEmpty else { return ViewOptions().refreshSeconds }
    let shortest = Dashboard.Limits.refreshSteps.first ?? 0.1
    let longest = Dashboard.Limits.refreshSteps.last ?? 10
    return min(max(gaps[gaps.count / 2], shortest), longest)
  }
}
