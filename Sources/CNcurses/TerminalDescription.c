// Apart from the rest because term.h defines macros with names as common as `columns`.
#define NCURSES_WIDECHAR 1
// Ours comes first: term.h would change the names in it.
#include "CNcurses.h"

#include <curses.h>
#include <string.h>
#include <term.h>
#include <unistd.h>

#include "RestoreSequence.h"

curses_description curses_describe(const char *terminal_name) {
  curses_description description = {0};
  int status = 0;
  TERMINAL *before = cur_term;
  if (setupterm(terminal_name, STDOUT_FILENO, &status) != OK) return description;
  description.is_known = true;
  const char *move = tigetstr("cup");
  description.can_move_cursor = move != NULL && move != (const char *)-1;
  const char *enter = tigetstr("smcup");
  description.has_other_screen = enter != NULL && enter != (const char *)-1;
  int colours = tigetnum("colors");
  description.colour_count = colours > 0 ? colours : 0;
  description.has_direct_colour = colours >= (1 << 24) && tigetflag("RGB") == 1;
  const char *mouse = tigetstr("kmous");
  description.has_mouse = mouse != NULL && mouse != (const char *)-1;
  const char *frames = tigetstr("Sync");
  description.has_frames =
      frames != NULL && frames != (const char *)-1 && strstr(frames, "2026") != NULL;
  TERMINAL *looked_up = cur_term;
  set_curterm(before);
  del_curterm(looked_up);
  return description;
}

static char *collected;
static size_t collected_count;
static size_t collected_limit;

static int collect(int byte) {
  if (collected_count < collected_limit) collected[collected_count++] = (char)byte;
  return byte;
}

static bool collect_capability(const char *name) {
  const char *text = tigetstr(name);
  if (text == NULL || text == (const char *)-1) return false;
  tputs(text, 1, collect);
  return true;
}

static void collect_text(const char *text) {
  while (*text != 0) collect(*text++);
}

size_t restore_sequence(extra_modes extras, int last_row, char *buffer, size_t limit) {
  collected = buffer;
  collected_count = 0;
  collected_limit = limit;
  // A frame that was begun hides all that follows.
  if (extras.has_frames) collect_text(FRAME_END);
  collect_capability("sgr0");
  collect_capability("op");
  collect_capability("rmkx");
  if (extras.has_mouse) collect_text(MOUSE_OFF);
  if (extras.has_paste) collect_text(PASTE_OFF);
  collect_capability("cnorm");
  if (!collect_capability("rmcup")) {
    char *move = tigetstr("cup");
    if (move != NULL && move != (char *)-1) tputs(tparm(move, last_row, 0), 1, collect);
    collect_text("\r\n");
  }
  return collected_count;
}
