/* SPDX-License-Identifier: MIT */
/* ladder-model.c: events → rungs. */
#include "ladder-model.h"
#include "clock-jumps.h"
#include "i18n.h"
#include "ladder-journey.h"
#include "notes.h"
#include <string.h>

#define OWN_LANES 6              /* so many sessions chosen by hand have lanes of their own for strangers */
#define LANES_MAX 200            /* more hosts than can be told apart share the last one */
#define LEAST_GAP G_USEC_PER_SEC /* shorter ones are not told */

/* What the ladder knows of a session while it takes events in; rungs by their index + 1, 0: none. */
typedef struct
{
  guint last;              /* newest line or data */
  guint commands, replies; /* of the group that is open */
  gboolean ahead;          /* the client did not wait for the answer to its last line */
} Talk;

struct GpoLadderModel
{
  GpoCursor *cursor; /* outlives it */
  GpoPicture *picture;
  const GpoTrack *track;        /* NULL: all */
  const GpoLetterTrack *letter; /* whose journey it is, or NULL */
  gboolean one_session, fold;
  gboolean own_lanes; /* each session's stranger has one */
  guint64 seen;
  guint64 newest;         /* event taken; G_MAXUINT64: none */
  const GpoTrack *clocks; /* `clock` events; NULL: they are in the events anyway */
  gint64 time;            /* of the newest rung; -1: none */
  GArray *rungs, *lanes;
  GHashTable *talks; /* session → Talk */
  GpoNotes *notes;   /* of the cursor */
};

static void
lane_clear (gpointer data)
{
  g_free (((GpoLane *) data)->name);
}

/* Puts a lane at `at`; those behind it move on. */
static void
insert_lane (GpoLadderModel *model, guint at, GpoLane lane)
{
  g_array_insert_val (model->lanes, at, lane);
  for (guint i = 0; i < model->rungs->len; i++)
    {
      GpoRung *rung = &g_array_index (model->rungs, GpoRung, i);
      rung->from += rung->from >= at;
      rung->to += rung->to >= at;
    }
}

/* Hosts in the order in which they appear, those outside to the left of them. `session` is of a stranger that
 * has an own lane. */
static guint8
lane_of (GpoLadderModel *model, GpoSymbol host, guint32 session, const char *name)
{
  guint outside = 0;
  for (guint i = 0; i < model->lanes->len; i++)
    {
      const GpoLane *lane = &g_array_index (model->lanes, GpoLane, i);
      if (lane->host == host && lane->session == session)
        return (guint8) i;
      outside += lane->host == 0;
    }
  if (model->lanes->len >= LANES_MAX)
    return LANES_MAX - 1;
  GpoLane lane = { host, session, g_strdup (host ? gpo_symbol_name (host) : name) };
  guint at = host ? model->lanes->len : outside;
  if (!host && at < model->lanes->len)
    insert_lane (model, at, lane);
  else
    g_array_append_val (model->lanes, lane);
  return (guint8) at;
}

static guint8
host_lane (GpoLadderModel *model, GpoSymbol host)
{
  return lane_of (model, host, 0, NULL);
}

/* Those outside: by name if the lane is one session's, and it shows who it is. */
static guint8
outside (GpoLadderModel *model, const GpoSessionTrack *session)
{
  GpoSessionAt at = { 0 };
  if (!session || !(model->one_session || model->own_lanes))
    return lane_of (model, 0, 0, _ ("clients"));
  gpo_picture_session_at (model->picture, session, gpo_picture_length (model->picture), &at);
  if (model->one_session)
    return lane_of (model, 0, 0, at.person ? at.person : _ ("client"));
  g_autofree char *name = g_strdup_printf ("%s %u", at.person ? at.person : _ ("client"), session->number);
  return lane_of (model, 0, session->number, name);
}

static gboolean
is_from_server (const GpoEvent *event)
{
  return g_strcmp0 (gpo_event_text (event, GPO_FIELD_FROM, NULL), "server") == 0;
}

/* The lanes of a line or of data: who says it to whom. */
static void
ends (GpoLadderModel *model, const GpoEvent *event, GpoRung *rung)
{
  const GpoSessionTrack *session = gpo_picture_session_numbered (model->picture, event->session);
  /* first, as it may shift the others */
  guint8 client = session && session->caller ? host_lane (model, session->caller) : outside (model, session);
  guint8 server = session && session->host ? host_lane (model, session->host) : client;
  gboolean from_server = event->kind != GPO_KIND_CONNECT && is_from_server (event);
  rung->from = from_server ? server : client;
  rung->to = from_server ? client : server;
}

