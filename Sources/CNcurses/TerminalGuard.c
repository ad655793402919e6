#define _GNU_SOURCE
#include "TerminalGuard.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum {
  // How long a write of the dying program waits for the terminal.
  WRITE_PATIENCE_MILLISECONDS = 200,
  // How long the main actor may leave a signal to quit unread before the program ends without it.
  QUIT_PATIENCE_SECONDS = 5,
};

// Everything the crash handler reads. It is written by the main actor while disarmed, then
// published through `is_armed`, so a handler on any thread sees it whole.
static struct termios remembered_modes;
static int modes_input = -1;
// The terminal is in a mode of ours already, so its modes now are not those to go back to.
static bool is_holding_modes;
static int guarded_output = -1;
static char restore_sequence[GUARD_SEQUENCE_BYTES];
static size_t restore_length;
static atomic_bool is_armed;
static atomic_int real_standard_error = -1;
static atomic_int held_standard_error = -1;
static atomic_int signal_write_end = -1;
static atomic_int unread_quit_signal;

// Async-signal-safe. Gives up on a terminal that takes nothing: its reader may be stopped, and we
// are dying.
static void write_all(int descriptor, const char *bytes, size_t count) {
  while (count > 0) {
    struct pollfd ready = {.fd = descriptor, .events = POLLOUT};
    if (poll(&ready, 1, WRITE_PATIENCE_MILLISECONDS) <= 0) return;
    ssize_t written = write(descriptor, bytes, count);
    if (written < 0) {
      if (errno == EINTR || errno == EAGAIN) continue;
      return;
    }
    bytes += written;
    count -= (size_t)written;
  }
}

bool guard_remember_modes(int input) {
  if (is_holding_modes && modes_input == input) return true;
  if (tcgetattr(input, &remembered_modes) != 0) return false;
  modes_input = input;
  return true;
}

void guard_hold_modes(void) { is_holding_modes = true; }

void guard_restore_modes(void) {
  is_holding_modes = false;
  if (modes_input >= 0) tcsetattr(modes_input, TCSADRAIN, &remembered_modes);
}

bool guard_take_keys(int input) {
  struct termios modes;
  if (guard_is_in_background(input) || !guard_remember_modes(input)) return false;
  if (tcgetattr(input, &modes) != 0) return false;
  modes.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
  modes.c_cc[VMIN] = 1;
  modes.c_cc[VTIME] = 0;
  guard_install_crash_handler();
  guard_arm(STDOUT_FILENO, "", 0);
  guard_hold_modes();
  return tcsetattr(input, TCSANOW, &modes) == 0;
}

// Async-signal-safe.
static void restore_terminal(void) {
  if (!atomic_exchange(&is_armed, false)) return;
  write_all(guarded_output, restore_sequence, restore_length);
  // TCSANOW: a terminal whose reader hangs must not keep us from dying.
  if (modes_input >= 0) tcsetattr(modes_input, TCSANOW, &remembered_modes);
}

// Async-signal-safe.
static void copy_held_standard_error(void) {
  int held = atomic_exchange(&held_standard_error, -1);
  int real = atomic_exchange(&real_standard_error, -1);
  if (held < 0 || real < 0) return;
  dup2(real, STDERR_FILENO);
  char block[4096];
  off_t position = 0;
  for (;;) {
    ssize_t count = pread(held, block, sizeof block, position);
    if (count <= 0) break;
    write_all(STDERR_FILENO, block, (size_t)count);
    position += count;
  }
  close(held);
  close(real);
}

void guard_arm(int output, const char *sequence, size_t length) {
  atomic_store(&is_armed, false);
  if (length > GUARD_SEQUENCE_BYTES) length = GUARD_SEQUENCE_BYTES;
  memcpy(restore_sequence, sequence, length);
  restore_length = length;
  guarded_output = output;
  atomic_store(&is_armed, true);
}

void guard_disarm(void) { atomic_store(&is_armed, false); }

static void at_exit(void) {
  restore_terminal();
  copy_held_standard_error();
}

static void crashed(int signal_number) {
  restore_terminal();
  copy_held_standard_error();
  // SA_RESETHAND gave the signal its default meaning; it is blocked until we return, and then
  // ends the process, so that the parent sees the true reason.
  raise(signal_number);
}

