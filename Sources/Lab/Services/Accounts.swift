/// The balances that the user service keeps, in memory, in cents.
///
/// Started again it knows the first balances again, as a service without a store of its own does.
struct Accounts: Sendable {
  private var balances: [Int64]

  init(_ plan: AccountPlan) {
    balances = (0..<plan.count).map { account in
      Int64(plan.isPoor(account) ? plan.poorBalanceCents : plan.balanceCents)
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

extension AccountPlan {
  /// Whether an account has the poor balance: they are spread evenly over the accounts.
  func isPoor(_ account: Int) -> Bool {
    (account + 1) * poorPercent / 100 > account * poorPercent / 100
  }
}
