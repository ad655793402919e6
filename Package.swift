// swift-tools-version: 6.2
import PackageDescription

// The layers, bottom up. `Tests/TidyTests` reads every import and checks it against this list.
let package = Package(
  name: "sluice",
  products: [.executable(name: "sluice", targets: ["sluice"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
    .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
  ],
  targets: [
    .target(name: "AMQP", dependencies: [.product(name: "NIOCore", package: "swift-nio")]),
    .target(name: "Telemetry"),
    .target(name: "JSONText"),
    .target(name: "Host"),
    .target(name: "WebText"),
    .target(name: "CChecksum"),
    .target(
      name: "Store",
      dependencies: ["CChecksum", .product(name: "NIOCore", package: "swift-nio")]
    ),
    .target(
      name: "Broker",
      dependencies: [
        "AMQP", "Store", "Telemetry",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "DequeModule", package: "swift-collections"),
        .product(name: "HeapModule", package: "swift-collections"),
      ]
    ),
    .target(name: "Definitions", dependencies: ["AMQP", "Broker", "JSONText", "WebText"]),
    .target(
      name: "AMQPServer",
      dependencies: [
        "AMQP", "Broker", "Definitions", "Store", "Telemetry",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "Logging", package: "swift-log"),
      ]
    ),
    .target(
      name: "Trust",
      dependencies: [
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ]
    ),
    .target(
      name: "AMQPClient",
      dependencies: [
        "AMQP", "Trust",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ]
    ),
    .target(
      name: "Lab",
      dependencies: [
        "AMQP", "AMQPClient", "Host", "JSONText", "TOMLText", "Telemetry", "Trust",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "Subprocess", package: "swift-subprocess"),
        .product(name: "SystemPackage", package: "swift-system"),
        .product(name: "Histogram", package: "hdrhistogram-swift"),
      ],
      resources: [.embedInCode("Scenarios")]
    ),
    .target(
      name: "Compare",
      dependencies: [
        "AMQP", "AMQPClient", "Host", "JSONText", "Telemetry",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "Histogram", package: "hdrhistogram-swift"),
      ]
    ),
    .target(
      name: "ManagementClient",
      dependencies: [
        "JSONText", "Telemetry", "Trust", "WebText",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOTLS", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ]
    ),
    .target(name: "Diagnosis", dependencies: ["Telemetry"]),
    .target(
      name: "ManagementServer",
      dependencies: [
        "AMQP", "AMQPServer", "Broker", "Definitions", "JSONText", "Telemetry", "WebText",
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "Logging", package: "swift-log"),
      ]
    ),
    .target(name: "LabBroker", dependencies: ["AMQPServer", "Lab", "Telemetry"]),
    .target(name: "Recording", dependencies: ["CChecksum", "Telemetry"]),
    .target(name: "RecordingFile", dependencies: ["Recording", "Telemetry"]),
    .target(name: "Canvas"),
    .target(
      name: "Dashboard",
      dependencies: ["Canvas", "Diagnosis", "JSONText", "Recording", "Telemetry"]
    ),
    .target(
      name: "CNcurses",
      linkerSettings: [.linkedLibrary("ncursesw"), .linkedLibrary("tinfo")]
    ),
    .target(name: "Curses", dependencies: ["Canvas", "CNcurses"]),
    .target(
      name: "ThemeFiles",
      dependencies: ["Canvas", "TOMLText"]
    ),
    .target(name: "TOMLText", dependencies: [.product(name: "TOMLKit", package: "TOMLKit")]),
    .target(
      name: "ConfigFile",
      dependencies: ["Canvas", "Dashboard", "Diagnosis", "TOMLText"]
    ),
    .executableTarget(
      name: "sluice",
      dependencies: [
        "ConfigFile", "AMQPServer", "AMQPClient", "Lab", "LabBroker", "Dashboard", "Curses",
        "Compare", "Host", "ManagementServer",
        "ThemeFiles",
        "Canvas",
        "Telemetry", "Diagnosis", "Broker", "Definitions", "JSONText", "ManagementClient", "Store",
        "Recording", "RecordingFile", "Trust",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Subprocess", package: "swift-subprocess"),
        .product(name: "SystemPackage", package: "swift-system"),
      ]
    ),

    .target(name: "CPseudoTerminal", path: "Tests/CPseudoTerminal"),
    .target(
      name: "TestSupport",
      dependencies: [
        "AMQP", "CPseudoTerminal", "Store", .product(name: "NIOCore", package: "swift-nio"),
      ],
      path: "Tests/TestSupport"
    ),
    .testTarget(name: "AMQPTests", dependencies: ["AMQP", "TestSupport"]),
    .testTarget(name: "TelemetryTests", dependencies: ["Telemetry"]),
    .testTarget(name: "DiagnosisTests", dependencies: ["Diagnosis", "Telemetry", "TestSupport"]),
    .testTarget(
      name: "RecordingTests",
      dependencies: ["Recording", "RecordingFile", "Telemetry", "TestSupport"]
    ),
    .testTarget(name: "JSONTextTests", dependencies: ["JSONText"]),
    .testTarget(
      name: "ManagementClientTests",
      dependencies: [
        "ManagementClient", "JSONText", "Telemetry", "TestSupport", "Trust", "WebText",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ],
      exclude: ["Samples"]
    ),
    .testTarget(
      name: "StoreTests",
      dependencies: [
        "Store", "CChecksum", "TestSupport", .product(name: "NIOCore", package: "swift-nio"),
      ]
    ),
    .testTarget(
      name: "DefinitionsTests",
      dependencies: ["Definitions", "Broker", "AMQP", "JSONText"],
      exclude: ["Samples"]
    ),
    .testTarget(
      name: "BrokerTests",
      dependencies: [
        "Broker", "AMQP", "Store", "Telemetry", "TestSupport",
        .product(name: "NIOCore", package: "swift-nio"),
      ]
    ),
    .testTarget(
      name: "AMQPServerTests",
      dependencies: [
        "AMQPServer", "AMQPClient", "AMQP", "Broker", "Definitions", "Store", "Telemetry",
        "TestSupport", "Trust",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "Logging", package: "swift-log"),
      ],
      exclude: ["Behaviour", "Scripts"]
    ),
    .testTarget(
      name: "LabTests",
      dependencies: ["Lab", "AMQPClient", "JSONText", "Telemetry", "TestSupport", "Trust"]
    ),
    .testTarget(
      name: "CompareTests",
      dependencies: ["Compare", "AMQP", "AMQPClient", "JSONText", "Telemetry"]
    ),
    .testTarget(
      name: "ManagementServerTests",
      dependencies: [
        "ManagementServer", "AMQP", "AMQPClient", "AMQPServer", "Broker", "Definitions",
        "JSONText", "Telemetry", "TestSupport", "WebText",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ],
      exclude: ["Recorded"]
    ),
    .testTarget(name: "CanvasTests", dependencies: ["Canvas", "TestSupport"]),
    .testTarget(
      name: "DashboardTests",
      dependencies: [
        "Dashboard", "Canvas", "Diagnosis", "JSONText", "Recording", "Telemetry", "TestSupport",
      ],
      exclude: ["Goldens"]
    ),
    .testTarget(name: "CursesTests", dependencies: ["Curses", "CNcurses", "Canvas"]),
    .testTarget(name: "ThemeFilesTests", dependencies: ["ThemeFiles", "Canvas"]),
    .testTarget(
      name: "ConfigFileTests",
      dependencies: [
        "ConfigFile", "Canvas", "Dashboard", "Diagnosis", "TOMLText", "TestSupport",
      ]
    ),
    .testTarget(name: "TidyTests", dependencies: ["TestSupport"]),
    .testTarget(
      name: "EndToEndTests",
      dependencies: [
        "TestSupport", "sluice", "AMQP", "AMQPClient", "AMQPServer", "Diagnosis", "JSONText",
        "Lab", "LabBroker", "Recording", "Store", "Telemetry", "Trust",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ],
      exclude: ["Scripts", "Expected"]
    ),
    .testTarget(
      name: "ConformanceTests",
      dependencies: ["TestSupport", "sluice"],
      exclude: ["Scripts", "Expected"]
    ),
  ]
)

