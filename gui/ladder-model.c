/* SPDX-License-Identifier: MIT */
/* ladder-model.c: events → rungs. */
#include "ladder-model.h"
#include "i18n.h"
#include <string.h>

#define LANES_MAX 200 /* more hosts than can be told apart share the last one */

struct GpoLadderModel
{
  GpoPicture *picture;
  const GpoTrack *track; /* NULL: all */
  gboolean one_session;
  guint64 seen;
  GArray *rungs, *lanes;
};

static void
lane_clear (gpointer data)
{
  g_free (((GpoLane *) data)->name);
}

static guint8
lane_of (GpoLadderModel *model, GpoSymbol host, const char *name)
{
  for (guint i = 0; i < model->lanes->len; i++)
    if (g_array_index (model->lanes, GpoLane, i).host == host)
      return (guint8) i;
  if (model->lanes->len >= LANES_MAX)
    return LANES_MAX - 1;
  GpoLane lane = { host, g_strdup (host ? gpo_symbol_name (host) : name) };
  if (host == 0)
    {
      /* those outside stand at the left */
      g_array_prepend_val (model->lanes, lane);
      for (guint i = 0; i < model->rungs->len; i++)
        {
          g_array_index (model->rungs, GpoRung, i).from++;
          g_array_index (model->rungs, GpoRung, i).to++;
        }
      return 0;
    }
  g_array_append_val (model->lanes, lane);
  return (guint8) (model->lanes->len - 1);
}

/* Those outside: by name if one session shows who it is. */
static guint8
outside (GpoLadderModel *model, const GpoSessionTrack *session)
{
  GpoSessionAt at = { 0 };
  if (model->one_session && session)
    gpo_picture_session_at (model->picture, session, gpo_picture_length (model->picture), &at);
  return lane_of (model, 0, at.person ? at.person : model->one_session ? _ ("client") : _ ("clients"));
}

/* The lanes of a line or of data: who says it to whom. */
static void
ends (GpoLadderModel *model, const GpoEvent *event, GpoRung *rung)
{
  const GpoSessionTrack *session = gpo_picture_session_numbered (model->picture, event->session);
  /* first, as it may shift the others */
  guint8 client
      = session && session->caller ? lane_of (model, session->caller, NULL) : outside (model, session);
  guint8 server = session && session->host ? lane_of (model, session->host, NULL) : client;
  gboolean from_server = event->kind != GPO_KIND_CONNECT
                         && g_strcmp0 (gpo_event_text (event, GPO_FIELD_FROM, NULL), "server") == 0;
  rung->from = from_server ? server : client;
  rung->to = from_server ? client : server;
}

/* Whether it is a further line of the reply on the newest rung of its session. */
static gboolean
continues (GpoLadderModel *model, const GpoEvent *event)
{
  GpoLog *log = gpo_picture_log (model->picture);
  const char *text = gpo_event_text (event, GPO_FIELD_TEXT, NULL);
  gint64 code = gpo_event_number (event, GPO_FIELD_CODE, 0);
  if (!code || !text || strlen (text) < 4)
    return FALSE;
  for (guint i = model->rungs->len; i > 0 && i + 8 > model->rungs->len; i--)
    {
      GpoRung *rung = &g_array_index (model->rungs, GpoRung, i - 1);
      const GpoEvent *before = gpo_log_get (log, rung->n);
      if (!before || before->session != event->session)
        continue;
      const char *first
          = before->kind == GPO_KIND_LINE ? gpo_event_text (before, GPO_FIELD_TEXT, NULL) : NULL;
      if (!first || strlen (first) < 4 || first[3] != '-'
          || gpo_event_number (before, GPO_FIELD_CODE, 0) != code)
        return FALSE;
      rung->folded++;
      return TRUE;
    }
  return FALSE;
}

/* A server changes its state; what clients and queues go through is told by their lines and by `queue`. */
static gboolean
is_server_turn (const GpoEvent *event)
{
  const char *from = gpo_event_text (event, GPO_FIELD_FROM, NULL),
             *to = gpo_event_text (event, GPO_FIELD_TO, NULL);
  const char *machine = gpo_event_text (event, GPO_FIELD_MACHINE, NULL);
  return machine && g_str_has_suffix (machine, "-server") && from && to && strcmp (from, to) != 0;
}

static gboolean
is_shown (const GpoEvent *event)
{
  if (event->kind == GPO_KIND_EDGE)
    return is_server_turn (event);
  return event->kind != GPO_KIND_ENVELOPE && event->kind != GPO_KIND_OFFICE;
}

static void
take (GpoLadderModel *model, guint64 n)
{
  const GpoEvent *event = gpo_log_get (gpo_picture_log (model->picture), n);
  GpoRung rung = { .n = (guint32) n };
  if (!event || !is_shown (event))
    return;
  if (event->kind == GPO_KIND_LINE && continues (model, event))
    return;
  if (event->kind == GPO_KIND_LINE || event->kind == GPO_KIND_DATA || event->kind == GPO_KIND_CONNECT)
    ends (model, event, &rung);
  else if (event->host)
    rung.from = rung.to = lane_of (model, event->host, NULL);
  else
    return;
  g_array_append_val (model->rungs, rung);
}

GpoLadderModel *
gpo_ladder_model_new (GpoCursor *cursor)
{
  GpoLadderModel *model = g_new0 (GpoLadderModel, 1);
  model->picture = gpo_cursor_get_picture (cursor);
  model->track = gpo_cursor_get_track (cursor);
  model->one_session = gpo_cursor_get_subject (cursor, NULL) == GPO_SUBJECT_SESSION;
  model->seen = model->track ? 0 : gpo_log_first (gpo_cursor_get_log (cursor));
  model->rungs = g_array_new (FALSE, FALSE, sizeof (GpoRung));
  model->lanes = g_array_new (FALSE, FALSE, sizeof (GpoLane));
  g_array_set_clear_func (model->lanes, lane_clear);
  gpo_ladder_model_grow (model);
  return model;
}

void
gpo_ladder_model_free (GpoLadderModel *model)
{
  g_array_unref (model->rungs);
  g_array_unref (model->lanes);
  g_free (model);
}

void
gpo_ladder_model_grow (GpoLadderModel *model)
{
  guint64 end = model->track ? model->track->n : gpo_picture_length (model->picture);
  for (; model->seen < end; model->seen++)
    take (model, model->track ? model->track->events[model->seen] : model->seen);
}

guint
gpo_ladder_model_n_lanes (GpoLadderModel *model)
{
  return model->lanes->len;
}

const GpoLane *
gpo_ladder_model_lane (GpoLadderModel *model, guint i)
{
  return &g_array_index (model->lanes, GpoLane, i);
}

guint
gpo_ladder_model_n_rungs (GpoLadderModel *model)
{
  return model->rungs->len;
}

const GpoRung *
gpo_ladder_model_rung (GpoLadderModel *model, guint i)
{
  return &g_array_index (model->rungs, GpoRung, i);
}

guint
gpo_ladder_model_row (GpoLadderModel *model, guint64 n)
{
  guint low = 0, high = model->rungs->len;
  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      if (gpo_ladder_model_rung (model, middle)->n <= n)
        low = middle + 1;
      else
        high = middle;
    }
  return low ? low - 1 : G_MAXUINT;
}

GpoLog *
gpo_ladder_model_log (GpoLadderModel *model)
{
  return gpo_picture_log (model->picture);
}
