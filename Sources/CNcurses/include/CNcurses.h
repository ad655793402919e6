/// The only door to ncurses: what the Swift module `Curses` needs of it, and nothing of curses.h.
///
/// Swift 6 refuses ncurses' globals and cannot see its macros, so everything goes through plain
/// functions on plain values. All of them belong to the main actor; ncurses is not re-entrant.
#ifndef SLUICE_CNCURSES_H
#define SLUICE_CNCURSES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Attributes of a cell, as bits of `curses_cell.attributes`.
enum {
  CURSES_BOLD = 1,
  CURSES_DIM = 2,
  CURSES_ITALIC = 4,
  CURSES_UNDERLINE = 8,
  CURSES_REVERSE = 16,
  CURSES_BLINK = 32,
};

/// What a terminal can do, from its terminfo entry and without touching the terminal.
typedef struct {
  bool is_known;           ///< terminfo has an entry of this name
  bool can_move_cursor;    ///< it can be drawn on
  bool has_other_screen;   ///< it has an alternate screen (smcup)
  bool has_direct_colour;  ///< colour numbers are 0xRRGGBB
  bool has_mouse;          ///< it reports what the mouse does (kmous)
  bool has_frames;         ///< it shows a frame at once (Sync, mode 2026), as far as terminfo knows
  int colour_count;        ///< 0 when it has no colour
} curses_description;

/// One column of the screen, or two when `width` is 2.
typedef struct {
  uint32_t scalars[3];  ///< base character, then combining ones; 0 ends them
  uint32_t attributes;  ///< CURSES_BOLD, ...
  int32_t pair;         ///< a colour pair made with curses_make_pair, 0 for the terminal's own
  int32_t width;        ///< 1 or 2
} curses_cell;

/// A key as `curses_read_key` found it.
typedef enum {
  CURSES_KEY_NONE,       ///< nothing to read now
  CURSES_KEY_CHARACTER,  ///< `code` is a Unicode scalar, control characters included
  CURSES_KEY_FUNCTION,   ///< `code` is a number of F1 ... F63
  CURSES_KEY_NAMED,      ///< `code` is one of the CURSES_NAMED_ constants
  CURSES_KEY_OTHER,      ///< a key that we have no name for; `code` is ncurses' number
} curses_key_kind;

enum {
  CURSES_NAMED_UP = 1,
  CURSES_NAMED_DOWN,
  CURSES_NAMED_LEFT,
  CURSES_NAMED_RIGHT,
  CURSES_NAMED_HOME,
  CURSES_NAMED_END,
  CURSES_NAMED_PAGE_UP,
  CURSES_NAMED_PAGE_DOWN,
  CURSES_NAMED_BACK_TAB,
  CURSES_NAMED_ENTER,
  CURSES_NAMED_BACKSPACE,
  CURSES_NAMED_DELETE,
  CURSES_NAMED_INSERT,
  CURSES_NAMED_PASTE_BEGIN,
  CURSES_NAMED_PASTE_END,
  CURSES_NAMED_RESIZE,
  CURSES_NAMED_MOUSE_BEGIN,      ///< `button;column;row` and M or m follow as characters
  CURSES_NAMED_OLD_MOUSE_BEGIN,  ///< three characters follow: button, column and row, each plus 32
};

typedef struct {
  curses_key_kind kind;
  int32_t code;
} curses_key;

/// Chooses the character set from the environment. Returns whether it is UTF-8.
bool curses_choose_locale(void);

/// From now on everything that is not ASCII is drawn as `?`.
void curses_only_ascii(void);

/// Looks a terminal up by its name.
curses_description curses_describe(const char *terminal_name);

/// Takes the terminal over: raw mode, the other screen, keypad, no echo, hidden cursor.
/// `input` and `output` are descriptors of the same terminal. The mouse is reported where it is
/// wanted and the terminal has one. Returns false when ncurses refuses.
bool curses_open(const char *terminal_name, int input, int output, int escape_milliseconds,
                 bool wants_mouse);

/// Gives the terminal back for good; curses_open may follow.
void curses_close(void);

/// Gives the terminal back for a while, as it was found.
void curses_leave(void);

/// Somebody else has the terminal already: leaves it without touching it.
void curses_abandon(void);

/// Takes it again after curses_leave or curses_abandon; the next refresh draws everything.
void curses_return(void);

/// Sets raw mode again without having left, after somebody else changed the terminal's modes.
void curses_reclaim(void);

/// Reads the size of the terminal behind `output` into both arguments; false when it is unknown.
bool curses_window_size(int output, int *columns, int *rows);

/// Tells ncurses the size.
void curses_resize(int columns, int rows);

int curses_columns(void);
int curses_rows(void);

/// Prepares colours. Returns how many there are, 0 for none; `pair_limit` receives the first pair
/// number that is not usable, `has_default` whether -1 means the terminal's own colour.
int curses_start_colours(int *pair_limit, bool *has_default);

/// Gives a pair its colours; false when ncurses refuses.
bool curses_make_pair(int pair, int foreground, int background);

/// Puts cells on the screen from a column on; cells whose width the C library disputes become `?`.
void curses_put(int column, int row, const curses_cell *cells, int count);

/// Empties what ncurses holds, so that the next refresh paints every cell.
void curses_forget(void);

/// Writes what changed to the terminal, as one frame where it has them.
void curses_refresh(void);

/// Asks the terminal whether it has frames; the answer `ESC [ ? 2026 ; n $ y` comes among the keys.
/// Returns false when nothing was asked: it is known already, or the terminal is too simple.
bool curses_ask_for_frames(void);

/// From now on each refresh is one frame.
void curses_use_frames(void);

/// Sends bytes that move no cursor and draw nothing. False: not to this terminal, or not now.
bool curses_send(const char *bytes, size_t count);

/// Rings the terminal's bell, or flashes the screen of one that has none.
void curses_ring(void);

/// Reads one key if there is one; may wait for the escape delay after a lone escape character.
curses_key curses_read_key(void);

/// Asks the terminal something before curses_open, in raw mode, which stays until curses_open or
/// guard_restore_modes. The question ends with a DA1 query (`ESC [ c`), which every terminal answers.
///
/// Returns how many bytes were read into `answer` until the DA1 answer was among them or the time
/// was over; keys that were typed meanwhile are among them too. 0 also when nothing was asked.
size_t curses_ask(int input, int output, const char *question, int milliseconds, char *answer,
                  size_t limit);

/// Returns whether the terminal behind `input` has hung up.
bool curses_has_hung_up(int input);

#endif
