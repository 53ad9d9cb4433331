/* SPDX-License-Identifier: MIT */
/* notes.c: notes from the trace, and those from beside it on top of them. */
#include "notes.h"
#include "history.h"
#include "i18n.h"
#include "notes-file.h"
#include <string.h>

struct _GpoNotes
{
  GObject parent_instance;
  GpoCursor *cursor; /* it owns us */
  guint64 seen;
  GTree *trace;   /* guint64 * → char *: the trace's own */
  GTree *beside;  /* the same, of the file beside; "" hides one of the trace */
  GArray *events; /* of guint64: where there is one; NULL: to be gathered anew */
  GpoOffice *office;
  char *path;
};

static guint changed;

G_DEFINE_FINAL_TYPE (GpoNotes, gpo_notes, G_TYPE_OBJECT)

static void
put (GTree *tree, guint64 n, const char *text)
{
  g_tree_replace (tree, g_memdup2 (&n, sizeof n), g_strdup (text));
}

static void
tell (GpoNotes *notes)
{
  g_clear_pointer (&notes->events, g_array_unref);
  g_signal_emit (notes, changed, 0);
}

/* --- from the trace --- */

static gboolean
take (GpoNotes *notes, const GpoEvent *event)
{
  const char *action = gpo_event_text (event, GPO_FIELD_ACTION, NULL);
  gint64 about = gpo_event_number (event, GPO_FIELD_CAUSE, -1);
  guint64 n = (guint64) about;
  if (!action || about < 0)
    return FALSE; /* the office's own remarks are no markers */
  if (strcmp (action, "set") == 0)
    {
      const char *text = gpo_event_text (event, GPO_FIELD_TEXT, NULL);
      put (notes->trace, n, text ? text : "");
    }
  else if (strcmp (action, "remove") != 0 || !g_tree_remove (notes->trace, &n))
    return FALSE;
  return TRUE;
}

static void
on_length (GpoNotes *notes)
{
  GpoLog *log = gpo_cursor_get_log (notes->cursor);
  gboolean news = FALSE;
  notes->seen = MAX (notes->seen, gpo_log_first (log));
  for (guint64 length = gpo_cursor_get_length (notes->cursor); notes->seen < length; notes->seen++)
    {
      const GpoEvent *event = gpo_log_get (log, notes->seen);
      if (event && event->kind == GPO_KIND_NOTE)
        news |= take (notes, event);
    }
  if (news)
    tell (notes);
}

/* --- the object --- */

static int
compare (gconstpointer a, gconstpointer b, gpointer data)
{
  guint64 x = *(const guint64 *) a, y = *(const guint64 *) b;
  return x < y ? -1 : x > y;
}

static void
gpo_notes_finalize (GObject *object)
{
  GpoNotes *notes = GPO_NOTES (object);
  g_tree_unref (notes->trace);
  g_tree_unref (notes->beside);
  g_clear_pointer (&notes->events, g_array_unref);
  g_free (notes->path);
  G_OBJECT_CLASS (gpo_notes_parent_class)->finalize (object);
}

static void
gpo_notes_class_init (GpoNotesClass *class)
{
  G_OBJECT_CLASS (class)->finalize = gpo_notes_finalize;
  changed = g_signal_new ("changed", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                          G_TYPE_NONE, 0);
}

static void
gpo_notes_init (GpoNotes *notes)
{
  notes->trace = g_tree_new_full (compare, NULL, g_free, g_free);
  notes->beside = g_tree_new_full (compare, NULL, g_free, g_free);
}

GpoNotes *
gpo_notes_of (GpoCursor *cursor)
{
  GpoNotes *notes = g_object_get_data (G_OBJECT (cursor), "gpo-notes");
  if (notes)
    return notes;
  notes = g_object_new (GPO_TYPE_NOTES, NULL);
  notes->cursor = cursor;
  g_object_set_data_full (G_OBJECT (cursor), "gpo-notes", notes, g_object_unref);
  g_signal_connect_object (cursor, "notify::length", G_CALLBACK (on_length), notes, G_CONNECT_SWAPPED);
  on_length (notes);
  return notes;
}

void
gpo_notes_use_office (GpoNotes *notes, GpoOffice *office)
{
  notes->office = office;
}

