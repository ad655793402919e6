#ifndef SLUICE_RESTORE_SEQUENCE_H
#define SLUICE_RESTORE_SEQUENCE_H

#include <stdbool.h>
#include <stddef.h>

#define PASTE_OFF "\033[?2004l"

/// Writes into `buffer` what gives the terminal of the current description back: colours, keypad,
/// cursor, the first screen. Terminals without another screen get the cursor below `last_row`.
size_t restore_sequence(bool has_paste, int last_row, char *buffer, size_t limit);

#endif