static GpoRung *
rung_of (GpoLadderModel *model, guint index)
{
  return index ? &g_array_index (model->rungs, GpoRung, index - 1) : NULL;
}

static void
fold_into (GpoRung *rung, GpoRungKind kind)
{
  rung->folded += rung->folded < G_MAXUINT16;
  if (kind == GPO_RUNG_GROUP)
    rung->kind = GPO_RUNG_GROUP;
}

static gboolean
is_verb (const GpoEvent *event, const char *verb)
{
  return g_strcmp0 (gpo_event_text (event, GPO_FIELD_VERB, NULL), verb) == 0;
}

/* Whether `event` is a further line of the reply that `before` began. */
static gboolean
continues (const GpoEvent *before, const GpoEvent *event)
{
  const char *text = gpo_event_text (event, GPO_FIELD_TEXT, NULL);
  const char *first = before->kind == GPO_KIND_LINE ? gpo_event_text (before, GPO_FIELD_TEXT, NULL) : NULL;
  gint64 code = gpo_event_number (event, GPO_FIELD_CODE, 0);
  return code && text && strlen (text) >= 4 && first && strlen (first) >= 4 && first[3] == '-'
         && gpo_event_number (before, GPO_FIELD_CODE, 0) == code;
}

/* Whether `event` is a further piece of the data on `before`, or the dot behind it. */
static gboolean
goes_on (GpoLadderModel *model, const GpoEvent *before, const GpoEvent *event)
{
  if (before->kind != GPO_KIND_DATA || is_from_server (before) != is_from_server (event))
    return FALSE;
  return event->kind == GPO_KIND_DATA ? before->letter == event->letter
                                      : model->fold && is_verb (event, "end-of-data");
}

/* A command that did not wait for the answer to the one before, and the answers to such commands. */
static gboolean
joins_group (GpoLadderModel *model, Talk *talk, const GpoEvent *event)
{
  GpoRung *rung = NULL;
  if (is_from_server (event))
    rung = talk->commands && (talk->ahead || rung_of (model, talk->commands)->folded)
               ? rung_of (model, talk->replies)
               : NULL;
  else if (!is_verb (event, "end-of-data"))
    {
      const GpoRung *last = rung_of (model, talk->last);
      gboolean waited = !talk->ahead && talk->last != talk->commands;
      rung = last && !waited ? rung_of (model, talk->commands) : NULL;
    }
  if (!rung)
    return FALSE;
  fold_into (rung, GPO_RUNG_GROUP);
  return TRUE;
}

/* Notes which rung the line or the data has got. */
static void
remember (GpoLadderModel *model, Talk *talk, const GpoEvent *event, gboolean is_new)
{
  guint index = model->rungs->len;
  if (is_new)
    talk->last = index;
  if (event->kind != GPO_KIND_LINE)
    talk->commands = talk->replies = 0;
  else if (is_from_server (event))
    talk->replies = is_new ? index : talk->replies;
  else
    {
      if (is_new)
        {
          talk->commands = index;
          talk->replies = 0;
        }
      talk->ahead = gpo_event_number (event, GPO_FIELD_AHEAD, 0) != 0;
    }
}

/* Whether it goes into a rung that is there already. */
static gboolean
is_folded (GpoLadderModel *model, Talk *talk, const GpoEvent *event)
{
  GpoRung *last = rung_of (model, talk->last);
  const GpoEvent *before = last ? gpo_log_get (gpo_picture_log (model->picture), last->n) : NULL;
  if (before
      && ((event->kind == GPO_KIND_LINE && continues (before, event)) || goes_on (model, before, event)))
    {
      fold_into (last, GPO_RUNG_EVENT);
      return TRUE;
    }
  return model->fold && event->kind == GPO_KIND_LINE && joins_group (model, talk, event);
}