void
gpo_notes_use_file (GpoNotes *notes, const char *path)
{
  notes->path = g_strdup (path);
  gpo_notes_file_load (path, notes->beside);
  tell (notes);
}

/* --- what is asked --- */

const char *
gpo_notes_get (GpoNotes *notes, guint64 n)
{
  const char *text = g_tree_lookup (notes->beside, &n);
  if (!text)
    text = g_tree_lookup (notes->trace, &n);
  return text && *text ? text : NULL;
}

static gboolean
gather (gpointer key, gpointer value, gpointer data)
{
  GpoNotes *notes = data;
  if (gpo_notes_get (notes, *(guint64 *) key))
    g_array_append_vals (notes->events, key, 1);
  return FALSE;
}

static gboolean
gather_trace (gpointer key, gpointer value, gpointer data)
{
  return g_tree_lookup (((GpoNotes *) data)->beside, key) ? FALSE : gather (key, value, data);
}

static int
ascending (gconstpointer a, gconstpointer b)
{
  return compare (a, b, NULL);
}

static const GArray *
events (GpoNotes *notes)
{
  if (!notes->events)
    {
      notes->events = g_array_new (FALSE, FALSE, sizeof (guint64));
      g_tree_foreach (notes->beside, gather, notes);
      g_tree_foreach (notes->trace, gather_trace, notes);
      g_array_sort (notes->events, ascending);
    }
  return notes->events;
}

guint
gpo_notes_count (GpoNotes *notes)
{
  return events (notes)->len;
}

guint64
gpo_notes_event (GpoNotes *notes, guint i)
{
  return g_array_index (events (notes), guint64, i);
}

guint64
gpo_notes_beyond (GpoNotes *notes, guint64 n, int by)
{
  guint64 found = G_MAXUINT64;
  for (guint i = 0; i < gpo_notes_count (notes); i++)
    {
      guint64 at = gpo_notes_event (notes, i);
      if (by > 0 && at > n)
        return at;
      if (by < 0 && at < n)
        found = at;
    }
  return found;
}

/* --- writing --- */

typedef struct
{
  GpoNotes *notes; /* of the cursor the history is of */
  guint64 n;
  char *was, *is;
} Change;

static void
change_free (gpointer data)
{
  Change *change = data;
  g_free (change->was);
  g_free (change->is);
  g_free (change);
}

static gboolean
write_note (GpoNotes *notes, guint64 n, const char *text, GError **error)
{
  if (notes->office)
    {
      g_autofree char *intent = g_strdup_printf ("note %" G_GUINT64_FORMAT " %s", n, text ? text : "");
      gpo_office_tell (notes->office, intent, NULL, NULL);
      return TRUE;
    }
  if (!notes->path)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_READ_ONLY,
                           _ ("there is no place for notes of this trace"));
      return FALSE;
    }
  g_autofree char *before = g_strdup (g_tree_lookup (notes->beside, &n));
  if ((text && *text) || g_tree_lookup (notes->trace, &n))
    put (notes->beside, n, text ? text : "");
  else
    g_tree_remove (notes->beside, &n);
  gboolean kept = gpo_notes_file_save (notes->path, notes->beside, error);
  if (!kept && before)
    put (notes->beside, n, before);
  else if (!kept)
    g_tree_remove (notes->beside, &n);
  tell (notes);
  return kept;
}

static void
apply (gpointer data, gboolean undo)
{
  Change *change = data;
  write_note (change->notes, change->n, undo ? change->was : change->is, NULL);
}

gboolean
gpo_notes_set (GpoNotes *notes, guint64 n, const char *text, GError **error)
{
  const char *was = gpo_notes_get (notes, n);
  text = text ? text : "";
  if (strcmp (was ? was : "", text) == 0)
    return TRUE;
  Change *change = g_new (Change, 1);
  *change = (Change){ notes, n, g_strdup (was), g_strdup (text) };
  if (!write_note (notes, n, text, error))
    {
      change_free (change);
      return FALSE;
    }
  gpo_history_add (gpo_history_of (notes->cursor),
                   !change->was ? _ ("new note")
                   : *text      ? _ ("changed note")
                                : _ ("removed note"),
                   apply, change, change_free);
  return TRUE;
}
