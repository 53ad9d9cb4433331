/* SPDX-License-Identifier: MIT */
/* store-bench.c: how many letters a second the store makes durable, and what that costs.
 *
 *     store-bench DIR [series]     series: all (default), maildir, spool, long, large
 *
 * Each series works in a new folder under DIR and nothing is deleted until the end, since ext4 creates
 * files slowly for a while after many were deleted. Figures are wall clock, and CPU of the whole process.
 *
 *     maildir   1, 10, 50 letters of 4 KB outstanding, into one mailbox
 *     spool     the same into a queue, each letter removed again once it is there, as a gateway does
 *     long      100,000 letters through mailbox and queue: the rate around letter 1,000 and at the end
 *     large     letters of 1 MB */
#include "store/incoming.h"
#include "store/maildir.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

typedef struct
{
  GpoStore *store;
  GpoSpool *spool; /* NULL: to the mailbox */
  char *maildir;
  GpoEnvelope *envelope;
  char *bytes;
  gsize size;
  guint outstanding, sent, settled, total, mark;
  gint64 marked;     /* time of the last mark */
  double rates[256]; /* one each `mark` letters */
  guint n_rates;
} Bench;

typedef struct
{
  Bench *bench;
  char *id;
} Sent;

static double
cpu_seconds (void)
{
  struct rusage usage;
  getrusage (RUSAGE_SELF, &usage);
  return (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
         + (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
}

static void send_letter (Bench *bench);

static void
settled (const char *const *names, guint n, const GError *error, gpointer data)
{
  Bench *bench = data;
  if (error)
    g_error ("%s", error->message);
  if (bench->spool)
    gpo_spool_remove (bench->spool, names[0], NULL, NULL);
  if (++bench->settled % bench->mark == 0 && bench->n_rates < G_N_ELEMENTS (bench->rates))
    {
      gint64 now = g_get_monotonic_time ();
      bench->rates[bench->n_rates++] = bench->mark * 1e6 / (double) (now - bench->marked);
      bench->marked = now;
    }
  bench->outstanding--;
  if (bench->sent < bench->total)
    send_letter (bench);
}

static void
send_letter (Bench *bench)
{
  guint32 letter = gpo_store_next_letter (bench->store);
  GpoIncoming *incoming = gpo_incoming_new (bench->store, letter);
  GpoTarget target = { .kind = GPO_TARGET_MAILDIR, .maildir = bench->maildir, .host = "athens.example" };
  if (bench->spool)
    {
      g_free (bench->envelope->id);
      bench->envelope->id = gpo_spool_make_id (letter);
      bench->envelope->letter = letter;
      target = (GpoTarget){ .kind = GPO_TARGET_SPOOL, .spool = bench->spool, .envelope = bench->envelope };
    }
  gpo_incoming_write (incoming, bench->bytes, bench->size);
  bench->sent++;
  bench->outstanding++;
  gpo_incoming_commit (incoming, &target, 1, settled, bench);
}

/* One series in a store of its own. */
static void
run (const char *dir, const char *name, gboolean spool, guint at_once, guint total, gsize size, Bench *bench)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *root = g_strdup_printf ("%s/%s-%u", dir, name, at_once);
  *bench
      = (Bench){ .store = gpo_store_open (root, NULL, &error), .size = size, .total = total, .mark = MAX (total / 100, 1) };
  if (bench->store == NULL || !gpo_store_add_host (bench->store, "athens", &error))
    g_error ("%s", error->message);
  g_autofree char *queue = gpo_store_spool_path (bench->store, "athens");
  bench->maildir = gpo_store_maildir_path (bench->store, "athens", "bob");
  bench->bytes = g_malloc (size);
  for (gsize i = 0; i < size; i++)
    bench->bytes[i] = i % 78 == 77 ? '\n' : (char) ('a' + i % 23);
  bench->envelope = gpo_envelope_new ();
  bench->envelope->has_sender = TRUE;
  gpo_envelope_add (bench->envelope, "bob@sparta.example");
  if (!gpo_maildir_create (bench->maildir, FALSE, &error)
      || (spool && !(bench->spool = gpo_spool_open (bench->store, queue, NULL, &error))))
    g_error ("%s", error->message);
  double cpu = cpu_seconds ();
  gint64 began = bench->marked = g_get_monotonic_time ();
  for (guint i = 0; i < at_once; i++)
    send_letter (bench);
  while (bench->settled < total)
    g_main_context_iteration (NULL, TRUE);
  double wall = (double) (g_get_monotonic_time () - began) * 1e-6;
  printf ("%-10s %3u at once %8.0f letters/s %8.1f MB/s %6.0f us CPU a letter\n", name, at_once, total / wall,
          total * (double) size / wall / 1e6, (cpu_seconds () - cpu) * 1e6 / total);
  fflush (stdout);
  gpo_store_flush (bench->store);
  if (bench->spool)
    gpo_spool_close (bench->spool);
  gpo_store_close (bench->store);
  gpo_envelope_free (bench->envelope);
  g_free (bench->bytes);
  g_free (bench->maildir);
}

/* Median of the rates from `from` on. */
static double
median (Bench *bench, guint from, guint n)
{
  double sorted[256];
  memcpy (sorted, bench->rates + from, n * sizeof (double));
  for (guint i = 1; i < n; i++)
    for (guint k = i; k > 0 && sorted[k] < sorted[k - 1]; k--)
      {
        double swap = sorted[k];
        sorted[k] = sorted[k - 1];
        sorted[k - 1] = swap;
      }
  return sorted[n / 2];
}

static void
run_long (const char *dir, const char *name, gboolean spool)
{
  Bench bench;
  const char *count = g_getenv ("GPO_BENCH_LETTERS");
  run (dir, name, spool, 10, count ? (guint) atoi (count) : 100000, 4096, &bench);
  double early = median (&bench, 1, 9), late = median (&bench, 91, 9);
  printf ("%-10s first tenth %.0f, last tenth %.0f letters/s: %+.0f %%\n", name, early, late, (late / early - 1) * 100);
}

int
main (int argc, char **argv)
{
  static const guint at_once[] = { 1, 10, 50 };
  const char *series = argc > 2 ? argv[2] : "all";
  gboolean all = strcmp (series, "all") == 0;
  Bench bench;
  if (argc < 2)
    return fprintf (stderr, "usage: store-bench DIR [all|maildir|spool|long|large]\n"), 2;
  g_autofree char *dir = g_strdup_printf ("%s/store-bench.%" G_GINT64_FORMAT, argv[1], g_get_real_time ());
  for (guint i = 0; i < G_N_ELEMENTS (at_once); i++)
    {
      guint total = at_once[i] == 1 ? 2000 : 10000;
      if (all || strcmp (series, "maildir") == 0)
        run (dir, "maildir", FALSE, at_once[i], total, 4096, &bench);
      if (all || strcmp (series, "spool") == 0)
        run (dir, "spool", TRUE, at_once[i], total, 4096, &bench);
      if (all || strcmp (series, "large") == 0)
        run (dir, "large", FALSE, at_once[i], 300, 1 << 20, &bench);
    }
  if (all || strcmp (series, "long") == 0)
    {
      run_long (dir, "maildir100k", FALSE);
      run_long (dir, "spool100k", TRUE);
    }
  printf ("remove %s when you need the disk, but not before the next run\n", dir);
  return 0;
}
