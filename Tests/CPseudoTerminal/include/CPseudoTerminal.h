// What a test needs from the system and Swift cannot reach: fork, openpty, the wait macros.
#ifndef C_PSEUDO_TERMINAL_H
#define C_PSEUDO_TERMINAL_H

#include <stdbool.h>
#include <sys/types.h>

/// How a program ended.
struct cpt_end {
  /// False while it runs.
  bool has_ended;
  /// The signal that ended it; 0 when it left by itself.
  int signal;
  /// Its exit code, when it left by itself.
  int code;
};

/// Opens a pseudo-terminal whose two ends are not inherited by programs.
///
/// `controller` gets the end that a terminal emulator holds, `terminal` the end that programs see.
/// Returns 0, or the errno of the call that failed.
int cpt_open(int *controller, int *terminal, int columns, int rows);

/// Opens a pipe whose two ends, reading and writing, are not inherited by programs.
///
/// Returns 0 or the errno.
int cpt_pipe(int ends[2]);

/// Changes the size; the kernel sends SIGWINCH to the foreground programs.
int cpt_resize(int controller, int columns, int rows);

/// Starts a program with all signals at their defaults and none blocked.
///
/// Tests run on worker threads that block most signals, and a child inherits that. The program
/// leads its own process group; with `controlling_terminal` it leads a session on descriptor 0.
/// All descriptors above 2 are closed in it.
///
/// Returns its process identifier, or the negative errno. It ends with 127 when it cannot run.
pid_t cpt_spawn(const char *path, char *const arguments[], char *const environment[],
                const int descriptors[3], bool controlling_terminal);

/// Collects a program's end without waiting for it.
struct cpt_end cpt_end_of(pid_t process);

#endif
