/* SPDX-License-Identifier: MIT */
/* trace-model.c: rows to event numbers and back. */
#include "trace-model.h"

/* --- the item --- */

struct _GpoEventItem
{
  GObject parent_instance;
  guint64 n;
};

G_DEFINE_FINAL_TYPE (GpoEventItem, gpo_event_item, G_TYPE_OBJECT)

static void
gpo_event_item_class_init (GpoEventItemClass *class)
{
}

static void
gpo_event_item_init (GpoEventItem *item)
{
}

guint64
gpo_event_item_get_n (GpoEventItem *item)
{
  return item->n;
}

/* --- the model --- */

struct _GpoTraceModel
{
  GObject parent_instance;
  GpoPicture *picture;
  const GpoTrack *track;
  GpoFilter *filter;
  guint64 first;  /* of the log, when the model was made */
  guint64 seen;   /* filter: how many of the track (or the log) have been asked about */
  GArray *passed; /* filter: guint32 numbers */
  guint rows;
};

static GType
get_item_type (GListModel *list)
{
  return GPO_TYPE_EVENT_ITEM;
}

static guint
get_n_items (GListModel *list)
{
  return GPO_TRACE_MODEL (list)->rows;
}

static gpointer
get_item (GListModel *list, guint row)
{
  GpoTraceModel *model = GPO_TRACE_MODEL (list);
  if (row >= model->rows)
    return NULL;
  GpoEventItem *item = g_object_new (GPO_TYPE_EVENT_ITEM, NULL);
  item->n = gpo_trace_model_event (model, row);
  return item;
}

static void
list_model_init (GListModelInterface *interface)
{
  interface->get_item_type = get_item_type;
  interface->get_n_items = get_n_items;
  interface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (GpoTraceModel, gpo_trace_model, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static void
gpo_trace_model_finalize (GObject *object)
{
  GpoTraceModel *model = GPO_TRACE_MODEL (object);
  g_clear_pointer (&model->filter, gpo_filter_free);
  g_clear_pointer (&model->passed, g_array_unref);
  G_OBJECT_CLASS (gpo_trace_model_parent_class)->finalize (object);
}

static void
gpo_trace_model_class_init (GpoTraceModelClass *class)
{
  G_OBJECT_CLASS (class)->finalize = gpo_trace_model_finalize;
}

static void
gpo_trace_model_init (GpoTraceModel *model)
{
}

/* What there is to choose from: numbers 0 … end of the track, or the log's own. */
static guint64
source_end (GpoTraceModel *model)
{
  return model->track ? model->track->n : gpo_picture_length (model->picture);
}

static void
scan (GpoTraceModel *model)
{
  GpoLog *log = gpo_picture_log (model->picture);
  for (guint64 end = source_end (model); model->seen < end; model->seen++)
    {
      guint64 n = model->track ? model->track->events[model->seen] : model->seen;
      if (!gpo_filter_match_at (model->filter, log, n))
        continue;
      guint32 number = (guint32) n;
      g_array_append_val (model->passed, number);
    }
}

static guint
count (GpoTraceModel *model)
{
  if (!model->filter)
    return (guint) MIN (source_end (model) - (model->track ? 0 : model->first), G_MAXUINT - 1);
  scan (model);
  return model->passed->len;
}

GpoTraceModel *
gpo_trace_model_new (GpoPicture *picture, const GpoTrack *track, GpoFilter *filter)
{
  GpoTraceModel *model = g_object_new (GPO_TYPE_TRACE_MODEL, NULL);
  model->picture = picture;
  model->track = track;
  model->filter = filter;
  model->first = MIN (gpo_log_first (gpo_picture_log (picture)), gpo_picture_length (picture));
  model->seen = track ? 0 : model->first;
  model->passed = filter ? g_array_new (FALSE, FALSE, sizeof (guint32)) : NULL;
  model->rows = count (model);
  return model;
}

void
gpo_trace_model_grow (GpoTraceModel *model)
{
  guint before = model->rows;
  model->rows = count (model);
  if (model->rows > before)
    g_list_model_items_changed (G_LIST_MODEL (model), before, 0, model->rows - before);
}

guint64
gpo_trace_model_event (GpoTraceModel *model, guint row)
{
  if (model->filter)
    return g_array_index (model->passed, guint32, row);
  return model->track ? model->track->events[row] : model->first + row;
}

guint
gpo_trace_model_row (GpoTraceModel *model, guint64 n)
{
  guint low = 0, high = model->rows;
  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      if (gpo_trace_model_event (model, middle) <= n)
        low = middle + 1;
      else
        high = middle;
    }
  return low ? low - 1 : G_MAXUINT;
}