static Talk *
talk_of (GpoLadderModel *model, guint32 session)
{
  Talk *talk = g_hash_table_lookup (model->talks, GUINT_TO_POINTER (session));
  if (!talk)
    g_hash_table_insert (model->talks, GUINT_TO_POINTER (session), talk = g_new0 (Talk, 1));
  return talk;
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

/* Not the envelope, which the lines have said, nor what the office tells of itself and its mailboxes. */
static gboolean
is_shown (const GpoEvent *event)
{
  if (event->kind == GPO_KIND_EDGE)
    return is_server_turn (event);
  if (event->kind == GPO_KIND_MAILBOX && !event->session && !event->letter)
    return FALSE;
  return event->kind != GPO_KIND_ENVELOPE && event->kind != GPO_KIND_OFFICE;
}

static void
add_rung (GpoLadderModel *model, const GpoEvent *event, GpoRung rung)
{
  if (model->time >= 0 && event->time - model->time >= LEAST_GAP)
    {
      GpoRung gap = { .n = rung.n, .kind = GPO_RUNG_GAP };
      g_array_append_val (model->rungs, gap);
    }
  model->time = event->time;
  g_array_append_val (model->rungs, rung);
}

static void
take_event (GpoLadderModel *model, guint64 n)
{
  const GpoEvent *event = gpo_log_get (gpo_picture_log (model->picture), n);
  GpoRung rung = { .n = (guint32) n };
  if (!event || !is_shown (event))
    return;
  gboolean said = event->kind == GPO_KIND_LINE || event->kind == GPO_KIND_DATA;
  Talk *talk = said ? talk_of (model, event->session) : NULL;
  if (said && is_folded (model, talk, event))
    {
      model->time = event->time;
      remember (model, talk, event, FALSE);
      return;
    }
  if (said || event->kind == GPO_KIND_CONNECT)
    ends (model, event, &rung);
  else if (event->kind == GPO_KIND_CLOCK)
    rung.kind = GPO_RUNG_CLOCK;
  else if (event->host)
    rung.from = rung.to = host_lane (model, event->host);
  else
    return;
  add_rung (model, event, rung);
  if (said)
    remember (model, talk, event, TRUE);
}

/* Takes an event, and before it what befell the clock since the one before. */
static void
take (GpoLadderModel *model, guint64 n)
{
  guint end = model->clocks ? gpo_track_until (model->clocks, n) : 0;
  for (guint i = end && model->newest != G_MAXUINT64 ? gpo_track_until (model->clocks, model->newest) : end;
       i < end; i++)
    take_event (model, model->clocks->events[i]);
  model->newest = n;
  take_event (model, n);
}

static void
start_again (GpoLadderModel *model)
{
  model->newest = G_MAXUINT64;
  g_array_set_size (model->rungs, 0);
  g_array_set_size (model->lanes, 0);
  g_hash_table_remove_all (model->talks);
  model->time = -1;
}

GpoLadderModel *
gpo_ladder_model_new (GpoCursor *cursor, gboolean fold)
{
  guint32 number;
  GpoLadderModel *model = g_new0 (GpoLadderModel, 1);
  GpoSubject subject = gpo_cursor_get_subject (cursor, &number);
  model->picture = gpo_cursor_get_picture (cursor);
  model->track = gpo_cursor_get_track (cursor);
  model->letter = subject == GPO_SUBJECT_LETTER ? gpo_picture_letter_numbered (model->picture, number) : NULL;
  model->one_session = subject == GPO_SUBJECT_SESSION;
  model->own_lanes = subject == GPO_SUBJECT_SESSIONS && number <= OWN_LANES;
  model->cursor = cursor;
  model->fold = fold;
  model->notes = gpo_notes_of (cursor);
  model->seen = model->track ? 0 : gpo_log_first (gpo_cursor_get_log (cursor));
  model->rungs = g_array_new (FALSE, FALSE, sizeof (GpoRung));
  model->lanes = g_array_new (FALSE, FALSE, sizeof (GpoLane));
  model->talks = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  g_array_set_clear_func (model->lanes, lane_clear);
  start_again (model);
  return model;
}

void
gpo_ladder_model_free (GpoLadderModel *model)
{
  g_array_unref (model->rungs);
  g_array_unref (model->lanes);
  g_hash_table_unref (model->talks);
  g_free (model);
}

/* A session that carries the letter on brings what was said in it before: the ladder begins anew. */
static void
grow_journey (GpoLadderModel *model)
{
  if (model->seen == model->letter->events.n)
    return;
  g_autoptr (GArray) journey = gpo_ladder_journey (model->picture, model->letter);
  start_again (model);
  for (guint i = 0; i < journey->len; i++)
    take (model, g_array_index (journey, guint32, i));
  model->seen = model->letter->events.n;
}

gboolean
gpo_ladder_model_grow (GpoLadderModel *model, guint64 limit)
{
  model->clocks = model->track ? gpo_clock_jumps_of (model->cursor) : NULL;
  if (model->letter)
    {
      grow_journey (model);
      return FALSE;
    }
  guint64 end = model->track ? model->track->n : gpo_picture_length (model->picture);
  guint64 stop = limit ? MIN (end, model->seen + limit) : end;
  for (; model->seen < stop; model->seen++)
    take (model, model->track ? model->track->events[model->seen] : model->seen);
  return stop < end;
}

gint64
gpo_ladder_model_gap (GpoLadderModel *model, guint i)
{
  const GpoRung *rung = gpo_ladder_model_rung (model, i);
  GpoLog *log = gpo_picture_log (model->picture);
  const GpoEvent *after = gpo_log_get (log, rung->n);
  const GpoEvent *before = i ? gpo_log_get (log, gpo_ladder_model_rung (model, i - 1)->n) : NULL;
  if (rung->kind == GPO_RUNG_CLOCK)
    return after ? gpo_event_number (after, GPO_FIELD_DUE, after->time) - after->time : 0;
  return after && before ? after->time - before->time : 0;
}

gboolean
gpo_ladder_model_is_mixed (GpoLadderModel *model)
{
  return !model->one_session;
}

static void
add_word (GString *out, const GpoEvent *event)
{
  const char *verb = gpo_event_text (event, GPO_FIELD_VERB, NULL),
             *text = gpo_event_text (event, GPO_FIELD_TEXT, NULL);
  gint64 code = gpo_event_number (event, GPO_FIELD_CODE, 0);
  g_string_append (out, out->len ? ", " : "");
  if (is_from_server (event) && code)
    g_string_append_printf (out, "%" G_GINT64_FORMAT, code);
  else if (verb)
    g_string_append (out, verb);
  else
    g_string_append_len (out, text ? text : "?", (gssize) (text ? strcspn (text, " \r\n") : 1));
}

char *
gpo_ladder_model_group (GpoLadderModel *model, const GpoRung *rung, guint *n)
{
  GpoLog *log = gpo_picture_log (model->picture);
  const GpoEvent *first = gpo_log_get (log, rung->n), *before = NULL;
  const GpoSessionTrack *session
      = first ? gpo_picture_session_numbered (model->picture, first->session) : NULL;
  g_autoptr (GString) out = g_string_new (NULL);
  guint left = rung->folded + 1u;
  *n = 0;
  for (guint i = session ? gpo_track_until (&session->lines, rung->n) - 1 : 0;
       session && left && i < session->lines.n; i++)
    {
      const GpoEvent *event = gpo_log_get (log, session->lines.events[i]);
      if (!event || event->kind != GPO_KIND_LINE || is_from_server (event) != is_from_server (first))
        continue;
      left--;
      if (before && continues (before, event))
        continue;
      add_word (out, event);
      before = event;
      *n += 1;
    }
  return g_string_free (g_steal_pointer (&out), FALSE);
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

guint
gpo_ladder_model_lit (GpoLadderModel *model, guint64 n)
{
  guint i = model->track ? gpo_track_until (model->track, n) : 0;
  if (model->track && i == 0)
    return G_MAXUINT;
  return gpo_ladder_model_row (model, model->track ? model->track->events[i - 1] : n);
}

GpoLog *
gpo_ladder_model_log (GpoLadderModel *model)
{
  return gpo_picture_log (model->picture);
}

/* Whether an event is one of those the ladder is about. */
static gboolean
concerns (GpoLadderModel *model, guint64 n)
{
  guint i = model->track ? gpo_track_until (model->track, n) : 0;
  return !model->track || (i > 0 && model->track->events[i - 1] == n);
}

const char *
gpo_ladder_model_note (GpoLadderModel *model, guint i)
{
  guint64 n = gpo_ladder_model_rung (model, i)->n;
  guint64 end = i + 1 < model->rungs->len ? gpo_ladder_model_rung (model, i + 1)->n : G_MAXUINT64;
  if (gpo_notes_get (model->notes, n))
    return gpo_notes_get (model->notes, n);
  n = gpo_notes_beyond (model->notes, n, 1);
  while (n < end && !concerns (model, n))
    n = gpo_notes_beyond (model->notes, n, 1);
  return n < end ? gpo_notes_get (model->notes, n) : NULL;
}
