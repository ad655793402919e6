import Diagnosis
package import JSONText

extension Model {
  /// What the diagnosis finds now, each as ``FindingRecord``; whatever time the screen shows.
  package var findings: JSON {
    guard let broker = live.broker else { return [] }
    let found = live.problems.listed.compactMap(\.finding)
    return .array(found.map { FindingRecord($0, in: broker).json })
  }
}
