/// The balances that the user service keeps, in memory, in cents.
///
/// Started again it knows the first balances again, as a service without a store of its own does.
struct Accounts: Sendable {
  /// How many customers there are; account numbers go from 0.
  static let count = 1000
  /// Every so many customers one is poor.
  static let poorEvery = 20
  /// The dearest payment, in cents; the cheapest is 100.
  static let dearestCents: Int64 = 5_000
  private static let richCents: Int64 = 1_000_000_000
  private static let poorCents: Int64 = 500

  private var balances: [Int64]

  init() {
    balances = (0..<Accounts.count).map {
      $0 % Accounts.poorEvery == Accounts.poorEvery - 1 ? Accounts.poorCents : Accounts.richCents
    }
  }

  /// What became of a deduction.
  enum Deduction: Sendable, Hashable {
    case deducted(balanceCents: Int64)
    /// Nothing was taken.
    case tooLittle(balanceCents: Int64)
    case unknownAccount
  }

  /// Takes an amount of a balance, all of it or nothing.
  mutating func deduct(cents: Int64, from account: Int) -> Deduction {
    guard balances.indices.contains(account), cents > 0 else { return .unknownAccount }
    guard balances[account] >= cents else {
      return .tooLittle(balanceCents: balances[account])
    }
    balances[account] -= cents
    return .deducted(balanceCents: balances[account])
  }
}
