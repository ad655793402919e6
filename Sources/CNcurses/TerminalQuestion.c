#define _GNU_SOURCE
#include "CNcurses.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "TerminalGuard.h"

static long long milliseconds_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

// Whether `ESC [ ? digits and semicolons c` is somewhere in the bytes.
static bool has_device_attributes(const char *bytes, size_t count) {
  for (size_t start = 0; start + 3 < count; start++) {
    if (memcmp(bytes + start, "\033[?", 3) != 0) continue;
    size_t end = start + 3;
    while (end < count && (bytes[end] == ';' || (bytes[end] >= '0' && bytes[end] <= '9'))) end++;
    if (end < count && bytes[end] == 'c') return true;
  }
  return false;
}

static bool take_raw(int input) {
  // Changing modes from the background would stop us.
  if (guard_is_in_background(input) || !guard_remember_modes(input)) return false;
  struct termios modes;
  if (tcgetattr(input, &modes) != 0) return false;
  cfmakeraw(&modes);
  // What the shell or we write is still to be shown as ever.
  modes.c_oflag |= OPOST;
  guard_install_crash_handler();
  guard_arm(STDOUT_FILENO, "", 0);
  guard_hold_modes();
  return tcsetattr(input, TCSANOW, &modes) == 0;
}

size_t curses_ask(int input, int output, const char *question, int milliseconds, char *answer,
                  size_t limit) {
  if (!take_raw(input)) return 0;
  struct pollfd writable = {.fd = output, .events = POLLOUT};
  if (poll(&writable, 1, 0) <= 0) return 0;
  if (write(output, question, strlen(question)) < 0) return 0;
  long long deadline = milliseconds_now() + milliseconds;
  size_t count = 0;
  while (count < limit && !has_device_attributes(answer, count)) {
    long long left = deadline - milliseconds_now();
    if (left <= 0) break;
    struct pollfd readable = {.fd = input, .events = POLLIN};
    int ready = poll(&readable, 1, (int)left);
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0 || !(readable.revents & POLLIN)) break;
    ssize_t got = read(input, answer + count, limit - count);
    if (got <= 0) break;
    count += (size_t)got;
  }
  return count;
}
