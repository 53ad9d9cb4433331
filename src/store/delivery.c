/* SPDX-License-Identifier: MIT */
/* delivery.c: writes a letter's files, one target after the other, and renames them into place.
 *
 *   target           file written first                       its place
 *   a mailbox        MAILDIR/tmp/NAME                         MAILDIR/new/NAME, or cur/NAME:2,FLAGS
 *   a further one    the same file, by link(2)                the same
 *   a queue          a recycled file                          queue/ID.letter
 *                    a recycled file with the envelope        queue/ID.envelope, last
 *
 * A streamed letter is in a file already, so its first target links that file. Letters in mailboxes
 * never change, so mailboxes may share one; a file of a queue is overwritten one day, so it is shared
 * with nobody. Where link(2) cannot (another file system, too many links) the bytes are copied. */
#include "store/delivery.h"
#include "store/disk.h"
#include "store/maildir.h"
#include "store/store-internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef enum
{
  STEP_NOTHING,
  STEP_WRITTEN,
  STEP_PUBLISHED
} Step;

/* One file: where it is written and where it goes. */
typedef struct
{
  char *from, *to; /* `from` is known before for a mailbox, from write() on for a queue */
  Step step;
} Place;

typedef struct
{
  GpoTargetKind kind;
  char *name;     /* for the callback */
  char *folder;   /* whose entries change */
  GBytes *prefix; /* or NULL */
  gint64 date;
  GpoSpool *spool; /* a reference, or NULL */
  char *id;
  char *envelope; /* text */
  Place letter_place, envelope_place;
  gboolean (*naming) (const char *name, GpoJob *job, GpoBatch *batch, gpointer naming_data, GError **error);
  gpointer naming_data;
} Target;

typedef struct
{
  GpoJob job;
  GpoStore *store;
  guint64 size;  /* bytes, without prefix */
  GBytes *bytes; /* or */
  GpoStream *stream;
  gboolean stream_is_shared; /* a target is linked to the stream's file already */
  GPtrArray *targets;        /* of Target */
  GpoIncomingFunc callback;
  gpointer user_data;
} Delivery;

static void
target_free (gpointer data)
{
  Target *target = data;
  g_free (target->name);
  g_free (target->folder);
  g_clear_pointer (&target->prefix, g_bytes_unref);
  g_clear_pointer (&target->spool, gpo_spool_unref);
  g_free (target->id);
  g_free (target->envelope);
  g_free (target->letter_place.from);
  g_free (target->letter_place.to);
  g_free (target->envelope_place.from);
  g_free (target->envelope_place.to);
  g_free (target);
}

/* --- writing --- */

static gboolean
same_bytes (const Target *a, const Target *b)
{
  return a->kind == b->kind && a->date == b->date
         && (a->prefix == b->prefix || (a->prefix && b->prefix && g_bytes_equal (a->prefix, b->prefix)));
}

static guint64
size_at (Delivery *delivery, Target *target)
{
  return delivery->size + (target->prefix ? g_bytes_get_size (target->prefix) : 0);
}

/* What of the letter is in memory, as this target gets it. Returns how many parts. */
static int
letter_parts (Delivery *delivery, Target *target, struct iovec parts[2])
{
  int n = 0;
  if (target->prefix)
    {
      parts[n].iov_base = (gpointer) g_bytes_get_data (target->prefix, &parts[n].iov_len);
      n++;
    }
  if (delivery->bytes)
    {
      parts[n].iov_base = (gpointer) g_bytes_get_data (delivery->bytes, &parts[n].iov_len);
      n++;
    }
  return n;
}

/* The letter as this target gets it, into an open file. */
static gboolean
write_letter (Delivery *delivery, Target *target, int fd)
{
  struct iovec parts[2];
  gsize before = target->prefix ? g_bytes_get_size (target->prefix) : 0;
  if (!gpo_disk_write (fd, parts, letter_parts (delivery, target, parts), 0))
    return FALSE;
  return delivery->stream == NULL || gpo_disk_copy (gpo_stream_fd (delivery->stream), fd, before);
}

/* Asks for it to be durable at its place; fd is -1 if it is a link. */
static void
sync_letter (Delivery *delivery, Target *target, GpoBatch *batch, int fd)
{
  struct iovec parts[2];
  GpoJournalKind kind = target->kind == GPO_TARGET_MAILDIR ? GPO_JOURNAL_MAILBOX : GPO_JOURNAL_EXACT;
  if (delivery->stream && fd >= 0)
    gpo_batch_sync_file (batch, &delivery->job, fd); /* large */
  else if (delivery->stream == NULL)
    gpo_batch_sync_letter (batch, &delivery->job, kind, fd, target->letter_place.to, parts,
                           letter_parts (delivery, target, parts));
}

