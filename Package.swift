// swift-tools-version: 6.2
import PackageDescription

// The layers, bottom up. `Tests/TidyTests` reads every import and checks it against this list.
let package = Package(
  name: "sluice",
  dependencies: [
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
  ],
  targets: [
    .target(name: "AMQP", dependencies: [.product(name: "NIOCore", package: "swift-nio")]),
    .target(name: "Telemetry"),
    .target(
      name: "Broker",
      dependencies: ["AMQP", "Telemetry", .product(name: "NIOCore", package: "swift-nio")]
    ),
    .target(
      name: "AMQPServer",
      dependencies: [
        "AMQP", "Broker", "Telemetry",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "Logging", package: "swift-log"),
      ]
    ),
    .testTarget(name: "TelemetryTests", dependencies: ["Telemetry"]),
    .testTarget(
      name: "BrokerTests",
      dependencies: [
        "Broker", "AMQP", "Telemetry", .product(name: "NIOCore", package: "swift-nio"),
      ]
    ),
  ]
)

// The only targets that hold state of the message path; their classes are confined to one event
// loop, so the run-time exclusivity checks cost time and can find nothing.
let hotPathTargets: Set = ["Broker", "AMQPServer"]
let targetsWithoutSwift: Set = ["CNcurses", "CPseudoTerminal"]

for target in package.targets where !targetsWithoutSwift.contains(target.name) {
  var settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .treatAllWarnings(as: .error),
  ]
  if hotPathTargets.contains(target.name) {
    settings.append(.unsafeFlags(["-enforce-exclusivity=unchecked"]))
  }
  target.swiftSettings = settings
}
