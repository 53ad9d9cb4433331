/* SPDX-License-Identifier: MIT */
/* history.c: two stacks. */
#include "history.h"

#define DEEPEST 200

typedef struct
{
  char *label;
  GpoHistoryApply apply;
  gpointer data;
  GDestroyNotify free;
} Step;

struct _GpoHistory
{
  GObject parent_instance;
  GPtrArray *done, *undone; /* of Step, the newest last */
  gboolean busy;
};

static guint changed;

G_DEFINE_FINAL_TYPE (GpoHistory, gpo_history, G_TYPE_OBJECT)

static void
step_free (gpointer data)
{
  Step *step = data;
  if (step->free)
    step->free (step->data);
  g_free (step->label);
  g_free (step);
}

static void
gpo_history_finalize (GObject *object)
{
  GpoHistory *history = GPO_HISTORY (object);
  g_ptr_array_unref (history->done);
  g_ptr_array_unref (history->undone);
  G_OBJECT_CLASS (gpo_history_parent_class)->finalize (object);
}

static void
gpo_history_class_init (GpoHistoryClass *class)
{
  G_OBJECT_CLASS (class)->finalize = gpo_history_finalize;
  changed = g_signal_new ("changed", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                          G_TYPE_NONE, 0);
}

static void
gpo_history_init (GpoHistory *history)
{
  history->done = g_ptr_array_new_with_free_func (step_free);
  history->undone = g_ptr_array_new_with_free_func (step_free);
}

GpoHistory *
gpo_history_of (GpoCursor *cursor)
{
  GpoHistory *history = g_object_get_data (G_OBJECT (cursor), "gpo-history");
  if (!history)
    {
      history = g_object_new (GPO_TYPE_HISTORY, NULL);
      g_object_set_data_full (G_OBJECT (cursor), "gpo-history", history, g_object_unref);
    }
  return history;
}

void
gpo_history_add (GpoHistory *history, const char *label, GpoHistoryApply apply, gpointer data,
                 GDestroyNotify free)
{
  if (history->busy)
    {
      if (free)
        free (data);
      return;
    }
  Step *step = g_new (Step, 1);
  *step = (Step){ g_strdup (label), apply, data, free };
  g_ptr_array_set_size (history->undone, 0);
  g_ptr_array_add (history->done, step);
  if (history->done->len > DEEPEST)
    g_ptr_array_remove_index (history->done, 0);
  g_signal_emit (history, changed, 0);
}

static gboolean
go (GpoHistory *history, GPtrArray *from, GPtrArray *to, gboolean undo)
{
  if (from->len == 0 || history->busy)
    return FALSE;
  Step *step = g_ptr_array_steal_index (from, from->len - 1);
  history->busy = TRUE;
  step->apply (step->data, undo);
  history->busy = FALSE;
  g_ptr_array_add (to, step);
  g_signal_emit (history, changed, 0);
  return TRUE;
}

gboolean
gpo_history_undo (GpoHistory *history)
{
  return go (history, history->done, history->undone, TRUE);
}

gboolean
gpo_history_redo (GpoHistory *history)
{
  return go (history, history->undone, history->done, FALSE);
}

static const char *
label_of (const GPtrArray *steps)
{
  return steps->len ? ((Step *) steps->pdata[steps->len - 1])->label : NULL;
}

const char *
gpo_history_undo_label (GpoHistory *history)
{
  return label_of (history->done);
}

const char *
gpo_history_redo_label (GpoHistory *history)
{
  return label_of (history->undone);
}

gboolean
gpo_history_is_busy (GpoHistory *history)
{
  return history->busy;
}
