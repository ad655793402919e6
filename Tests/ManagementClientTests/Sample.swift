import Foundation
import JSONText
import Telemetry

@testable import ManagementClient

/// What a RabbitMQ 3.10.8 answered while a shop published 50 orders a second.
enum Sample {
  static func json(_ name: String) throws -> JSON {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
    let file = folder.appending(path: "Samples/\(name).json")
    return try JSON(parsing: try Data(contentsOf: file))
  }

  /// The time at which the samples are taken to have come.
  static func time(_ seconds: Double) -> MeasuringTime {
    let milliseconds = Int64(seconds * 1_000)
    return MeasuringTime(
      instant: Instant(nanoseconds: milliseconds * 1_000_000),
      wallTime: WallTime(milliseconds: 1_795_923_680_000 + milliseconds)
    )
  }

  /// A collection that was told all of them.
  static func collection(at seconds: Double = 1_000) throws -> Collection {
    var collection = Collection(stepSeconds: 5)
    for call in PolledCall.allCases {
      _ = collection.take(call, try json(call.rawValue), at: time(seconds))
    }
    return collection
  }
}
