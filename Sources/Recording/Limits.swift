/// Every bound of the recordings, so that neither a long night nor a hostile file grows without end.
enum Limits {
  // MARK: One frame
  /// The longest payload of a frame: a broker of 200,000 queues fits.
  static let payloadBytes = 64 * 1024 * 1024
  /// Cells of the widest row.
  static let cellsOfRow = 64
  /// Rows of all tables of a frame together; those beyond are left out.
  static let rows = 200_000
  /// The longest string; the rest is cut off.
  static let stringBytes = 65_536
  /// Strings of one group of frames; those beyond are recorded as empty.
  static let strings = 4_000_000
  /// What they may take together: more than a payload, because strings share their beginnings.
  static let stringsBytes = 128 * 1024 * 1024
  /// Entries of one list of a lesson, a knob and so on.
  static let listEntries = 10_000

  // MARK: A group of frames
  /// A group is not ended before, so that key frames, which are long, stay few.
  static let framesOfGroup = 60
  /// A group is ended after as many, even if little happens: somebody who steps back waits until all
  /// are decoded.
  static let mostFramesOfGroup = 240
  /// A group is ended when it is as long, so that there is something to evict.
  static let groupBytes = 8 * 1024 * 1024
  /// A group is ended when so many strings were seen: routing keys that never come again, say.
  static let stringsOfGroup = 500_000
  /// A group is ended when its strings are as long.
  static let stringsBytesOfGroup = 32 * 1024 * 1024
  /// A new group repeats what the lab said last, unless it is older.
  static let repeatedLabSeconds = 10.0

  // MARK: A file
  static let labelBytes = 1_024
  /// Frames that are indexed: three weeks at two snapshots a second, with the lab's.
  static let indexedFrames = 8_000_000

  // MARK: Playing
  /// So much of a span in which nothing was recorded is played: the program was stopped, say.
  static let playedSilenceSeconds = 10.0
}
