/* SPDX-License-Identifier: MIT */
/* diff-model.c: sessions and lines flattened into places of a list. */
#include "diff-model.h"
#include "i18n.h"
#include "trace/trace-read.h"

/* --- a row --- */

struct _GpoDiffRow
{
  GObject parent_instance;
  const char *sign;
  char *left, *right, *note;
  guint64 event;
};

G_DEFINE_FINAL_TYPE (GpoDiffRow, gpo_diff_row, G_TYPE_OBJECT)

static void
gpo_diff_row_finalize (GObject *object)
{
  GpoDiffRow *row = GPO_DIFF_ROW (object);
  g_free (row->left);
  g_free (row->right);
  g_free (row->note);
  G_OBJECT_CLASS (gpo_diff_row_parent_class)->finalize (object);
}

static void
gpo_diff_row_class_init (GpoDiffRowClass *class)
{
  G_OBJECT_CLASS (class)->finalize = gpo_diff_row_finalize;
}

static void
gpo_diff_row_init (GpoDiffRow *row)
{
  row->sign = "";
  row->event = G_MAXUINT64;
}

const char *
gpo_diff_row_get_sign (GpoDiffRow *row)
{
  return row->sign;
}

const char *
gpo_diff_row_get_left (GpoDiffRow *row)
{
  return row->left;
}

const char *
gpo_diff_row_get_right (GpoDiffRow *row)
{
  return row->right;
}

const char *
gpo_diff_row_get_note (GpoDiffRow *row)
{
  return row->note;
}

guint64
gpo_diff_row_get_event (GpoDiffRow *row)
{
  return row->event;
}

/* --- the list --- */

/* Where a row is: a session and a line in it; HEADING: the session's heading. */
typedef struct
{
  guint session;
  guint line;
} Place;

#define HEADING G_MAXUINT

struct _GpoDiffModel
{
  GObject parent_instance;
  GpoLog *log; /* of the other trace */
  GpoPicture *other;
  GpoComparison *comparison;
  GArray *places;
  gboolean brief;
};

static GType
get_item_type (GListModel *list)
{
  return GPO_TYPE_DIFF_ROW;
}

static guint
get_n_items (GListModel *list)
{
  return GPO_DIFF_MODEL (list)->places->len;
}

static GpoDiffRow *
make_heading (const GpoSessionPair *session)
{
  GpoDiffRow *row = g_object_new (GPO_TYPE_DIFF_ROW, NULL);
  const GpoScript *one = session->a ? session->a : session->b;
  row->left = g_strdup_printf (_ ("Session %u, %s %s: %s"), one->session, one->host,
                               gpo_protocol_name (one->protocol), session->summary);
  row->right = g_strdup ("");
  if (session->a && session->a->steps->len)
    row->event = ((GpoStep *) session->a->steps->pdata[0])->event;
  return row;
}

static char *
step_text (const GpoStep *step)
{
  if (!step)
    return g_strdup ("");
  g_autofree char *text = gpo_step_to_text (step);
  return g_strconcat (step->kind == GPO_STEP_SAY ? "→ " : "← ", text, NULL);
}

static GpoDiffRow *
make_line (const GpoLinePair *line)
{
  static const char *const signs[] = { "=", "!", "-", "+" };
  GpoDiffRow *row = g_object_new (GPO_TYPE_DIFF_ROW, NULL);
  gboolean remark = line->kind == GPO_PAIR_SAME && line->differences->len;
  row->sign = remark ? "~" : signs[line->kind];
  row->left = step_text (line->a);
  row->right = step_text (line->b);
  row->event = line->a ? line->a->event : G_MAXUINT64;
  g_autoptr (GString) note = g_string_new (NULL);
  for (guint i = 0; line->differences && i < line->differences->len; i++)
    g_string_append_printf (note, "%s%s", i ? "\n" : "",
                            ((GpoDeviation *) line->differences->pdata[i])->text);
  row->note = note->len ? g_string_free (g_steal_pointer (&note), FALSE) : NULL;
  return row;
}

static gpointer
get_item (GListModel *list, guint position)
{
  GpoDiffModel *model = GPO_DIFF_MODEL (list);
  if (position >= model->places->len)
    return NULL;
  const Place *place = &g_array_index (model->places, Place, position);
  const GpoSessionPair *session = model->comparison->sessions->pdata[place->session];
  return place->line == HEADING ? make_heading (session) : make_line (session->lines->pdata[place->line]);
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (GpoDiffModel, gpo_diff_model, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static void
gpo_diff_model_finalize (GObject *object)
{
  GpoDiffModel *model = GPO_DIFF_MODEL (object);
  gpo_comparison_free (model->comparison);
  g_clear_pointer (&model->other, gpo_picture_free);
  g_clear_pointer (&model->log, gpo_log_free);
  g_array_unref (model->places);
  G_OBJECT_CLASS (gpo_diff_model_parent_class)->finalize (object);
}

static void
gpo_diff_model_class_init (GpoDiffModelClass *class)
{
  G_OBJECT_CLASS (class)->finalize = gpo_diff_model_finalize;
}

static void
gpo_diff_model_init (GpoDiffModel *model)
{
  model->places = g_array_new (FALSE, FALSE, sizeof (Place));
}

static void
find_places (GpoDiffModel *model)
{
  g_array_set_size (model->places, 0);
  for (guint s = 0; s < model->comparison->sessions->len; s++)
    {
      const GpoSessionPair *session = model->comparison->sessions->pdata[s];
      Place heading = { s, HEADING };
      if (model->brief && !session->n_differences)
        continue;
      g_array_append_val (model->places, heading);
      for (guint l = 0; l < session->lines->len; l++)
        {
          Place place = { s, l };
          if (!model->brief || ((GpoLinePair *) session->lines->pdata[l])->kind != GPO_PAIR_SAME)
            g_array_append_val (model->places, place);
        }
    }
}

void
gpo_diff_model_set_brief (GpoDiffModel *model, gboolean brief)
{
  guint before = model->places->len;
  if (model->brief == brief)
    return;
  model->brief = brief;
  find_places (model);
  g_list_model_items_changed (G_LIST_MODEL (model), 0, before, model->places->len);
}

const GpoComparison *
gpo_diff_model_get_comparison (GpoDiffModel *model)
{
  return model->comparison;
}

GpoDiffModel *
gpo_diff_model_new (GpoPicture *picture, const char *path, GError **error)
{
  g_autoptr (GpoDiffModel) model = g_object_new (GPO_TYPE_DIFF_MODEL, NULL);
  model->log = gpo_log_new ();
  gpo_log_set_limits (model->log, 0, 0);
  if (!gpo_trace_load (model->log, path, NULL, error))
    return NULL;
  model->other = gpo_picture_new (model->log);
  gpo_picture_update (model->other, 0);
  model->comparison = gpo_compare (picture, model->other);
  find_places (model);
  return g_steal_pointer (&model);
}
