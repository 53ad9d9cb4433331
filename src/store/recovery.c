/* SPDX-License-Identifier: MIT */
/* recovery.c: what a queue holds after the last office ended, well or not.
 *
 *   ID.envelope   ID.letter
 *   whole         as long as the envelope says    a letter of the queue
 *   whole         missing or of another length    damaged: both are set aside
 *   torn          any                             damaged: both are set aside
 *   none          any                             never answered with 250, or sent: used again
 *
 * Damage is not what a crash leaves (spool.h says why), but disks and people make it. It goes to
 * damaged/ with a note that says what is wrong, and how to bring the letter back. */
#include "store/disk.h"
#include "store/store-internal.h"

#include <string.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct
{
  const char *dir;
  GpoRecycler *recycler;
  GpoSpoolRecovery *found;
} Recovery;

static void
entry_free (gpointer data)
{
  GpoSpoolEntry *entry = data;
  gpo_envelope_free (entry->envelope);
  g_free (entry);
}

void
gpo_spool_recovery_free (GpoSpoolRecovery *recovery)
{
  g_ptr_array_unref (recovery->entries);
  g_ptr_array_unref (recovery->damaged);
  g_free (recovery);
}

static char *
path_of (Recovery *recovery, const char *folder, const char *id, const char *ending)
{
  return g_strconcat (recovery->dir, "/", folder, "/", id, ending, NULL);
}

/* Renames what there is of a letter into damaged/ and writes the note. */
static gboolean
set_aside (Recovery *recovery, const char *id, const char *reason, GError **error)
{
  static const char *const endings[] = { ".letter", ".envelope" };
  g_autofree char *note_path = path_of (recovery, "damaged", id, ".note");
  g_autofree char *note = g_strdup_printf ("%s: %s\n"
                                           "To bring the letter back: repair %s.envelope with an editor, "
                                           "move it and %s.letter to queue/, start again.\n",
                                           id, reason, id, id);
  if (!gpo_disk_replace (note_path, note, error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    {
      g_autofree char *from = path_of (recovery, "queue", id, endings[i]);
      g_autofree char *to = path_of (recovery, "damaged", id, endings[i]);
      if (g_file_test (from, G_FILE_TEST_EXISTS) && rename (from, to) < 0)
        return gpo_disk_error (error, "move to damaged/", from);
    }
  g_ptr_array_add (recovery->found->damaged, g_strdup_printf ("%s: %s", id, reason));
  return TRUE;
}

/* The envelope if it and its letter are whole; else NULL and `why`. */
static GpoEnvelope *
read_whole (Recovery *recovery, const char *id, guint64 *size, GError **why)
{
  g_autofree char *path = path_of (recovery, "queue", id, ".envelope");
  g_autofree char *letter = path_of (recovery, "queue", id, ".letter");
  g_autofree char *text = NULL;
  g_autoptr (GpoEnvelope) envelope = NULL;
  gsize length;
  struct stat st;
  if (!g_file_get_contents (path, &text, &length, why)
      || !(envelope = gpo_spool_read_envelope (text, length, size, why)))
    return NULL;
  if (g_strcmp0 (envelope->id, id) != 0)
    g_set_error (why, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "its envelope is that of %s",
                 envelope->id ? envelope->id : "none");
  else if (stat (letter, &st) < 0)
    gpo_disk_error (why, "find", letter);
  else if ((guint64) st.st_size != *size)
    g_set_error (why, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                 "the letter has %" G_GINT64_FORMAT " bytes, its envelope says %" G_GUINT64_FORMAT,
                 (gint64) st.st_size, *size);
  else
    return g_steal_pointer (&envelope);
  return NULL;
}

static gboolean
recover_letter (Recovery *recovery, const char *id, GError **error)
{
  g_autoptr (GError) why = NULL;
  guint64 size;
  GpoEnvelope *envelope = read_whole (recovery, id, &size, &why);
  if (envelope == NULL)
    return set_aside (recovery, id, why->message, error);
  GpoSpoolEntry *entry = g_new (GpoSpoolEntry, 1);
  *entry = (GpoSpoolEntry){ envelope, size };
  g_ptr_array_add (recovery->found->entries, entry);
  return TRUE;
}

/* IDs that have a file with this ending; all of them, before anything is moved. */
static GPtrArray *
list_ids (Recovery *recovery, const char *ending, GError **error)
{
  g_autofree char *queue = g_build_filename (recovery->dir, "queue", NULL);
  g_autoptr (GDir) dir = g_dir_open (queue, 0, error);
  if (dir == NULL)
    return NULL;
  GPtrArray *ids = g_ptr_array_new_with_free_func (g_free);
  for (const char *name; (name = g_dir_read_name (dir));)
    if (g_str_has_suffix (name, ending))
      g_ptr_array_add (ids, g_strndup (name, strlen (name) - strlen (ending)));
  return ids;
}

static gint
by_arrival (gconstpointer a, gconstpointer b)
{
  const GpoEnvelope *x = (*(GpoSpoolEntry *const *) a)->envelope,
                    *y = (*(GpoSpoolEntry *const *) b)->envelope;
  if (x->arrived != y->arrived)
    return x->arrived < y->arrived ? -1 : 1;
  return x->letter < y->letter ? -1 : x->letter > y->letter;
}

static gboolean
recover_all (Recovery *recovery, GError **error)
{
  g_autoptr (GPtrArray) ids = list_ids (recovery, ".envelope", error);
  for (guint i = 0; ids && i < ids->len; i++)
    if (!recover_letter (recovery, ids->pdata[i], error))
      return FALSE;
  g_autoptr (GPtrArray) letters = ids ? list_ids (recovery, ".letter", error) : NULL;
  for (guint i = 0; letters && i < letters->len; i++)
    {
      g_autofree char *envelope = path_of (recovery, "queue", letters->pdata[i], ".envelope");
      g_autofree char *letter = path_of (recovery, "queue", letters->pdata[i], ".letter");
      if (g_file_test (envelope, G_FILE_TEST_EXISTS))
        continue;
      gpo_recycler_put (recovery->recycler, letter);
      recovery->found->orphans++;
    }
  return letters != NULL;
}

GpoSpoolRecovery *
gpo_spool_recover (const char *dir, GpoRecycler *recycler, GError **error)
{
  static const char *const folders[] = { "queue", "free", "damaged", "tmp" };
  GpoSpoolRecovery *found = g_new0 (GpoSpoolRecovery, 1);
  found->entries = g_ptr_array_new_with_free_func (entry_free);
  found->damaged = g_ptr_array_new_with_free_func (g_free);
  Recovery recovery = { dir, recycler, found };
  gboolean ok = recover_all (&recovery, error);
  for (guint i = 0; ok && i < G_N_ELEMENTS (folders); i++)
    {
      g_autofree char *folder = g_build_filename (dir, folders[i], NULL);
      ok = gpo_disk_sync_folder (folder, error);
    }
  if (!ok)
    {
      gpo_spool_recovery_free (found);
      return NULL;
    }
  gpo_recycler_settled (recycler);
  g_ptr_array_sort (found->entries, by_arrival);
  return found;
}
