/* SPDX-License-Identifier: MIT */
/* journal-hold.h: stands in for pwritev(2), so that a test can hold a write of the journal on its way to the disk,
 * let it fail, and play a file system that takes O_DIRECT but no write. All other writes pass. And it counts
 * syncfs(2). */
#pragma once
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define HOLD_WRITES 4

static struct
{
  GMutex lock;
  GCond changed;
  gboolean holds; /* writes wait for release_write() */
  guint begun;    /* writes since hold_journal() */
  gboolean released[HOLD_WRITES];
  int errors[HOLD_WRITES]; /* errno they fail with, or 0 */
  gboolean refuses_direct;
  guint refused;
} hold;

static gboolean
is_journal (int fd)
{
  char link[64], path[512];
  g_snprintf (link, sizeof link, "/proc/self/fd/%d", fd);
  gssize n = readlink (link, path, sizeof path - 1);
  path[MAX (n, 0)] = '\0';
  const char *name = strrchr (path, '/');
  return name && g_str_has_prefix (name, "/journal.") && !g_str_has_suffix (name, ".file");
}

/* What becomes of this write: 0 or errno. */
static int
hold_write (int fd)
{
  int error = 0;
  g_mutex_lock (&hold.lock);
  if (hold.refuses_direct && fcntl (fd, F_GETFL) & O_DIRECT)
    {
      hold.refused++;
      error = EINVAL;
    }
  else if (hold.holds)
    {
      guint n = hold.begun++;
      g_cond_broadcast (&hold.changed);
      while (n < HOLD_WRITES && !hold.released[n])
        g_cond_wait (&hold.changed, &hold.lock);
      error = n < HOLD_WRITES ? hold.errors[n] : 0;
    }
  g_mutex_unlock (&hold.lock);
  return error;
}

ssize_t
pwritev (int fd, const struct iovec *parts, int n_parts, off_t offset)
{
  int error = is_journal (fd) ? hold_write (fd) : 0;
  if (error)
    {
      errno = error;
      return -1;
    }
  return syscall (SYS_pwritev, fd, parts, n_parts, (long) offset, 0L);
}

static guint n_synced;

int
syncfs (int fd)
{
  g_atomic_int_inc (&n_synced);
  return (int) syscall (SYS_syncfs, fd);
}

/* From now on writes of the journal wait. */
static void
hold_journal (void)
{
  g_mutex_lock (&hold.lock);
  memset (hold.released, 0, sizeof hold.released);
  memset (hold.errors, 0, sizeof hold.errors);
  hold.begun = 0;
  hold.holds = TRUE;
  g_mutex_unlock (&hold.lock);
}

/* Waits until so many writes have begun. */
static void
await_writes (guint n)
{
  gint64 until = g_get_monotonic_time () + 20 * G_TIME_SPAN_SECOND;
  g_mutex_lock (&hold.lock);
  while (hold.begun < n)
    ck_assert_msg (g_cond_wait_until (&hold.changed, &hold.lock, until), "only %u writes of the journal began", hold.begun);
  g_mutex_unlock (&hold.lock);
}

/* Lets write n (from 0 on) go on, and fail if `error`. */
static void
release_write (guint n, int error)
{
  g_mutex_lock (&hold.lock);
  hold.errors[n] = error;
  hold.released[n] = TRUE;
  g_cond_broadcast (&hold.changed);
  g_mutex_unlock (&hold.lock);
}

/* Lets all go that come. */
static void
stop_holding (void)
{
  g_mutex_lock (&hold.lock);
  for (guint i = 0; i < HOLD_WRITES; i++)
    hold.released[i] = TRUE;
  hold.holds = FALSE;
  g_cond_broadcast (&hold.changed);
  g_mutex_unlock (&hold.lock);
}
