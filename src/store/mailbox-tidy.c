/* SPDX-License-Identifier: MIT */
/* mailbox-tidy.c: the files follow the table: renamed to carry their flags, unlinked when expunged, moved
 * from new/ to cur/.
 *
 * Nobody waits for it: what was promised is in the list of UIDs. It goes in small jobs, so that deliveries
 * get through between them. When all files are as the table is, the list is told ("s"), or written whole if
 * it has grown long. */
#include "store/mailbox-internal.h"
#include "store/disk.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define STEPS 128
#define WEIGHT_MIN 20000

typedef struct
{
  guint32 slot;
  GpoFileRef from;
  guint32 flags; /* its name shall have these */
  gboolean unlink;
  gboolean ok;
} Step;

typedef struct
{
  GpoJob job;
  GpoFolder *folder;
  GArray *steps;   /* of Step */
  GString *ending; /* lines behind them; NULL: none */
  gboolean whole;  /* `ending` is the whole list */
} Tidy;

void
gpo_folder_untidy (GpoFolder *folder, guint32 slot)
{
  GpoFileRow *row = gpo_folder_row (folder, slot);
  if (row->untidy)
    return;
  row->untidy = 1;
  g_array_append_val (folder->untidy, slot);
}

/* Letters of keywords that are nobody's stay in the name. */
static guint32
name_flags (GpoFolder *folder, guint32 slot)
{
  guint32 known = (GPO_FLAG_KEYWORD (folder->mailbox.n_keywords) - 1) & GPO_FLAGS_ALL;
  return gpo_mailbox_message (&folder->mailbox, slot)->flags
         | (gpo_folder_row (folder, slot)->disk & ~known & GPO_FLAGS_ALL);
}

static void
do_step (GpoFolder *folder, Step *step, GString *from, GString *to)
{
  int fd = folder->fd;
  const GpoFileRef *ref = &step->from;
  gpo_file_name (from, ref->base, ref->in_new, ref->disk, ref->passed);
  gpo_file_name (to, ref->base, FALSE, step->flags, ref->passed);
  for (guint i = 0; i < 2; i++)
    {
      if (step->unlink)
        step->ok = unlinkat (fd, from->str, 0) == 0;
      else
        step->ok = strcmp (from->str, to->str) == 0 || renameat (fd, from->str, fd, to->str) == 0;
      if (step->ok || errno != ENOENT || !gpo_file_find (fd, ref, from))
        return;
    }
}

static gboolean
write_whole (GpoFolder *folder, GString *text, GError **error)
{
  g_autofree char *path = g_strdup_printf ("/proc/self/fd/%d/glasspost-uidlist", folder->fd);
  if (!gpo_disk_replace (path, text->str, error))
    return FALSE;
  int fd = openat (folder->fd, "glasspost-uidlist", O_RDWR | O_CLOEXEC);
  if (fd < 0)
    return gpo_disk_error (error, "open", path);
  gpo_folder_take_list (folder, fd, text->len);
  folder->list_edition++;
  return TRUE;
}

static gboolean
tidy_write (GpoJob *job, GpoBatch *batch, GError **error)
{
  Tidy *tidy = (Tidy *) job;
  g_autoptr (GString) from = g_string_new (NULL), to = g_string_new (NULL);
  for (guint i = 0; i < tidy->steps->len; i++)
    do_step (tidy->folder, &g_array_index (tidy->steps, Step, i), from, to);
  if (!tidy->ending)
    return TRUE;
  return tidy->whole ? write_whole (tidy->folder, tidy->ending, error)
                     : gpo_folder_write (tidy->folder, GPO_LINES_SETTLED, NULL, NULL, tidy->ending, error);
}

static void
take_step (GpoFolder *folder, const Step *step)
{
  GpoFileRow *row = gpo_folder_row (folder, step->slot);
  row->pending--;
  if (!step->ok)
    {
      if (!step->unlink)
        gpo_folder_look (folder, TRUE, TRUE);
      return;
    }
  if (step->unlink)
    return;
  row->disk = step->flags;
  row->in_new = 0;
}

static void
tidy_done (GpoJob *job, const GError *error)
{
  Tidy *tidy = (Tidy *) job;
  GpoFolder *folder = tidy->folder;
  folder->tidying = FALSE;
  for (guint i = 0; i < tidy->steps->len; i++)
    take_step (folder, &g_array_index (tidy->steps, Step, i));
  if (error)
    g_debug ("%s", error->message);
  else if (tidy->ending && tidy->whole)
    folder->weight = 0;
  gpo_folder_tidy (folder);
  g_array_unref (tidy->steps);
  if (tidy->ending)
    g_string_free (tidy->ending, TRUE);
  gpo_mailbox_unref (&folder->mailbox);
  g_free (tidy);
}

static const GpoJobClass tidy_class = { .write = tidy_write, .done = tidy_done };

static void
take_steps (GpoFolder *folder, GArray *steps)
{
  for (; folder->untidy_done < folder->untidy->len && steps->len < STEPS; folder->untidy_done++)
    {
      guint32 slot = g_array_index (folder->untidy, guint32, folder->untidy_done);
      GpoFileRow *row = gpo_folder_row (folder, slot);
      gboolean gone = gpo_mailbox_message (&folder->mailbox, slot)->flags & GPO_FLAG_EXPUNGED;
      Step step = { slot, gpo_folder_ref (folder, slot), gone ? 0 : name_flags (folder, slot), gone, FALSE };
      row->untidy = 0;
      if (!gone && !row->in_new && row->disk == step.flags)
        continue;
      row->pending++;
      g_array_append_val (steps, step);
    }
  if (folder->untidy_done == folder->untidy->len)
    {
      g_array_set_size (folder->untidy, 0);
      folder->untidy_done = 0;
    }
}

void
gpo_folder_tidy (GpoFolder *folder)
{
  if (folder->tidying || folder->mailbox.gone)
    return;
  g_autoptr (GArray) steps = g_array_new (FALSE, FALSE, sizeof (Step));
  take_steps (folder, steps);
  gboolean last
      = folder->untidy->len == 0 && folder->changes == 0 && folder->appending == 0 && folder->unsettled;
  if (steps->len == 0 && !last)
    return;
  Tidy *tidy = g_new0 (Tidy, 1);
  tidy->job.klass = &tidy_class;
  tidy->folder = gpo_folder (gpo_mailbox_ref (&folder->mailbox));
  tidy->steps = g_steal_pointer (&steps);
  if (last)
    {
      tidy->whole = folder->weight > WEIGHT_MIN + 4 * folder->mailbox.n_messages;
      tidy->ending = tidy->whole ? gpo_folder_list_text (folder) : g_string_new (NULL);
      if (!tidy->whole)
        gpo_uidlist_append_settled (tidy->ending);
      folder->unsettled = FALSE;
    }
  folder->tidying = TRUE;
  gpo_committer_add (gpo_store_committer (folder->owner->store), &tidy->job);
}
