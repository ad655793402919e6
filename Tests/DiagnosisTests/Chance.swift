import Foundation
import TestSupport

extension SplitMix {
  /// How long until the next of events that come by chance, in seconds.
  mutating func pause(perSecond: Double) -> Double {
    -log(Double.random(in: Double.leastNonzeroMagnitude..<1, using: &self)) / perSecond
  }

  /// How many events come by chance where so many come on the average.
  mutating func poisson(_ mean: Double) -> Int {
    var count = 0
    var sum = pause(perSecond: 1)
    while sum < mean {
      count += 1
      sum += pause(perSecond: 1)
    }
    return count
  }
}
