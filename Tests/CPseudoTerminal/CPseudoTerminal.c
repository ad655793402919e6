#define _GNU_SOURCE
#include "CPseudoTerminal.h"

#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

int cpt_open(int *controller, int *terminal, int columns, int rows) {
  struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
  if (openpty(controller, terminal, NULL, NULL, &size) != 0) return errno;
  fcntl(*controller, F_SETFD, FD_CLOEXEC);
  fcntl(*terminal, F_SETFD, FD_CLOEXEC);
  return 0;
}

int cpt_pipe(int ends[2]) {
  return pipe2(ends, O_CLOEXEC) == 0 ? 0 : errno;
}

int cpt_resize(int controller, int columns, int rows) {
  struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
  return ioctl(controller, TIOCSWINSZ, &size) == 0 ? 0 : errno;
}

// Only async-signal-safe calls: the parent has other threads.
static void become(const char *path, char *const arguments[], char *const environment[],
                   const int descriptors[3], bool controlling_terminal) {
  for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  if (controlling_terminal) {
    if (setsid() == -1 || ioctl(descriptors[0], TIOCSCTTY, 0) == -1) _exit(127);
  } else {
    setpgid(0, 0);
  }
  for (int target = 0; target < 3; target++) {
    if (dup2(descriptors[target], target) == -1) _exit(127);
  }
  close_range(3, ~0U, 0);
  execve(path, arguments, environment);
  _exit(127);
}

pid_t cpt_spawn(const char *path, char *const arguments[], char *const environment[],
                const int descriptors[3], bool controlling_terminal) {
  pid_t process = fork();
  if (process == 0) become(path, arguments, environment, descriptors, controlling_terminal);
  if (process < 0) return -errno;
  // Both sides do it, so that the group exists when this returns and when the program starts.
  if (!controlling_terminal) setpgid(process, process);
  return process;
}

struct cpt_end cpt_end_of(pid_t process) {
  int status = 0;
  pid_t result;
  do {
    result = waitpid(process, &status, WNOHANG);
  } while (result == -1 && errno == EINTR);
  struct cpt_end end = {.has_ended = result != 0, .signal = 0, .code = 0};
  if (result == process && WIFEXITED(status)) end.code = WEXITSTATUS(status);
  if (result == process && WIFSIGNALED(status)) end.signal = WTERMSIG(status);
  return end;
}
