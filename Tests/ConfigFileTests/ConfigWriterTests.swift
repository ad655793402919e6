import ConfigFile
import Dashboard
import Foundation
import Glibc
import Testing

/// The file on the disk.
@Suite struct ConfigWriterTests {
  private let sorted = Settings(tables: [.queues: TableSettings(sortedBy: "ready")])
  private let text = "[tables.queues]\nsort = \"ready\"\n"

  private func mode(of path: String) -> mode_t {
    var status = stat()
    return lstat(path, &status) == 0 ? status.st_mode & 0o7777 : 0
  }

  @Test func aMissingFolderIsMadeForItsOwnerAlone() async throws {
    let folder = try ConfigFolder()
    let file = "\(folder.path)/a/sluice/config.toml"
    #expect(await folder.remember(sorted, at: file) == [])
    #expect(try String(contentsOfFile: file, encoding: .utf8) == text)
    #expect(mode(of: "\(folder.path)/a") == 0o700)
    #expect(mode(of: "\(folder.path)/a/sluice") == 0o700)
    #expect(mode(of: file) == 0o600)
  }

  @Test func theModeStaysAndNothingElseIsLeftBehind() async throws {
    let folder = try ConfigFolder("# mine\n")
    chmod(folder.file, 0o640)
    #expect(await folder.remember(sorted) == [])
    #expect(mode(of: folder.file) == 0o640)
    #expect(try folder.text() == "# mine\n\n" + text)
    #expect(try folder.names() == ["config.toml"])
  }

  @Test(arguments: [true, false])
  func aLinkStaysAndWhatItPointsToIsWritten(isThere: Bool) async throws {
    let folder = try ConfigFolder()
    let other = try ConfigFolder(isThere ? "# far\n" : nil)
    let middle = "\(folder.path)/middle"
    symlink(other.file, middle)
    symlink("middle", folder.file)
    #expect(await folder.remember(sorted) == [])
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder.file) == "middle")
    #expect(try other.text() == (isThere ? "# far\n\n" : "") + text)
    #expect(try folder.names() == ["config.toml", "middle"])
    #expect(try other.names() == ["config.toml"])
  }

  @Test func linksInACircleAreOneComplaint() async throws {
    let folder = try ConfigFolder()
    symlink("config.toml", folder.file)
    let told = await folder.remember(sorted)
    #expect(told.count == 1 && told[0].hasPrefix("not remembered: \(folder.file): "), "\(told)")
  }

  @Test func aFileThatWasBrokenInTheMeantimeIsNotTouched() async throws {
    let broken = "theme = \"nord\"\n[keys]\npauze = \"p\"\n"
    let folder = try ConfigFolder(broken)
    let told = await folder.remember(sorted)
    #expect(
      told == [
        "not remembered: \(folder.file):3: no action 'pauze'; did you mean pause?"
      ]
    )
    #expect(try folder.text() == broken)
  }

  @Test func aFolderThatCannotBeWrittenIsOneComplaintHoweverOftenItFails() async throws {
    // A folder under a file can be made by nobody, not even by root.
    let folder = try ConfigFolder("")
    let complaints = Complaints()
    let writer = ConfigWriter(path: "\(folder.file)/sub/config.toml", known: Settings()) {
      await complaints.add($0)
    }
    for _ in 0..<5 { writer.remember(sorted) }
    await writer.finish()
    let told = await complaints.texts
    #expect(told.count == 1 && told[0].contains("not a directory"), "\(told)")
    #expect(try folder.text() == "")
  }

  @Test func theLastWishWins() async throws {
    let folder = try ConfigFolder("# mine\n")
    let writer = ConfigWriter(path: folder.file, known: Settings()) { _ in }
    for milliseconds in stride(from: 100, through: 1_900, by: 100) {
      var wish = sorted
      wish.refreshSeconds = Double(milliseconds) / 1_000
      writer.remember(wish)
    }
    await writer.finish()
    let read = try #require(try Configuration.read(folder.file))
    #expect(read.settings.refreshSeconds == 1.9)
    #expect(read.settings.tables == sorted.tables)
    #expect(try folder.text().contains("# mine\n"))
  }

  @Test func nothingIsWrittenUntilSomethingIsChosen() async throws {
    let folder = try ConfigFolder()
    let writer = ConfigWriter(path: folder.file, known: Settings()) { _ in }
    writer.remember(Settings())
    await writer.finish()
    #expect(try folder.names() == [])
  }
}
