import Foundation
import TestSupport
import Testing

extension EndToEndTests {
  /// Arrivals of customers that are recorded and replayed, and what a run leaves on the disk.
  struct LabArrivalsTests {
    /// Lends a folder of the test's own.
    private func withFolder(_ body: (URL) async throws -> Void) async throws {
      let folder = URL(filePath: "/tmp/sluice-\(UUID().uuidString)")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      // The folder may be gone already, which is all that is wanted.
      defer { try? FileManager.default.removeItem(at: folder) }
      try await body(folder)
    }

    private func lab(_ seconds: Int, _ arguments: String...) async throws -> Program.Result {
      try await Program.run(
        try BuiltExecutable.path(),
        ["lab", "--headless", "--scenario", "login", "--duration", "\(seconds)s"] + arguments,
        deadline: .seconds(90)
      )
    }

    /// How many customers came in each way, as the ledger says.
    private func customers(_ result: Program.Result) -> [Int] {
      result.output.matches(of: /customers, [a-z ]+: ([0-9]+) came/).compactMap { Int($0.1) }
    }

    private func lines(of file: URL) throws -> [String] {
      try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init)
        .filter { !$0.hasPrefix("#") }
    }

    @Test func aRecordedRunCanBeReplayedAlsoFaster() async throws {
      try await withFolder { folder in
        let file = folder.appending(path: "arrivals.txt")
        let page = folder.appending(path: "report.md")
        let recorded = try await lab(10, "--seed", "3", "--record-arrivals", file.path)
        #expect(recorded.isSuccess, "\(recorded)")
        let arrivals = try lines(of: file)
        // Both ways have the same customers, who are written once.
        #expect(arrivals.count > 20)
        #expect(customers(recorded) == [arrivals.count, arrivals.count], "\(recorded.output)")

        // The scenario's own peaks are in the recording and do not come on top of it.
        let again = folder.appending(path: "again.txt")
        let replayed = try await lab(
          8,
          "--time-scale",
          "2",
          "--seed",
          "4",
          "--replay-arrivals",
          file.path,
          "--record-arrivals",
          again.path,
          "--report",
          page.path
        )
        #expect(replayed.isSuccess, "\(replayed)")
        #expect(customers(replayed) == customers(recorded), "\(replayed.output)")
        for (first, second) in zip(arrivals, try lines(of: again)) {
          let times = try [first, second].map { try #require(Double($0)) }
          #expect(abs(times[0] - times[1]) < 0.5)
        }
        let report = try String(contentsOf: page, encoding: .utf8)
        #expect(report.contains("a replay of the \(arrivals.count) arrivals in"), "\(report)")
        #expect(report.contains("--replay-arrivals"))
      }
    }

    @Test func whatCannotBeReadOrWrittenIsOneLineBeforeTheRun() async throws {
      try await withFolder { folder in
        let wrong = folder.appending(path: "wrong.txt")
        try "0.5\nsoon\n".write(to: wrong, atomically: true, encoding: .utf8)
        let good = folder.appending(path: "good.txt")
        try "0.5\n".write(to: good, atomically: true, encoding: .utf8)
        let cases: [([String], Int32, String)] = [
          (["--replay-arrivals", wrong.path], 78, "line 2: 'soon' is not a number of seconds"),
          (["--replay-arrivals", "/nowhere/a.txt"], 78, "/nowhere/a.txt: no such file"),
          (
            ["--record-arrivals", "/nowhere/a.txt"], 78, "cannot record arrivals in /nowhere/a.txt"
          ),
          (["--record-arrivals", folder.path], 78, "is a directory"),
          (["--replay-arrivals", good.path, "--record-arrivals", good.path], 64, "another file"),
        ]
        for command in [[], ["lab", "--headless"]] {
          for (arguments, code, part) in cases {
            let result = try await Program.run(try BuiltExecutable.path(), command + arguments)
            #expect(result.termination == .exited(code), "\(arguments): \(result)")
            #expect(result.error.split(separator: "\n").count == 1, "\(result)")
            #expect(result.error.contains(part), "\(result)")
          }
        }
        #expect(try String(contentsOf: good, encoding: .utf8) == "0.5\n")
      }
    }

    @Test func aFullDiskEndsTheRecordingAndNotTheRun() async throws {
      let result = try await lab(3, "--time-scale", "2", "--record-arrivals", "/dev/full")
      #expect(result.termination == .exited(1), "\(result)")
      #expect(result.error.contains("cannot record arrivals in /dev/full: no space left on device"))
      #expect(result.error.split(separator: "\n").count == 1, "\(result)")
      #expect(result.output.contains("published - acked - waiting - dead - lost = 0"))
      #expect(customers(result).allSatisfy { $0 > 0 }, "\(result)")
    }

    @Test func theNextStartRemovesWhatAKilledRunLeftAndNothingOfALivingOne() async throws {
      try await withFolder { folder in
        let processes = MarkedProcesses()
        let environment = processes.environment.merging(["TMPDIR": folder.path]) { $1 }
        func directories() throws -> Set<String> {
          Set(
            try FileManager.default.contentsOfDirectory(atPath: folder.path)
              .filter { $0.hasPrefix("sluice-") && !$0.hasPrefix("sluice-test") }
          )
        }
        func start() async throws -> (Program, Set<String>) {
          let before = try directories()
          let program = try Program(
            try BuiltExecutable.path(),
            ["lab", "--headless", "--scenario", "login", "--duration", "60s"],
            environment: environment
          )
          try await program.waitForOutput("phase", deadline: .seconds(40))
          return (program, try directories().subtracting(before))
        }
        let (killed, left) = try await start()
        // One of the broker and one of the services.
        #expect(left.count == 2)
        let (living, kept) = try await start()
        #expect(try directories() == left.union(kept))
        killed.child.signal(SIGKILL)
        #expect(try await killed.child.waitForEnd() == .signalled(SIGKILL))
        #expect(try directories() == left.union(kept))

        let (last, new) = try await start()
        #expect(try directories() == kept.union(new))
        for program in [living, last] {
          program.child.signal(SIGTERM)
          _ = try await program.child.waitForEnd(deadline: .seconds(60))
        }
        #expect(try directories() == [])
      }
    }
  }
}
