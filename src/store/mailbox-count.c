/* SPDX-License-Identifier: MIT */
/* mailbox-count.c: a job that reads folders and changes nothing. */
#include "store/mailbox-count.h"
#include "store/mailbox-names-internal.h"
#include "store/maildir.h"
#include "store/store-internal.h"
#include <string.h>

typedef struct
{
  GpoJob job;
  char *path;
  GPtrArray *names; /* of char *, sorted */
  GArray *counts;   /* of guint, beside them */
  GpoMailboxCountFunc each;
  gpointer data;
  GDestroyNotify gone;
} Count;

static guint
letters_in (const char *folder, const char *part)
{
  guint n = 0;
  GpoMaildirName parsed;
  g_autofree char *path = g_build_filename (folder, part, NULL);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  for (const char *name; dir && (name = g_dir_read_name (dir));)
    n += gpo_maildir_parse (name, &parsed);
  return n;
}

static int
by_name (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

static gboolean
count_publish (GpoJob *job, GpoBatch *batch, GError **error)
{
  Count *count = (Count *) job;
  GpoNames names;
  GHashTableIter iter;
  gpointer name;
  if (!gpo_names_read (count->path, &names, NULL))
    return TRUE;
  g_hash_table_iter_init (&iter, names.folders);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    g_ptr_array_add (count->names, g_strdup (name));
  g_ptr_array_sort (count->names, by_name);
  for (guint i = 0; i < count->names->len; i++)
    {
      const char *sub = g_hash_table_lookup (names.folders, count->names->pdata[i]);
      g_autofree char *folder = g_build_filename (count->path, sub, NULL);
      guint n = letters_in (folder, "new") + letters_in (folder, "cur");
      g_array_append_val (count->counts, n);
    }
  gpo_names_clear (&names);
  return TRUE;
}

static void
count_done (GpoJob *job, const GError *error)
{
  Count *count = (Count *) job;
  for (guint i = 0; i < count->counts->len; i++)
    if (g_array_index (count->counts, guint, i))
      count->each (count->names->pdata[i], g_array_index (count->counts, guint, i), count->data);
  if (count->gone)
    count->gone (count->data);
  g_free (count->path);
  g_ptr_array_unref (count->names);
  g_array_unref (count->counts);
  g_free (count);
}

static const GpoJobClass count_class = { .publish = count_publish, .done = count_done };

void
gpo_mailbox_count (GpoStore *store, const char *path, GpoMailboxCountFunc each, gpointer data,
                   GDestroyNotify gone)
{
  Count *count = g_new0 (Count, 1);
  count->job.klass = &count_class;
  count->path = g_strdup (path);
  count->names = g_ptr_array_new_with_free_func (g_free);
  count->counts = g_array_new (FALSE, FALSE, sizeof (guint));
  count->each = each;
  count->data = data;
  count->gone = gone;
  gpo_committer_add (gpo_store_committer (store), &count->job);
}
