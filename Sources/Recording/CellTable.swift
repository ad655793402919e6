/// The cells of a table's rows, and how each column goes on: the same in who writes and who reads.
struct CellTable {
  let kinds: [CellKind]
  /// Row after row.
  private(set) var cells: [Int64] = []
  /// Of each column that has trends its place among those; nil for the others.
  private let trendPlaces: [Int?]
  private let trendWidth: Int
  /// Row after row, of the columns that have them: the pace of a counter; for an instant 1 when it
  /// goes with the time.
  private var trends: [Int64] = []
  /// Of each row the frame that it changed in; the trends of older ones are over.
  private var changedIn: [Int] = []
  private var frame = 0
  /// From the frame before to this one, in milliseconds.
  private var elapsed: Int64 = 0

  /// A counter that moves less goes by jumps, and its pace says nothing.
  private static let leastPace: UInt64 = 8
  /// Of a difference to the pace so far as much as 1 divided by that is believed.
  private static let inertia: Int64 = 4

  /// - Parameter kinds: Those of the columns.
  init(kinds: [CellKind]) {
    self.kinds = kinds
    var width = 0
    trendPlaces = kinds.map { kind in
      guard kind != .plain else { return nil }
      defer { width += 1 }
      return width
    }
    trendWidth = width
  }

  var width: Int { kinds.count }
  var bytes: Int { (cells.count + trends.count + changedIn.count) * MemoryLayout<Int64>.stride }

  /// Begins the next frame.
  mutating func begin(elapsed: Int64) {
    frame += 1
    self.elapsed = elapsed
  }

  /// Brings the rows into a new order; new ones have cells of 0.
  mutating func arrange(by match: RowMatch) {
    let old = (cells: cells, trends: trends, changedIn: changedIn)
    cells = []
    trends = []
    changedIn = []
    cells.reserveCapacity(match.origins.count * width)
    trends.reserveCapacity(match.origins.count * trendWidth)
    changedIn.reserveCapacity(match.origins.count)
    for origin in match.origins {
      if let origin {
        cells += old.cells[origin * width..<(origin + 1) * width]
        trends += old.trends[origin * trendWidth..<(origin + 1) * trendWidth]
        changedIn.append(old.changedIn[origin])
      } else {
        for _ in 0..<width { cells.append(0) }
        for _ in 0..<trendWidth { trends.append(0) }
        changedIn.append(0)
      }
    }
  }

  /// Guesses a cell of a row that was in the frame before.
  @inline(__always)
  func guess(_ row: Int, _ column: Int) -> Int64 {
    let cell = cells[row * width + column]
    guard let place = trendPlaces[column], changedIn[row] == frame - 1 else { return cell }
    let trend = trends[row * trendWidth + place]
    if kinds[column] == .counter { return cell &+ trend }
    return trend == 0 ? cell : cell &+ elapsed
  }

  /// Gives a cell its value of this frame, and learns from it.
  @inline(__always)
  mutating func set(_ row: Int, _ column: Int, to value: Int64, isNew: Bool) {
    let place = row * width + column
    let difference = value &- cells[place]
    cells[place] = value
    guard let trendPlace = trendPlaces[column] else { return }
    let slot = row * trendWidth + trendPlace
    guard !isNew else {
      trends[slot] = 0
      return
    }
    let trend = changedIn[row] == frame - 1 ? trends[slot] : 0
    if kinds[column] == .counter {
      if difference.magnitude < Self.leastPace {
        trends[slot] = 0
      } else {
        trends[slot] =
          trend == 0 ? difference : trend &+ (difference &- trend) / Self.inertia
      }
    } else {
      trends[slot] = elapsed > 0 && difference > elapsed / 2 ? 1 : 0
    }
  }

  /// Says that all cells of a row have their values of this frame.
  @inline(__always)
  mutating func settle(_ row: Int) {
    changedIn[row] = frame
  }

  /// The first cell of a row.
  func start(_ row: Int) -> Int { row * width }
}
