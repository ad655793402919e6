#ifndef SLUICE_CCHECKSUM_H
#define SLUICE_CCHECKSUM_H

#include <stddef.h>
#include <stdint.h>

/// Goes on with a CRC-32C (Castagnoli, RFC 3720 appendix B.4) over more bytes; begin with 0.
uint32_t sluice_crc32c(uint32_t checksum, const void *bytes, size_t count);

/// The same without the processor's instruction; the tests compare the two.
uint32_t sluice_crc32c_portable(uint32_t checksum, const void *bytes, size_t count);

#endif
