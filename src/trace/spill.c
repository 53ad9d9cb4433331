/* SPDX-License-Identifier: MIT */
/* spill.c: the file is unlinked, so a crash leaves nothing; the forgotten are punched out as a hole. */
#include "trace/spill.h"
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

struct GpoSpill
{
  int fd;
  goffset used, punched;
};

GpoSpill *
gpo_spill_new (void)
{
  GpoSpill *spill = g_new0 (GpoSpill, 1);
  spill->fd = -1;
  return spill;
}

void
gpo_spill_free (GpoSpill *spill)
{
  if (spill->fd >= 0)
    close (spill->fd);
  g_free (spill);
}

/* /var/tmp is a disk where /tmp may be memory. */
static int
open_nameless (void)
{
  const char *wished = g_getenv ("TMPDIR");
  const char *folders[] = { wished && *wished ? wished : "/var/tmp", g_get_tmp_dir () };
  int fd = -1;
  for (guint i = 0; fd < 0 && i < G_N_ELEMENTS (folders); i++)
    {
      fd = open (folders[i], O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
      if (fd >= 0)
        break;
      g_autofree char *path = g_build_filename (folders[i], "glasspost-XXXXXX", NULL);
      fd = g_mkstemp_full (path, O_RDWR | O_CLOEXEC, 0600);
      if (fd >= 0)
        unlink (path);
    }
  return fd;
}

gboolean
gpo_spill_write (GpoSpill *spill, const char *bytes, gsize n, gint64 *where)
{
  if (spill->fd < 0)
    spill->fd = open_nameless ();
  for (gsize done = 0; done < n;)
    {
      gssize w
          = spill->fd < 0 ? -1 : pwrite (spill->fd, bytes + done, n - done, spill->used + (goffset) done);
      if (w < 0 && errno == EINTR)
        continue;
      if (w <= 0)
        return FALSE;
      done += (gsize) w;
    }
  *where = spill->used;
  spill->used += (goffset) n;
  return TRUE;
}

gint64
gpo_spill_end (const GpoSpill *spill)
{
  return spill->used;
}

GBytes *
gpo_spill_read (GpoSpill *spill, gint64 where, gsize n)
{
  g_autofree char *bytes = g_malloc (n);
  for (gsize done = 0; done < n;)
    {
      gssize r = pread (spill->fd, bytes + done, n - done, where + (goffset) done);
      if (r < 0 && errno == EINTR)
        continue;
      if (r <= 0)
        return NULL;
      done += (gsize) r;
    }
  return g_bytes_new_take (g_steal_pointer (&bytes), n);
}

void
gpo_spill_forget (GpoSpill *spill, gint64 end)
{
  if (end <= spill->punched)
    return;
  fallocate (spill->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, spill->punched, end - spill->punched);
  spill->punched = end;
}
