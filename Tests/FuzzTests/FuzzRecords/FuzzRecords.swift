import FuzzChecks

/// What libFuzzer calls for every input.
@_cdecl("LLVMFuzzerTestOneInput")
public func check(bytes: UnsafePointer<UInt8>?, count: Int) -> Int32 {
  FuzzTarget.records.expectSound(UnsafeBufferPointer(start: bytes, count: count))
  return 0
}
