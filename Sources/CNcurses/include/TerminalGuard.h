/// Gives the terminal back when the program dies, and turns signals into bytes of a pipe.
#ifndef SLUICE_TERMINAL_GUARD_H
#define SLUICE_TERMINAL_GUARD_H

#include <stdbool.h>
#include <stddef.h>

/// Remembers the modes of the terminal behind `input` as those to go back to. False: not a terminal.
bool guard_remember_modes(int input);

/// Until guard_restore_modes the terminal is in modes of ours: they are not remembered in place of
/// those that were found.
void guard_hold_modes(void);

/// Puts the remembered modes back, whatever happened to them since.
void guard_restore_modes(void);

/// Has keys come one by one and not shown, while Ctrl-C and Ctrl-Z still do what they do; until
/// guard_restore_modes. False: the terminal belongs to somebody else.
bool guard_take_keys(int input);

/// From now on a crash or an exit writes `sequence` to `output` and puts the modes back.
/// `sequence` is copied; at most GUARD_SEQUENCE_BYTES of it are used.
void guard_arm(int output, const char *sequence, size_t length);

/// The terminal is as it was found: a crash must not touch it.
void guard_disarm(void);

enum { GUARD_SEQUENCE_BYTES = 1024 };

/// Installs the handlers for the signals that kill (SEGV, ABRT, ILL, TRAP, BUS, FPE, QUIT).
void guard_install_crash_handler(void);

/// Gives the calling thread a stack of its own for signals, once, so that a stack overflow is
/// caught as well.
void guard_current_thread(void);

/// Sends standard error to memory, so that nobody writes over the screen. False: it stays as it is.
bool guard_hold_standard_error(void);

/// Sends standard error back and writes out what was held.
void guard_release_standard_error(void);

/// Throws away what was held when it is more than `limit` bytes.
void guard_trim_standard_error(size_t limit);

/// Returns the read end of the pipe that caught signals arrive in, one byte a signal with its
/// number; -1 when no pipe can be had.
int guard_signal_pipe(void);

/// Takes the next caught signal out of the pipe; 0 when there is none.
int guard_next_signal(int read_end);

/// Catches a signal into the pipe. INT, TERM and HUP that nobody takes out of it for some seconds
/// end the program all the same.
void guard_catch_signal(int signal_number);

/// Gives a signal its default meaning again.
void guard_default_signal(int signal_number);

/// Returns whether the terminal behind `input` belongs to another process group now.
bool guard_is_in_background(int input);

/// Waits until the terminal is ours, as any program that reads from it must: stops the process
/// group like a read would. False when nobody can continue us.
bool guard_wait_for_foreground(int input);

/// Stops this process (`whole_group` false) or the whole job with the default meaning of
/// `signal_number`, which is SIGTSTP or SIGTTIN.
void guard_stop(int signal_number, bool whole_group);

#endif
