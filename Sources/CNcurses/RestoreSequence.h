#ifndef SLUICE_RESTORE_SEQUENCE_H
#define SLUICE_RESTORE_SEQUENCE_H

#include <stdbool.h>
#include <stddef.h>

#define PASTE_ON "\033[?2004h"
#define PASTE_OFF "\033[?2004l"
// Presses and the wheel, with coordinates as decimal numbers.
#define MOUSE_ON "\033[?1000h\033[?1006h"
#define MOUSE_OFF "\033[?1006l\033[?1000l"
// Between these two the terminal shows nothing, and then all at once.
#define FRAME_BEGIN "\033[?2026h"
#define FRAME_END "\033[?2026l"
#define FRAME_QUESTION "\033[?2026$p"

/// What is switched on that terminfo's own strings do not switch off.
typedef struct {
  bool has_paste;
  bool has_mouse;
  bool has_frames;
} extra_modes;

/// Writes into `buffer` what gives the terminal of the current description back: colours, keypad,
/// mouse, cursor, the first screen. Terminals without another screen get the cursor below
/// `last_row`.
size_t restore_sequence(extra_modes extras, int last_row, char *buffer, size_t limit);

#endif
