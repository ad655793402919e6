#define _GNU_SOURCE
#define NCURSES_WIDECHAR 1
#include "CNcurses.h"

#include <curses.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#include "RestoreSequence.h"
#include "TerminalGuard.h"

// Key numbers of our own, above everything that ncurses hands out by itself.
enum {
  KEY_PASTE_BEGIN = 2000,
  KEY_PASTE_END = 2001,
  KEY_MOUSE_BEGIN = 2002,
  KEY_OLD_MOUSE_BEGIN = 2003,
};

static SCREEN *screen;
static FILE *screen_input;
static FILE *screen_output;
static int output_descriptor = -1;
// What was switched on beside what terminfo says, and has to be switched off.
static extra_modes extras;
// Keys are read through a pad: reading from the standard window would refresh it each time.
static WINDOW *key_window;
static bool is_unicode;
// Whether the terminal is ours now: between curses_open or curses_return and curses_leave.
static bool is_taken;

static bool names_unicode(const char *value) {
  return value != NULL && (strcasestr(value, "utf-8") != NULL || strcasestr(value, "utf8") != NULL);
}

bool curses_choose_locale(void) {
  const char *chosen = setlocale(LC_CTYPE, "");
  if (chosen == NULL) {
    // The named locale is not installed here (common over ssh); the wish for UTF-8 still holds.
    const char *wish = getenv("LC_ALL");
    if (wish == NULL || *wish == 0) wish = getenv("LC_CTYPE");
    if (wish == NULL || *wish == 0) wish = getenv("LANG");
    if (names_unicode(wish)) setlocale(LC_CTYPE, "C.UTF-8");
  }
  is_unicode = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
  return is_unicode;
}

void curses_only_ascii(void) { is_unicode = false; }

static void arm_guard(void) {
  char sequence[GUARD_SEQUENCE_BYTES];
  size_t length = restore_sequence(extras, LINES - 1, sequence, sizeof sequence);
  guard_arm(output_descriptor, sequence, length);
}

static void send_bytes(const char *bytes, size_t count) {
  fwrite(bytes, 1, count, screen_output);
  fflush(screen_output);
}

static void send(const char *text) { send_bytes(text, strlen(text)); }