/* A link to a file that holds this target's bytes already. FALSE: none, or it cannot be linked. */
static gboolean
try_link (Delivery *delivery, guint i, Target *target)
{
  for (guint k = 0; k < i && target->kind == GPO_TARGET_MAILDIR; k++)
    {
      Target *other = delivery->targets->pdata[k];
      if (same_bytes (other, target) && other->letter_place.step == STEP_WRITTEN)
        return link (other->letter_place.from, target->letter_place.from) == 0;
    }
  if (delivery->stream == NULL || target->prefix || delivery->stream_is_shared || target->date
      || link (gpo_stream_path (delivery->stream), target->letter_place.from) < 0)
    return FALSE;
  delivery->stream_is_shared = TRUE;
  return TRUE;
}

static gboolean
write_to_mailbox (Delivery *delivery, guint i, Target *target, GpoBatch *batch, GError **error)
{
  const char *path = target->letter_place.from;
  if (try_link (delivery, i, target))
    {
      target->letter_place.step = STEP_WRITTEN;
      sync_letter (delivery, target, batch, -1);
      return TRUE;
    }
  int fd = open (path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
  if (fd < 0)
    return gpo_disk_error (error, "make", path);
  target->letter_place.step = STEP_WRITTEN;
  sync_letter (delivery, target, batch, fd);
  struct timespec times[2] = { { target->date, 0 }, { target->date, 0 } };
  if (!write_letter (delivery, target, fd) || (target->date && futimens (fd, times) < 0))
    return gpo_disk_error (error, "write", path);
  return TRUE;
}

/* The letter's own file in the queue's folders. */
static gboolean
write_queue_letter (Delivery *delivery, Target *target, GpoBatch *batch, GError **error)
{
  Place *place = &target->letter_place;
  if (delivery->stream && !target->prefix && !delivery->stream_is_shared)
    {
      place->from = g_strconcat (gpo_spool_tmp (target->spool), "/", target->id, ".letter", NULL);
      if (link (gpo_stream_path (delivery->stream), place->from) == 0)
        {
          place->step = STEP_WRITTEN;
          return delivery->stream_is_shared = TRUE;
        }
      g_clear_pointer (&place->from, g_free);
    }
  int fd = gpo_recycler_take (gpo_spool_recycler (target->spool), &place->from, error);
  if (fd < 0)
    return FALSE;
  place->step = STEP_WRITTEN;
  sync_letter (delivery, target, batch, fd);
  if (!write_letter (delivery, target, fd) || !gpo_disk_cut (fd, size_at (delivery, target)))
    return gpo_disk_error (error, "write", place->from);
  return TRUE;
}

static gboolean
write_to_queue (Delivery *delivery, Target *target, GpoBatch *batch, GError **error)
{
  Place *place = &target->envelope_place;
  struct iovec part = { target->envelope, strlen (target->envelope) };
  if (!write_queue_letter (delivery, target, batch, error))
    return FALSE;
  place->from = gpo_spool_write_file (target->spool, &delivery->job, batch, &part, 1, place->to, error);
  if (place->from)
    place->step = STEP_WRITTEN;
  return place->from != NULL;
}

static gboolean
delivery_write (GpoJob *job, GpoBatch *batch, GError **error)
{
  Delivery *delivery = (Delivery *) job;
  if (delivery->stream && gpo_stream_error (delivery->stream))
    {
      g_propagate_error (error, g_error_copy (gpo_stream_error (delivery->stream)));
      return FALSE;
    }
  if (delivery->stream)
    gpo_batch_sync_file (batch, job, dup (gpo_stream_fd (delivery->stream)));
  for (guint i = 0; i < delivery->targets->len; i++)
    {
      Target *target = delivery->targets->pdata[i];
      if (delivery->stream)
        gpo_batch_sync_folder (batch, job, target->folder);
      if (target->kind == GPO_TARGET_MAILDIR ? !write_to_mailbox (delivery, i, target, batch, error)
                                             : !write_to_queue (delivery, target, batch, error))
        return FALSE;
      if (target->naming && !target->naming (target->name, job, batch, target->naming_data, error))
        return FALSE;
    }
  return TRUE;
}

/* --- into place --- */

static gboolean
publish_place (Place *place, GError **error)
{
  if (rename (place->from, place->to) < 0)
    return gpo_disk_error (error, "rename into place", place->to);
  place->step = STEP_PUBLISHED;
  return TRUE;
}

static gboolean
delivery_publish (GpoJob *job, GpoBatch *batch, GError **error)
{
  Delivery *delivery = (Delivery *) job;
  for (guint i = 0; i < delivery->targets->len; i++)
    {
      Target *target = delivery->targets->pdata[i];
      if (!publish_place (&target->letter_place, error)
          || (target->spool && !publish_place (&target->envelope_place, error)))
        return FALSE;
    }
  return TRUE;
}

static void
undo_place (Place *place)
{
  if (place->step != STEP_NOTHING)
    unlink (place->step == STEP_WRITTEN ? place->from : place->to);
  place->step = STEP_NOTHING;
}

static void
delivery_settle (GpoJob *job, gboolean ok, gboolean synced)
{
  Delivery *delivery = (Delivery *) job;
  for (guint i = 0; i < delivery->targets->len; i++)
    {
      Target *target = delivery->targets->pdata[i];
      if (!ok)
        {
          undo_place (&target->envelope_place);
          undo_place (&target->letter_place);
        }
      if (target->spool && synced)
        gpo_recycler_settled (gpo_spool_recycler (target->spool));
    }
  if (delivery->stream)
    gpo_stream_remove (g_steal_pointer (&delivery->stream));
}

static void
delivery_done (GpoJob *job, const GError *error)
{
  Delivery *delivery = (Delivery *) job;
  guint n = delivery->targets->len;
  g_autofree const char **names = g_new0 (const char *, n + 1);
  for (guint i = 0; i < n; i++)
    names[i] = ((Target *) delivery->targets->pdata[i])->name;
  if (delivery->callback)
    delivery->callback (names, n, error, delivery->user_data);
  g_clear_pointer (&delivery->bytes, g_bytes_unref);
  g_ptr_array_unref (delivery->targets);
  g_free (delivery);
}

static const GpoJobClass delivery_class
    = { .plain = TRUE, delivery_write, delivery_publish, delivery_settle, delivery_done };

/* --- preparing, on the office's thread --- */

static void
prepare_mailbox (Target *target, const GpoTarget *from, guint32 letter, guint64 size)
{
  gboolean seen = from->in_cur || (from->flags && *from->flags);
  g_autofree char *unique
      = from->unique ? g_strdup (from->unique) : gpo_maildir_unique (letter, size, from->host);
  target->name = seen ? g_strconcat ("cur/", unique, ":2,", from->flags ? from->flags : "", NULL)
                      : g_strconcat ("new/", unique, NULL);
  target->folder = g_build_filename (from->maildir, seen ? "cur" : "new", NULL);
  target->letter_place.from = g_build_filename (from->maildir, "tmp", unique, NULL);
  target->letter_place.to = g_build_filename (from->maildir, target->name, NULL);
  target->date = from->date;
  target->naming = from->naming;
  target->naming_data = from->naming_data;
}

static void
prepare_queue (Target *target, const GpoTarget *from, guint64 size)
{
  const char *queue = gpo_spool_queue (from->spool);
  target->spool = gpo_spool_ref (from->spool);
  target->id = g_strdup (from->envelope->id);
  target->name = g_strdup (target->id);
  target->envelope = gpo_spool_envelope_text (from->envelope, size);
  target->folder = g_strdup (queue);
  target->letter_place.to = g_strconcat (queue, "/", target->id, ".letter", NULL);
  target->envelope_place.to = g_strconcat (queue, "/", target->id, ".envelope", NULL);
}

void
gpo_delivery_start (GpoStore *store, guint32 letter, GBytes *bytes, GpoStream *stream, guint64 size,
                    const GpoTarget *targets, guint n_targets, GpoIncomingFunc callback, gpointer user_data)
{
  Delivery *delivery = g_new0 (Delivery, 1);
  *delivery = (Delivery){ .job = { .klass = &delivery_class, .durable = TRUE },
                          .store = store,
                          .size = size,
                          .bytes = bytes,
                          .stream = stream,
                          .callback = callback,
                          .user_data = user_data };
  delivery->targets = g_ptr_array_new_full (n_targets, target_free);
  for (guint i = 0; i < n_targets; i++)
    {
      Target *target = g_new0 (Target, 1);
      target->kind = targets[i].kind;
      if (targets[i].prefix && targets[i].prefix_length)
        target->prefix = g_bytes_new (targets[i].prefix, targets[i].prefix_length);
      if (target->kind == GPO_TARGET_MAILDIR)
        prepare_mailbox (target, &targets[i], letter, size_at (delivery, target));
      else
        prepare_queue (target, &targets[i], size_at (delivery, target));
      g_ptr_array_add (delivery->targets, target);
    }
  if (stream)
    gpo_stream_finish (stream, &delivery->job);
  else
    gpo_committer_add (gpo_store_committer (store), &delivery->job);
}
