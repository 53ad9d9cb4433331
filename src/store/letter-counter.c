/* SPDX-License-Identifier: MIT */
/* letter-counter.c: the office's letter numbers over restarts. */
#include "store/letter-counter.h"
#include "store/disk.h"

#include <string.h>

struct GpoLetterCounter
{
  char *path;
  GpoCommitter *committer;
  guint32 first;    /* given since it was opened */
  guint32 next;     /* to be given next */
  guint32 reserved; /* the file holds at least this: all below may be given */
  gboolean asked;   /* a reservation is on its way */
};

/* Reserving is a job like any other, so that the office does not wait for it. */
typedef struct
{
  GpoJob job;
  GpoLetterCounter *counter;
  guint32 upto;
} Reservation;

static gboolean
write_upto (const char *path, guint32 upto, GError **error)
{
  g_autofree char *text = g_strdup_printf ("%u\n", upto);
  return gpo_disk_replace (path, text, error);
}

static gboolean
reservation_write (GpoJob *job, GpoBatch *batch, GError **error)
{
  Reservation *reservation = (Reservation *) job;
  return write_upto (reservation->counter->path, reservation->upto, error);
}

static void
reservation_done (GpoJob *job, const GError *error)
{
  Reservation *reservation = (Reservation *) job;
  reservation->counter->asked = FALSE;
  if (error == NULL)
    reservation->counter->reserved = MAX (reservation->counter->reserved, reservation->upto);
  g_free (reservation);
}

static const GpoJobClass reservation_class = { .plain = TRUE, .write = reservation_write, .done = reservation_done };

static void
ask (GpoLetterCounter *counter)
{
  Reservation *reservation = g_new0 (Reservation, 1);
  reservation->job.klass = &reservation_class;
  reservation->counter = counter;
  reservation->upto = MAX (counter->reserved, counter->next) + GPO_COUNTER_BLOCK;
  counter->asked = TRUE;
  gpo_committer_add (counter->committer, &reservation->job);
}

static gboolean
read_start (const char *path, guint32 *start, GError **error)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) missing = NULL;
  guint64 number;
  *start = 1;
  if (!g_file_get_contents (path, &text, NULL, &missing))
    {
      if (g_error_matches (missing, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        return TRUE;
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s", missing->message);
      return FALSE;
    }
  if (!g_ascii_string_to_unsigned (g_strstrip (text), 10, 1, G_MAXUINT32 / 2, &number, NULL))
    {
      g_set_error (
          error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
          "%s should hold one number, the next letter's, but does not; write one into it that is larger "
          "than any letter's in the store (the L in the names of the files)",
          path);
      return FALSE;
    }
  *start = (guint32) number;
  return TRUE;
}

GpoLetterCounter *
gpo_letter_counter_open (const char *path, GpoCommitter *committer, GError **error)
{
  guint32 start;
  if (!read_start (path, &start, error) || !write_upto (path, start + GPO_COUNTER_BLOCK, error))
    return NULL;
  GpoLetterCounter *counter = g_new0 (GpoLetterCounter, 1);
  counter->path = g_strdup (path);
  counter->committer = committer;
  counter->first = counter->next = start;
  counter->reserved = start + GPO_COUNTER_BLOCK;
  return counter;
}

void
gpo_letter_counter_close (GpoLetterCounter *counter)
{
  g_autoptr (GError) error = NULL;
  if (!write_upto (counter->path, counter->next, &error))
    g_debug ("%s; some letter numbers are skipped", error->message);
  g_free (counter->path);
  g_free (counter);
}

/* A number beyond `reserved` may be given while the reservation is under way: jobs are done in order, so
 * no letter with that number becomes durable before the reservation is. */
guint32
gpo_letter_counter_next (GpoLetterCounter *counter)
{
  if (!counter->asked && counter->next + GPO_COUNTER_BLOCK / 2 >= counter->reserved)
    ask (counter);
  return counter->next++;
}

guint32
gpo_letter_counter_first (const GpoLetterCounter *counter)
{
  return counter->first;
}
