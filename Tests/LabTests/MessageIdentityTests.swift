import Testing

@testable import Lab

struct MessageIdentityTests {
  @Test(arguments: [0, 1, 1000])
  func anIdentitySurvivesItsText(copy: Int) {
    let identity = MessageIdentity(run: .max, start: 12, sequence: 1 << 27, copy: copy)
    #expect(MessageIdentity(identity.text) == identity)
  }

  @Test(arguments: [
    "", "1", "1-2", "1-2-3-4-5", "x-1-1", "1-0-1", "1-1-0", "1-10001-1", "1-1-134217729", "1--1",
    "1-1-99999999999999999999", "-1-1-1", "100000000-1-1", "1-1-1-1001", "1-1-1-", "1-1-1--1",
    "1-1-1-x",
  ])
  func whatIsNoIdentityIsRefused(text: String) {
    #expect(MessageIdentity(text) == nil)
  }

  @Test func copiesOfOneMessageAreDifferentMembersOfASet() {
    let identity = MessageIdentity(run: 1, start: 1, sequence: 5)
    var set = IdentitySet()
    let areNew = [1, 2, 0, 2, Limits.copies].map { set.insert(identity.copied($0)) }
    #expect(areNew == [true, true, true, false, true])
    #expect(set.count == 4)
    // The last copy of one start is not taken for the first of the next.
    #expect(!set.contains(MessageIdentity(run: 1, start: 2, sequence: 5)))
  }

  @Test(arguments: 1...20)
  func aSequenceSetBehavesLikeASet(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var sets = [SequenceSet(), SequenceSet()]
    var models: [Set<UInt64>] = [[], []]
    for _ in 0..<300 {
      let index = Int.random(in: 0...1, using: &random)
      let number = UInt64.random(in: 0...500, using: &random)
      #expect(sets[index].insert(number) == models[index].insert(number).inserted)
    }
    switch seed % 3 {
    case 0:
      sets[0].formUnion(sets[1])
      models[0].formUnion(models[1])
    case 1:
      sets[0].subtract(sets[1])
      models[0].subtract(models[1])
    default:
      sets[0].formIntersection(sets[1])
      models[0].formIntersection(models[1])
    }
    #expect(sets[0].count == models[0].count)
    #expect((0...600).allSatisfy { sets[0].contains($0) == models[0].contains($0) })
  }

  @Test(arguments: 1...20)
  func anIdentitySetBehavesLikeASet(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var sets = [IdentitySet(), IdentitySet()]
    var models: [Set<MessageIdentity>] = [[], []]
    for _ in 0..<400 {
      let index = Int.random(in: 0...1, using: &random)
      let identity = MessageIdentity(
        run: 1,
        start: Int.random(in: 1...3, using: &random),
        sequence: UInt64.random(in: 1...70, using: &random),
        copy: Int.random(in: 0...2, using: &random)
      )
      #expect(sets[index].insert(identity) == models[index].insert(identity).inserted)
    }
    #expect(sets[0].countOfDifference(from: sets[1]) == models[0].subtracting(models[1]).count)
    let others = models[1]
    sets[0].formUnion(sets[1])
    models[0].formUnion(others)
    #expect(sets[0].count == models[0].count)
    var common = sets[0]
    common.formIntersection(sets[1])
    #expect(common.count == others.count)
    #expect(others.allSatisfy(common.contains))
  }
}
