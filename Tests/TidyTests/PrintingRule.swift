/// Only the executable writes to standard output; everything else hands values back.
enum PrintingRule {
  static func violations(in file: SourceFile) -> [Violation] {
    file.code.enumerated().flatMap { index, code in
      Word.all(in: code)
        .filter { $0.isCall && !$0.isMember && !$0.isDeclared && functions.contains($0.text) }
        .map { word in
          Violation(
            file: file.path,
            line: index + 1,
            message: "\(word.text) belongs into the executable only"
          )
        }
    }
  }

  private static let functions: Set<Substring> = ["print", "debugPrint", "dump", "puts", "printf"]
}
