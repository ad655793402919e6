package import Telemetry

/// Follows a depth and finds where it turns.
///
///     depth            peak                 A depth turns when it comes back from its extreme by
///       |            .-'\                   more than noise. It began to rise where the line back
///       |  noise  .-'    '. turn here       through what left the band of noise meets the extreme:
///       |~~~~~~~.'         '                a queue that lies still for an hour at 40 to 60 did
///       |~~.~~.~ onset                      not begin to grow when it was at 40 for the last time.
///       +------------------- time
struct DepthCourse: Sendable {
  /// The depth grows since here, or falls since here.
  private(set) var turn: DepthTurn
  private(set) var isGrowing = false
  /// The highest point since the turn while it grows, else the lowest.
  private(set) var extreme: DepthTurn
  /// The newest point that was no further from the extreme than noise.
  private var near: DepthTurn
  /// How it left what it was before the turn; nil when that is settled.
  private var leaving: Leaving?
  /// The most messages that lately came, and that went, in one step: whole batches perhaps.
  private var mostIn = 0.0
  private var mostOut = 0.0

  /// Fewer messages than this come and go without a meaning.
  private static let leastNoise = 5.0
  /// Chance makes this many times the square root of what comes and goes in a second.
  private static let chance = 3.0
  /// A long way may be left by a tenth of it, but by no more than this many such roots.
  private static let longWay = 10.0
  /// A direction is sure after so many times the noise.
  private static let sure = 4.0
  /// A batch is forgotten after so many seconds.
  private static let batchSeconds = 30.0

  /// - Parameters:
  ///   - depth: The first that is known.
  ///   - now: When.
  init(_ depth: Int, at now: Instant) {
    turn = DepthTurn(depth: depth, at: now)
    extreme = turn
    near = turn
  }

  /// Takes the depth of an instant.
  ///
  /// - Parameters:
  ///   - depth: The depth.
  ///   - came: How many messages came since the instant before.
  ///   - went: How many went.
  ///   - traffic: How many come and go in a second.
  ///   - step: The time that passed.
  /// - Returns: Whether the depth just began to grow.
  mutating func follow(
    _ depth: Int,
    came: UInt64,
    went: UInt64,
    traffic: Double,
    in step: Step
  ) -> Bool {
    let root = traffic.squareRoot()
    let way = Double(abs(extreme.depth - turn.depth))
    let noise = max(Self.leastNoise, Self.chance * root, min(way / 10, Self.longWay * root))
    // This step's own batch is the news, not the noise.
    let batch = 1.5 * (isGrowing ? mostOut : mostIn)
    let fading = step.remainder(over: Self.batchSeconds)
    mostIn = max(Double(came), mostIn * fading)
    mostOut = max(Double(went), mostOut * fading)
    let point = DepthTurn(depth: depth, at: step.now)
    let back = Double(isGrowing ? extreme.depth - depth : depth - extreme.depth)
    if back <= 0 {
      extreme = point
      near = point
      refine(seenFrom: point)
      return false
    }
    let isHome = isGrowing && Double(depth - turn.depth) <= Self.leastNoise && back > noise
    if back <= max(noise, batch), !isHome {
      near = point
      return false
    }
    leaving = Leaving(extreme: extreme, near: near, surely: Self.sure * max(noise, batch))
    turn = leaving?.onset(seenFrom: point) ?? extreme
    isGrowing.toggle()
    extreme = point
    near = point
    return isGrowing
  }

  /// The further it goes, the better is known where it began.
  private mutating func refine(seenFrom point: DepthTurn) {
    guard let known = leaving else { return }
    turn = known.onset(seenFrom: point)
    if Double(abs(point.depth - known.extreme.depth)) >= known.surely { leaving = nil }
  }
}

/// How a depth left what it was for long.
private struct Leaving: Sendable {
  let extreme: DepthTurn
  /// The last point that was still near.
  let near: DepthTurn
  /// When it is so far from the extreme, its direction is known.
  let surely: Double

  /// Where the line from the last point that was near to this one meets the extreme.
  func onset(seenFrom point: DepthTurn) -> DepthTurn {
    let perSecond = Double(point.depth - near.depth) / point.at.seconds(since: near.at)
    let before = Double(near.depth - extreme.depth) / perSecond
    guard before.isFinite, before >= 0 else { return extreme }
    let onset = near.at.advanced(bySeconds: -min(before, near.at.seconds(since: extreme.at)))
    return DepthTurn(depth: extreme.depth, at: onset)
  }
}

/// A point at which a depth turns.
package struct DepthTurn: Sendable, Hashable {
  package var depth: Int
  package var at: Instant
}