bool curses_window_size(int output, int *columns, int *rows) {
  struct winsize size;
  if (ioctl(output, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) return false;
  *columns = size.ws_col;
  *rows = size.ws_row;
  return true;
}

// MARK: - Open and close

static void set_modes(void) {
  raw();
  noecho();
  nonl();
  curs_set(0);
  // Arrow keys are sent in another way without it, so not only at the next read.
  keypad(key_window, TRUE);
}

// ncurses would do it by terminfo alone, which under tmux and screen has no coordinates beyond
// column 223; and it holds presses back to count clicks.
static void prepare_keys(void) {
  if (extras.has_paste) {
    define_key("\033[200~", KEY_PASTE_BEGIN);
    define_key("\033[201~", KEY_PASTE_END);
  }
  if (extras.has_mouse) {
    define_key("\033[<", KEY_MOUSE_BEGIN);
    define_key("\033[M", KEY_OLD_MOUSE_BEGIN);
  }
}

static void send_extras(void) {
  if (extras.has_paste) send(PASTE_ON);
  if (extras.has_mouse) send(MOUSE_ON);
}

bool curses_open(const char *terminal_name, int input, int output, int escape_milliseconds,
                 bool wants_mouse) {
  if (!guard_remember_modes(input)) return false;
  // No emulator needs the delays that terminfo asks for on real VT100s.
  setenv("NCURSES_NO_PADDING", "1", 1);
  int input_copy = dup(input);
  int output_copy = dup(output);
  screen_input = input_copy >= 0 ? fdopen(input_copy, "r") : NULL;
  screen_output = output_copy >= 0 ? fdopen(output_copy, "w") : NULL;
  if (screen_input == NULL || screen_output == NULL) return false;
  curses_description description = curses_describe(terminal_name);
  screen = newterm(terminal_name, screen_output, screen_input);
  if (screen == NULL) {
    guard_restore_modes();
    fclose(screen_input);
    fclose(screen_output);
    return false;
  }
  set_term(screen);
  // LINES and COLUMNS in the environment may be of another time; the terminal knows better.
  int columns = 0;
  int rows = 0;
  if (curses_window_size(output, &columns, &rows)) resizeterm(rows, columns);
  is_taken = true;
  output_descriptor = output;
  extras.has_paste = description.has_other_screen;
  extras.has_mouse = wants_mouse && description.has_mouse;
  extras.has_frames = description.has_frames;
  set_escdelay(escape_milliseconds);
  arm_guard();
  key_window = newpad(1, 1);
  set_modes();
  nodelay(key_window, TRUE);
  prepare_keys();
  send_extras();
  return true;
}

void curses_leave(void) {
  if (screen == NULL || !is_taken) return;
  is_taken = false;
  if (extras.has_mouse) send(MOUSE_OFF);
  if (extras.has_paste) send(PASTE_OFF);
  endwin();
  fflush(screen_output);
  guard_restore_modes();
  guard_disarm();
}

void curses_abandon(void) {
  is_taken = false;
  guard_disarm();
}

void curses_return(void) {
  if (screen == NULL || is_taken) return;
  is_taken = true;
  arm_guard();
  reset_prog_mode();
  set_modes();
  send_extras();
  clearok(curscr, TRUE);
  refresh();
}

void curses_reclaim(void) {
  if (screen == NULL) return;
  reset_prog_mode();
  set_modes();
  send_extras();
  clearok(curscr, TRUE);
}

void curses_close(void) {
  if (screen == NULL) return;
  curses_leave();
  delwin(key_window);
  key_window = NULL;
  delscreen(screen);
  screen = NULL;
  fclose(screen_input);
  fclose(screen_output);
}

// MARK: - Size

void curses_resize(int columns, int rows) {
  if (screen == NULL) return;
  if (is_term_resized(rows, columns)) resizeterm(rows, columns);
  // Terminals without another screen are left at the bottom line, which has moved.
  if (is_taken) arm_guard();
}

int curses_columns(void) { return screen == NULL ? 0 : getmaxx(stdscr); }
int curses_rows(void) { return screen == NULL ? 0 : getmaxy(stdscr); }

// MARK: - Colours and cells

int curses_start_colours(int *pair_limit, bool *has_default) {
  *pair_limit = 1;
  *has_default = false;
  // Without colours init_extended_pair crashes: nothing below may run.
  if (!has_colors() || start_color() != OK) return 0;
  *has_default = use_default_colors() == OK;
  *pair_limit = COLOR_PAIRS;
  return COLORS;
}

bool curses_make_pair(int pair, int foreground, int background) {
  return init_extended_pair(pair, foreground, background) == OK;
}

static attr_t attributes_of(uint32_t bits) {
  attr_t attributes = WA_NORMAL;
  if (bits & CURSES_BOLD) attributes |= WA_BOLD;
  if (bits & CURSES_DIM) attributes |= WA_DIM;
  if (bits & CURSES_ITALIC) attributes |= WA_ITALIC;
  if (bits & CURSES_UNDERLINE) attributes |= WA_UNDERLINE;
  if (bits & CURSES_REVERSE) attributes |= WA_REVERSE;
  if (bits & CURSES_BLINK) attributes |= WA_BLINK;
  return attributes;
}

// Fills in one cell; the width that ncurses will give it is then `cell.width`, or 1 for a `?`.
static cchar_t converted(const curses_cell *cell, bool *is_replaced) {
  cchar_t result = {0};
  // ncurses keeps the pair twice: whole, and as far as it fits beside the attributes.
  result.attr = attributes_of(cell->attributes) | COLOR_PAIR(cell->pair < 256 ? cell->pair : 255);
  result.ext_color = cell->pair;
  wchar_t base = (wchar_t)cell->scalars[0];
  bool is_drawable = base >= 0x20 && base < 0x7f;
  if (!is_drawable && is_unicode) is_drawable = wcwidth(base) == cell->width;
  *is_replaced = !is_drawable;
  result.chars[0] = is_drawable ? base : L'?';
  for (int index = 1; is_drawable && index < 3 && cell->scalars[index] != 0; index++) {
    wchar_t mark = (wchar_t)cell->scalars[index];
    if (wcwidth(mark) != 0) break;
    result.chars[index] = mark;
  }
  return result;
}

void curses_put(int column, int row, const curses_cell *cells, int count) {
  enum { batch = 256 };
  cchar_t converted_cells[batch];
  int filled = 0;
  int start = column;
  for (int index = 0; index < count; index++) {
    if (filled + 2 > batch) {
      mvadd_wchnstr(row, start, converted_cells, filled);
      start = column;
      filled = 0;
    }
    bool is_replaced = false;
    cchar_t cell = converted(&cells[index], &is_replaced);
    converted_cells[filled++] = cell;
    if (is_replaced && cells[index].width == 2) {
      cell.chars[0] = L' ';
      converted_cells[filled++] = cell;
    }
    column += cells[index].width;
  }
  if (filled > 0) mvadd_wchnstr(row, start, converted_cells, filled);
}

void curses_forget(void) {
  if (screen == NULL) return;
  erase();
  clearok(curscr, TRUE);
}

void curses_refresh(void) {
  if (screen == NULL) return;
  if (extras.has_frames) send(FRAME_BEGIN);
  wnoutrefresh(stdscr);
  doupdate();
  if (extras.has_frames) send(FRAME_END);
}

bool curses_ask_for_frames(void) {
  // Where there is no other screen, a question may be taken for text.
  if (screen == NULL || !is_taken || extras.has_frames || !extras.has_paste) return false;
  send(FRAME_QUESTION);
  return true;
}

void curses_use_frames(void) {
  extras.has_frames = true;
  if (is_taken) arm_guard();
}

bool curses_send(const char *bytes, size_t count) {
  // What is no full terminal would write it on the screen.
  if (screen == NULL || !is_taken || !extras.has_paste) return false;
  send_bytes(bytes, count);
  return true;
}

void curses_ring(void) {
  if (screen != NULL && is_taken) beep();
}

// MARK: - Keys

static int named(wint_t code) {
  switch (code) {
    case KEY_UP: return CURSES_NAMED_UP;
    case KEY_DOWN: return CURSES_NAMED_DOWN;
    case KEY_LEFT: return CURSES_NAMED_LEFT;
    case KEY_RIGHT: return CURSES_NAMED_RIGHT;
    case KEY_HOME: return CURSES_NAMED_HOME;
    case KEY_END: return CURSES_NAMED_END;
    case KEY_PPAGE: return CURSES_NAMED_PAGE_UP;
    case KEY_NPAGE: return CURSES_NAMED_PAGE_DOWN;
    case KEY_BTAB: return CURSES_NAMED_BACK_TAB;
    case KEY_ENTER: return CURSES_NAMED_ENTER;
    case KEY_BACKSPACE: return CURSES_NAMED_BACKSPACE;
    case KEY_DC: return CURSES_NAMED_DELETE;
    case KEY_IC: return CURSES_NAMED_INSERT;
    case KEY_PASTE_BEGIN: return CURSES_NAMED_PASTE_BEGIN;
    case KEY_PASTE_END: return CURSES_NAMED_PASTE_END;
    case KEY_MOUSE_BEGIN: return CURSES_NAMED_MOUSE_BEGIN;
    case KEY_OLD_MOUSE_BEGIN: return CURSES_NAMED_OLD_MOUSE_BEGIN;
    case KEY_RESIZE: return CURSES_NAMED_RESIZE;
    default: return 0;
  }
}

curses_key curses_read_key(void) {
  curses_key key = {CURSES_KEY_NONE, 0};
  if (screen == NULL) return key;
  wint_t code = 0;
  switch (wget_wch(key_window, &code)) {
    case OK:
      key.kind = CURSES_KEY_CHARACTER;
      key.code = (int32_t)code;
      break;
    case KEY_CODE_YES:
      if (code > KEY_F0 && code <= KEY_F0 + 63) {
        key.kind = CURSES_KEY_FUNCTION;
        key.code = (int32_t)(code - KEY_F0);
      } else if (named(code) != 0) {
        key.kind = CURSES_KEY_NAMED;
        key.code = named(code);
      } else {
        key.kind = CURSES_KEY_OTHER;
        key.code = (int32_t)code;
      }
      break;
    default: break;
  }
  return key;
}

bool curses_has_hung_up(int input) {
  struct pollfd state = {.fd = input, .events = POLLIN};
  if (poll(&state, 1, 0) <= 0) return false;
  if (state.revents & (POLLHUP | POLLERR | POLLNVAL)) return true;
  int waiting = 0;
  return ioctl(input, FIONREAD, &waiting) == 0 && waiting == 0 && (state.revents & POLLIN);
}
