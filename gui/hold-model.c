/* SPDX-License-Identifier: MIT */
/* hold-model.c: a fold over `hold` and `close` events. */
#include "hold-model.h"
#include "event-words.h"
#include "i18n.h"
#include <string.h>

/* Since when a client waits for an answer: it goes on over the command and its reply being held. */
typedef struct
{
  guint64 line;
  gint64 since;
} Waiting;

struct _GpoHoldModel
{
  GObject parent_instance;
  GpoCursor *cursor;
  guint64 seen;
  gboolean all;
  GArray *held;        /* of GpoHeldLine */
  GArray *breaks;      /* of GpoBreak */
  GHashTable *waiting; /* session → Waiting */
};

static guint changed;

G_DEFINE_FINAL_TYPE (GpoHoldModel, gpo_hold_model, G_TYPE_OBJECT)

static void
held_clear (gpointer data)
{
  g_free (((GpoHeldLine *) data)->text);
}

static void
break_clear (gpointer data)
{
  g_free (((GpoBreak *) data)->filter);
}

/* --- sessions --- */

static void
forget (GpoHoldModel *model, guint32 session)
{
  for (guint i = model->held->len; i-- > 0;)
    if (g_array_index (model->held, GpoHeldLine, i).session == session)
      g_array_remove_index (model->held, i);
}

/* The line a hold is about; a greeting answers none. */
static guint64
line_of (GpoHoldModel *model, const GpoEvent *event)
{
  gint64 cause = gpo_event_number (event, GPO_FIELD_CAUSE, -1);
  const GpoEvent *line
      = cause >= 0 ? gpo_log_get (gpo_cursor_get_log (model->cursor), (guint64) cause) : NULL;
  return line && line->session == event->session && line->kind == GPO_KIND_LINE ? (guint64) cause
                                                                                : G_MAXUINT64;
}

static void
take_held (GpoHoldModel *model, guint64 n, const GpoEvent *event)
{
  const char *from = gpo_event_text (event, GPO_FIELD_FROM, NULL);
  GpoHeldLine held = { .session = event->session, .event = n, .line = line_of (model, event) };
  gpointer key = GUINT_TO_POINTER (event->session);
  Waiting *waiting = g_hash_table_lookup (model->waiting, key);
  held.reply = g_strcmp0 (from, "server") == 0;
  held.text = g_strdup (gpo_event_text (event, GPO_FIELD_TEXT, NULL));
  held.breakpoint = (guint) gpo_event_number (event, GPO_FIELD_NUMBER, 0);
  if (!waiting || waiting->line != held.line)
    {
      waiting = g_new (Waiting, 1);
      *waiting = (Waiting){ held.line, g_get_monotonic_time () };
      g_hash_table_insert (model->waiting, key, waiting);
    }
  held.since = waiting->since;
  forget (model, event->session);
  g_array_append_val (model->held, held);
}

/* --- settings --- */

static void
take_break (GpoHoldModel *model, const char *action, const GpoEvent *event)
{
  guint number = (guint) gpo_event_number (event, GPO_FIELD_NUMBER, 0), i;
  for (i = 0; i < model->breaks->len; i++)
    if (g_array_index (model->breaks, GpoBreak, i).number == number)
      break;
  if (strcmp (action, "break") == 0)
    {
      GpoBreak point = { number, g_strdup (gpo_event_text (event, GPO_FIELD_FILTER, NULL)), TRUE };
      g_array_append_val (model->breaks, point);
    }
  else if (i < model->breaks->len && strcmp (action, "unbreak") == 0)
    g_array_remove_index (model->breaks, i);
  else if (i < model->breaks->len)
    g_array_index (model->breaks, GpoBreak, i).enabled = strcmp (action, "enable") == 0;
}

/* TRUE if it says anything about the gate. */
static gboolean
take (GpoHoldModel *model, guint64 n, const GpoEvent *event)
{
  if (event->kind == GPO_KIND_CLOSE)
    {
      g_hash_table_remove (model->waiting, GUINT_TO_POINTER (event->session));
      guint before = model->held->len;
      forget (model, event->session);
      return model->held->len != before;
    }
  const char *action = event->kind == GPO_KIND_HOLD ? gpo_event_text (event, GPO_FIELD_ACTION, NULL) : NULL;
  if (!action)
    return FALSE;
  if (strcmp (action, "hold") == 0)
    take_held (model, n, event);
  else if (event->session)
    forget (model, event->session);
  else if (strcmp (action, "on") == 0 || strcmp (action, "off") == 0)
    model->all = strcmp (action, "on") == 0;
  else
    take_break (model, action, event);
  return TRUE;
}

