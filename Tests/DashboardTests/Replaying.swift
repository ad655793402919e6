import Canvas
import Dashboard
import Recording
import Telemetry

/// A recording of worlds one after the other, a snapshot of each kind each half second.
///
/// - Parameter parts: Each world, and until which second it lasts; the first begins at 0.
/// - Returns: The recording, read back.
/// - Throws: `RecordingError`.
func recorded(_ parts: [(SampleWorld, until: Double)]) throws -> RecordingReader<[UInt8]> {
  var writer = RecordingWriter(label: "test", createdAt: SampleWorld.wall(0))
  var bytes = writer.opening
  var seconds = 0.0
  for (world, end) in parts {
    while seconds <= end {
      bytes += try writer.append(world.broker(at: seconds))
      bytes += try writer.append(world.lab(at: seconds), at: SampleWorld.wall(seconds))
      seconds += 0.5
    }
  }
  return try RecordingReader(bytes)
}

/// A dashboard over a recording of which nothing was played yet.
func replaying(
  _ recording: RecordingReader<[UInt8]>,
  size: Size = Size(columns: 120, rows: 36),
  speed: Double = 1
) -> Model {
  Model(
    size: size,
    options: ViewOptions(replay: ReplayOptions(name: "monday.slrec", speed: speed)),
    recording: recording
  )
}

/// Plays a recording between two seconds of it, by a clock of ours that has nothing to do with it.
///
/// - Returns: What the dashboard wanted meanwhile.
@discardableResult
func play(
  _ recording: RecordingReader<[UInt8]>,
  in model: inout Model,
  from start: Double,
  to end: Double
) -> [Effect] {
  var effects: [Effect] = []
  for snapshot in recording.frames(from: 0, through: recording.frameCount - 1) {
    let seconds = snapshot.at.seconds(since: SampleWorld.origin)
    guard seconds >= start, seconds <= end else { continue }
    switch snapshot {
    case .broker(let broker): effects += update(&model, .snapshot(broker))
    case .lab(let lab): effects += update(&model, .lab(lab))
    }
    let ours = Instant.zero.advanced(bySeconds: seconds + 100)
    effects += update(&model, .tick(ours, SampleWorld.wall(seconds)))
  }
  return effects
}
