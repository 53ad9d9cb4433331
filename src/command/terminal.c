/* SPDX-License-Identifier: MIT */
/* terminal.c: what commands ask of their terminal, and of a file that grows. */
#include "command/command.h"
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

gboolean
gpo_command_wants_color (gboolean plain)
{
  const char *no_color = g_getenv ("NO_COLOR"), *term = g_getenv ("TERM");
  return !plain && !(no_color && *no_color) && g_strcmp0 (term, "dumb") != 0 && isatty (STDOUT_FILENO);
}

int
gpo_command_watch_file (const char *path)
{
  int watch = inotify_init1 (IN_CLOEXEC);
  if (watch >= 0 && inotify_add_watch (watch, path, IN_MODIFY | IN_MOVE_SELF | IN_ATTRIB) < 0)
    {
      close (watch);
      watch = -1;
    }
  return watch;
}

gboolean
gpo_command_wait_for_more (int watch, const char *path)
{
  union
  {
    struct inotify_event event;
    char room[4096];
  } buffer;
  gssize n = read (watch, &buffer, sizeof buffer);
  if (n <= 0 || buffer.event.mask & (IN_MOVE_SELF | IN_IGNORED))
    return FALSE;
  /* Deleting a file that is read is told as a change of its links only. */
  return !(buffer.event.mask & IN_ATTRIB) || access (path, F_OK) == 0;
}