static void
on_length (GpoHoldModel *model)
{
  GpoLog *log = gpo_cursor_get_log (model->cursor);
  gboolean news = FALSE;
  model->seen = MAX (model->seen, gpo_log_first (log));
  for (guint64 length = gpo_cursor_get_length (model->cursor); model->seen < length; model->seen++)
    {
      const GpoEvent *event = gpo_log_get (log, model->seen);
      if (event && (event->kind == GPO_KIND_HOLD || event->kind == GPO_KIND_CLOSE))
        news |= take (model, model->seen, event);
    }
  if (news)
    g_signal_emit (model, changed, 0);
}

/* --- the object --- */

static void
gpo_hold_model_dispose (GObject *object)
{
  GpoHoldModel *model = GPO_HOLD_MODEL (object);
  g_clear_object (&model->cursor);
  G_OBJECT_CLASS (gpo_hold_model_parent_class)->dispose (object);
}

static void
gpo_hold_model_finalize (GObject *object)
{
  GpoHoldModel *model = GPO_HOLD_MODEL (object);
  g_array_unref (model->held);
  g_array_unref (model->breaks);
  g_hash_table_unref (model->waiting);
  G_OBJECT_CLASS (gpo_hold_model_parent_class)->finalize (object);
}

static void
gpo_hold_model_class_init (GpoHoldModelClass *class)
{
  G_OBJECT_CLASS (class)->dispose = gpo_hold_model_dispose;
  G_OBJECT_CLASS (class)->finalize = gpo_hold_model_finalize;
  changed = g_signal_new ("changed", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                          G_TYPE_NONE, 0);
}

static void
gpo_hold_model_init (GpoHoldModel *model)
{
  model->held = g_array_new (FALSE, TRUE, sizeof (GpoHeldLine));
  model->breaks = g_array_new (FALSE, TRUE, sizeof (GpoBreak));
  g_array_set_clear_func (model->held, held_clear);
  g_array_set_clear_func (model->breaks, break_clear);
  model->waiting = g_hash_table_new_full (NULL, NULL, NULL, g_free);
}

GpoHoldModel *
gpo_hold_model_new (GpoCursor *cursor)
{
  GpoHoldModel *model = g_object_new (GPO_TYPE_HOLD_MODEL, NULL);
  model->cursor = g_object_ref (cursor);
  g_signal_connect_object (cursor, "notify::length", G_CALLBACK (on_length), model, G_CONNECT_SWAPPED);
  on_length (model);
  return model;
}

/* --- what is asked --- */

gboolean
gpo_hold_model_get_all (GpoHoldModel *model)
{
  return model->all;
}

guint
gpo_hold_model_n_held (GpoHoldModel *model)
{
  return model->held->len;
}

const GpoHeldLine *
gpo_hold_model_held (GpoHoldModel *model, guint i)
{
  return &g_array_index (model->held, GpoHeldLine, i);
}

const GpoHeldLine *
gpo_hold_model_held_in (GpoHoldModel *model, guint32 session)
{
  for (guint i = 0; i < model->held->len; i++)
    if (g_array_index (model->held, GpoHeldLine, i).session == session)
      return &g_array_index (model->held, GpoHeldLine, i);
  return NULL;
}

guint
gpo_hold_model_n_breaks (GpoHoldModel *model)
{
  return model->breaks->len;
}

const GpoBreak *
gpo_hold_model_break (GpoHoldModel *model, guint i)
{
  return &g_array_index (model->breaks, GpoBreak, i);
}

static const GpoEvent *
line_event (GpoHoldModel *model, const GpoHeldLine *held)
{
  return held->line == G_MAXUINT64 ? NULL : gpo_log_get (gpo_cursor_get_log (model->cursor), held->line);
}

char *
gpo_held_words (GpoHoldModel *model, const GpoHeldLine *held)
{
  const GpoEvent *line = line_event (model, held);
  gsize length;
  if (held->reply && held->text)
    {
      const char *more = strchr (held->text, '\n');
      g_autofree char *first
          = gpo_shown_text (held->text, more ? (gsize) (more - held->text) : strlen (held->text));
      return more ? g_strconcat (first, " …", NULL) : g_steal_pointer (&first);
    }
  const char *text = line ? gpo_event_text (line, GPO_FIELD_TEXT, &length) : NULL;
  return text ? gpo_shown_text (text, length) : g_strdup (_ ("a line"));
}

GpoProtocol
gpo_hold_model_protocol (GpoHoldModel *model, const GpoHeldLine *held)
{
  const GpoEvent *event = gpo_log_get (gpo_cursor_get_log (model->cursor), held->event);
  return event ? (GpoProtocol) event->protocol : GPO_PROTOCOL_NONE;
}

GpoPatience
gpo_held_patience (GpoHoldModel *model, const GpoHeldLine *held, gboolean *ours)
{
  const GpoSessionTrack *session
      = gpo_picture_session_numbered (gpo_cursor_get_picture (model->cursor), held->session);
  const GpoEvent *line = line_event (model, held);
  *ours = session && session->caller;
  return gpo_patience (gpo_protocol_name (gpo_hold_model_protocol (model, held)),
                       line ? gpo_event_text (line, GPO_FIELD_VERB, NULL) : NULL);
}
