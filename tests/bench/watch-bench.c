/* SPDX-License-Identifier: MIT */
/* watch-bench.c: what it costs to be told of renamed files: `watch-bench DIR`.
 *
 * 10,000 files are renamed as a STORE of as many letters renames them, watched by inotify read directly (as
 * store/mailbox-watch.c does it) and by GFileMonitor with and without WATCH_MOVES. Printed for each: CPU of
 * being told, how late a single delivery is told, and whether one who asks at once, as NOOP does, is told. */
#include <fcntl.h>
#include <gio/gio.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <sys/resource.h>
#include <unistd.h>

#define FILES 10000
#define SINGLES 50

typedef enum
{
  DIRECT,
  MONITOR,
  MONITOR_MOVES
} Way;
static const char *const names[] = { "inotify", "GFileMonitor", "GFileMonitor, moves" };

static guint n_told;
static int fd = -1;

static double
cpu_ms (void)
{
  struct rusage usage;
  getrusage (RUSAGE_SELF, &usage);
  return (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e3
         + (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e3;
}

/* The name is what a mailbox would ask for. */
static void
changed (GFileMonitor *monitor, GFile *file, GFile *other, GFileMonitorEvent event, gpointer data)
{
  g_autofree char *name = g_file_get_basename (other ? other : file);
  n_told += name != NULL;
}

static void
take (Way way)
{
  char buffer[32 * 1024] __attribute__ ((aligned (__alignof__(struct inotify_event))));
  if (way != DIRECT)
    while (g_main_context_iteration (NULL, FALSE))
      ;
  else
    for (gssize n; (n = read (fd, buffer, sizeof buffer)) > 0;)
      for (char *p = buffer; p < buffer + n; n_told++)
        p += sizeof (struct inotify_event) + ((struct inotify_event *) (gpointer) p)->len;
}

static void
make (const char *path)
{
  close (open (path, O_CREAT | O_WRONLY, 0600));
}

static void
rename_all (Way way, const char *folder)
{
  for (guint i = 0; i < FILES; i++)
    {
      g_autofree char *from = g_strdup_printf ("%s/1700000000.M%uP1Q%u.host.example:2,", folder, i, i);
      g_autofree char *to = g_strconcat (from, "S", NULL);
      if (rename (from, to) < 0)
        g_error ("%s cannot be renamed", from);
      if (i % 256 == 0)
        take (way); /* the kernel keeps 16,384 events */
    }
  /* GLib's thread hands over what it has. */
  for (gint64 end = g_get_monotonic_time () + G_USEC_PER_SEC; way != DIRECT && g_get_monotonic_time () < end; g_usleep (500))
    take (way);
  take (way);
}

static void
deliver (Way way, const char *root, const char *folder)
{
  double sum = 0, worst = 0;
  guint at_once = 0;
  for (guint i = 0; i < SINGLES; i++)
    {
      g_autofree char *from = g_strdup_printf ("%s/tmp%u", root, i), *to = g_strdup_printf ("%s/new%u", folder, i);
      make (from);
      g_usleep (20000);
      take (way);
      n_told = 0;
      gint64 began = g_get_monotonic_time ();
      if (rename (from, to) < 0)
        g_error ("%s cannot be renamed", from);
      take (way);
      at_once += n_told > 0;
      while (n_told == 0)
        take (way);
      double late = (double) (g_get_monotonic_time () - began) / 1e3;
      sum += late;
      worst = MAX (worst, late);
    }
  printf ("%-22s a delivery is told after %.2f ms, at worst %.2f; who asks at once is told %u times of %d\n", "",
          sum / SINGLES, worst, at_once, SINGLES);
}

static void
measure (Way way, const char *dir, gboolean watched)
{
  g_autofree char *root = g_strdup_printf ("%s/watch-%d-%d", dir, getpid (), way),
                  *folder = g_build_filename (root, "cur", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (folder);
  g_autoptr (GFileMonitor) monitor = NULL;
  if (g_mkdir_with_parents (folder, 0700) < 0)
    g_error ("%s cannot be made", folder);
  for (guint i = 0; i < FILES; i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/1700000000.M%uP1Q%u.host.example:2,", folder, i, i);
      make (path);
    }
  if (watched)
    {
      fd = inotify_init1 (IN_NONBLOCK | IN_CLOEXEC);
      if (way == DIRECT)
        inotify_add_watch (fd, folder, IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_DELETE_SELF | IN_ONLYDIR);
      else
        {
          monitor = g_file_monitor_directory (file, way == MONITOR ? 0 : G_FILE_MONITOR_WATCH_MOVES, NULL, NULL);
          g_signal_connect (monitor, "changed", G_CALLBACK (changed), NULL);
        }
    }
  double before = cpu_ms ();
  n_told = 0;
  rename_all (watched ? way : DIRECT, folder);
  double took = cpu_ms () - before;
  if (!watched)
    printf ("%-22s %d renames: %.0f ms of CPU\n", "nobody watches", FILES, took);
  else
    {
      printf ("%-22s %d renames: %.0f ms of CPU, %u events told\n", names[way], FILES, took, n_told);
      deliver (way, root, folder);
    }
  if (fd >= 0)
    close (fd);
  fd = -1;
}

int
main (int argc, char **argv)
{
  const char *dir = argc > 1 ? argv[1] : ".";
  measure (DIRECT, dir, FALSE);
  for (guint way = DIRECT; way <= MONITOR_MOVES; way++)
    measure ((Way) way, dir, TRUE);
  return 0;
}
