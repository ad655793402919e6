/// Package.swift, the folders and the table of layers tell the same story.
enum LayoutRule {
  static func violations(
    manifest: PackageManifest,
    sourceFolders: [String],
    layers: [String: Layer]
  ) -> [Violation] {
    let own = Set(manifest.targets.filter { !$0.isTest }.map(\.name))
    let orphans = sourceFolders.filter { !own.contains($0) }.map { folder in
      violation("Sources/\(folder) is not a target")
    }
    let missing = own.subtracting(sourceFolders).sorted().map { name in
      violation("the target \(name) has no folder Sources/\(name)")
    }
    let forbidden = manifest.targets.filter { !$0.isTest }.flatMap { target in
      forbiddenDependencies(of: target, layers: layers)
    }
    return orphans + missing + forbidden
  }

  private static func forbiddenDependencies(
    of target: PackageManifest.Target,
    layers: [String: Layer]
  ) -> [Violation] {
    guard let layer = layers[target.name] else {
      return [violation("the target \(target.name) is not in Layer.all")]
    }
    // A module of which one symbol is allowed is a dependency as a whole.
    let modules = Set(layer.modules.map { String($0.prefix { $0 != "." }) })
    return target.dependencies.filter { !modules.contains($0) }.map { dependency in
      violation(
        "the target \(target.name) may not depend on \(dependency); allowed: \(layer.summary)"
      )
    }
  }

  private static func violation(_ message: String) -> Violation {
    Violation(file: "Package.swift", line: 1, message: message)
  }
}