// `FUZZ=1 swift build --product FuzzFrames --sanitize fuzzer` builds programs that no other build
// wants; else the same checks run over their corpus as ordinary tests.
let fuzzDependencies: [Target.Dependency] = [
  "AMQP", "AMQPServer", "Broker", "Store", "Telemetry",
  .product(name: "NIOCore", package: "swift-nio"),
]
if Context.environment["FUZZ"] == "1" {
  package.targets.append(
    .target(name: "FuzzChecks", dependencies: fuzzDependencies, path: "Tests/FuzzTests/Checks")
  )
  for name in ["FuzzFrames", "FuzzTables", "FuzzConnection", "FuzzRecords"] {
    package.targets.append(
      .executableTarget(
        name: name,
        dependencies: ["FuzzChecks"],
        path: "Tests/FuzzTests/\(name)"
      )
    )
  }
} else {
  package.targets.append(
    .testTarget(
      name: "FuzzTests",
      dependencies: fuzzDependencies,
      exclude: ["Corpus", "FuzzFrames", "FuzzTables", "FuzzConnection", "FuzzRecords"]
    )
  )
}

// The only targets that hold state of the message path; their classes are confined to one event
// loop, so the run-time exclusivity checks cost time and can find nothing.
let hotPathTargets: Set = ["Broker", "AMQPServer", "Store"]
let targetsWithoutSwift: Set = ["CChecksum", "CNcurses", "CPseudoTerminal"]

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
  // libFuzzer has the main function of the fuzz programs.
  if target.type == .executable, target.name.hasPrefix("Fuzz") {
    settings.append(.unsafeFlags(["-parse-as-library"]))
  }
  target.swiftSettings = settings
}
