/* SPDX-License-Identifier: MIT */
/* replay-screen.c: the terminal's modes, and signals at the right moment. */
#include "command/replay-screen.h"
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

static volatile sig_atomic_t ending, stopping;
static struct termios before;
static sigset_t outside; /* what is blocked but for us */

static void
on_signal (int number)
{
  if (number == SIGTSTP)
    stopping = 1;
  else if (number == SIGINT || number == SIGTERM || number == SIGHUP)
    ending = 1;
}

/* The other screen, no wrapping, no cursor; keys as they are pressed, and not shown. */
static void
change_look (void)
{
  struct termios raw;
  tcgetattr (STDIN_FILENO, &before);
  raw = before;
  raw.c_lflag &= ~(tcflag_t) (ICANON | ECHO);
  tcsetattr (STDIN_FILENO, TCSANOW, &raw);
  fputs ("\033[?1049h\033[?7l\033[?25l", stdout);
}

static void
restore_look (void)
{
  fputs ("\033[?25h\033[?7h\033[?1049l", stdout);
  fflush (stdout);
  tcsetattr (STDIN_FILENO, TCSANOW, &before);
}

void
gpo_screen_take (void)
{
  const int heard[] = { SIGINT, SIGTERM, SIGHUP, SIGWINCH, SIGTSTP, SIGCONT };
  struct sigaction action = { .sa_handler = on_signal };
  sigset_t blocked;
  sigemptyset (&blocked);
  for (guint i = 0; i < G_N_ELEMENTS (heard); i++)
    {
      sigaction (heard[i], &action, NULL);
      sigaddset (&blocked, heard[i]);
    }
  sigprocmask (SIG_BLOCK, &blocked, &outside);
  change_look ();
}

void
gpo_screen_give_back (void)
{
  restore_look ();
  sigprocmask (SIG_SETMASK, &outside, NULL);
}

void
gpo_screen_size (guint *rows, guint *columns)
{
  struct winsize size;
  gboolean known = ioctl (STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 1 && size.ws_col > 1;
  *rows = known ? size.ws_row : 24;
  *columns = known ? size.ws_col : 80;
}

int
gpo_screen_wait (struct pollfd *fds, guint n, int ms)
{
  struct timespec time = { ms / 1000, ms % 1000 * 1000000L };
  int ready = ppoll (fds, n, ms < 0 ? NULL : &time, &outside);
  if (stopping)
    {
      stopping = 0;
      restore_look ();
      kill (getpid (), SIGSTOP);
      change_look ();
    }
  return ready;
}

gboolean
gpo_screen_is_to_end (void)
{
  return ending;
}