void guard_current_thread(void) {
  static _Thread_local bool is_done;
  if (is_done) return;
  is_done = true;
  enum { stack_bytes = 64 * 1024 };
  stack_t current;
  if (sigaltstack(NULL, &current) == 0 && !(current.ss_flags & SS_DISABLE)) return;
  void *memory =
      mmap(NULL, stack_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return;
  stack_t stack = {.ss_sp = memory, .ss_size = stack_bytes, .ss_flags = 0};
  sigaltstack(&stack, NULL);
}

void guard_install_crash_handler(void) {
  static bool is_installed;
  guard_current_thread();
  if (is_installed) return;
  is_installed = true;
  atexit(at_exit);
  static const int deadly[] = {SIGSEGV, SIGABRT, SIGILL, SIGTRAP, SIGBUS, SIGFPE, SIGQUIT};
  struct sigaction action = {0};
  action.sa_handler = crashed;
  action.sa_flags = SA_ONSTACK | SA_RESETHAND;
  sigemptyset(&action.sa_mask);
  // A process in the background may set modes only while SIGTTOU is blocked.
  sigaddset(&action.sa_mask, SIGTTOU);
  for (size_t index = 0; index < sizeof deadly / sizeof deadly[0]; index++) {
    sigaction(deadly[index], &action, NULL);
  }
}

bool guard_hold_standard_error(void) {
  if (atomic_load(&held_standard_error) >= 0) return true;
  int held = memfd_create("sluice-standard-error", MFD_CLOEXEC);
  if (held < 0) return false;
  fcntl(held, F_SETFL, O_APPEND);
  int real = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
  if (real < 0) {
    close(held);
    return false;
  }
  dup2(held, STDERR_FILENO);
  atomic_store(&real_standard_error, real);
  atomic_store(&held_standard_error, held);
  return true;
}

void guard_release_standard_error(void) { copy_held_standard_error(); }

void guard_trim_standard_error(size_t limit) {
  int held = atomic_load(&held_standard_error);
  struct stat status;
  if (held >= 0 && fstat(held, &status) == 0 && (size_t)status.st_size > limit) {
    if (ftruncate(held, 0) != 0) return;
  }
}

static bool is_quit(int signal_number) {
  return signal_number == SIGINT || signal_number == SIGTERM || signal_number == SIGHUP;
}

// SIGALRM: the main actor hangs, most likely in a write to a terminal whose reader is stopped.
static void ran_out_of_patience(int signal_number) {
  int quit_signal = atomic_load(&unread_quit_signal);
  if (quit_signal == 0) return;
  restore_terminal();
  signal(quit_signal, SIG_DFL);
  kill(getpid(), quit_signal);
  (void)signal_number;
}

static void caught(int signal_number) {
  int saved = errno;
  if (is_quit(signal_number)) {
    atomic_store(&unread_quit_signal, signal_number);
    alarm(QUIT_PATIENCE_SECONDS);
  }
  int write_end = atomic_load(&signal_write_end);
  if (write_end >= 0) {
    unsigned char byte = (unsigned char)signal_number;
    // A full pipe already holds more signals than anybody will act on.
    ssize_t written = write(write_end, &byte, 1);
    (void)written;
  }
  errno = saved;
}

int guard_signal_pipe(void) {
  static int read_end = -1;
  if (read_end >= 0) return read_end;
  int ends[2];
  if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) return -1;
  read_end = ends[0];
  atomic_store(&signal_write_end, ends[1]);
  return read_end;
}

int guard_next_signal(int read_end) {
  unsigned char byte = 0;
  if (read(read_end, &byte, 1) != 1) return 0;
  if (is_quit(byte)) {
    atomic_store(&unread_quit_signal, 0);
    alarm(0);
  }
  return byte;
}

void guard_catch_signal(int signal_number) {
  struct sigaction action = {0};
  if (is_quit(signal_number)) {
    action.sa_handler = ran_out_of_patience;
    sigemptyset(&action.sa_mask);
    sigaddset(&action.sa_mask, SIGTTOU);
    sigaction(SIGALRM, &action, NULL);
  }
  action.sa_handler = caught;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigaction(signal_number, &action, NULL);
}

void guard_default_signal(int signal_number) { signal(signal_number, SIG_DFL); }

bool guard_is_in_background(int input) {
  pid_t foreground = tcgetpgrp(input);
  return foreground > 0 && foreground != getpgrp();
}

bool guard_wait_for_foreground(int input) {
  // An orphaned process group cannot be stopped: each try then returns at once.
  for (int attempt = 0; attempt < 50 && guard_is_in_background(input); attempt++) {
    guard_stop(SIGTTIN, true);
    struct timespec pause = {.tv_nsec = 10 * 1000 * 1000};
    nanosleep(&pause, NULL);
  }
  return !guard_is_in_background(input);
}

void guard_stop(int signal_number, bool whole_group) {
  // The stop happens on whichever thread takes the signal, maybe a moment from now; the caller
  // catches the signal again when it is continued.
  signal(signal_number, SIG_DFL);
  kill(whole_group ? 0 : getpid(), signal_number);
}
