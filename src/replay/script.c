/* SPDX-License-Identifier: MIT */
/* script.c: a session's events to steps. */
#include "replay/script.h"
#include "replay/talk.h"
#include <string.h>

typedef struct
{
  GpoPicture *picture;
  GpoLog *log;
  GpoScript *script;
  GpoTalk talk;
  GpoAnswerReader *reader;
  guint64 answer_event; /* where the answer under way began */
  GQueue asked;         /* SAY steps that wait for their answers */
  guint together;       /* so many SAY steps to come go out with the one before */
  gboolean first;       /* … of which the first begins */
} Maker;

static void
step_free (gpointer data)
{
  GpoStep *step = data;
  g_clear_pointer (&step->bytes, g_bytes_unref);
  gpo_answer_free (step->answer);
  g_free (step);
}

void
gpo_script_free (GpoScript *script)
{
  if (!script)
    return;
  g_ptr_array_unref (script->steps);
  g_free (script->person);
  g_free (script);
}

static GpoStep *
add_step (Maker *maker, GpoStepKind kind, guint64 event)
{
  GpoStep *step = g_new0 (GpoStep, 1);
  step->kind = kind;
  step->event = step->end = event;
  step->verb = "";
  g_ptr_array_add (maker->script->steps, step);
  return step;
}

/* --- the client's side --- */

/* An answer without an end (untagged responses while nobody asked) stands before what is said next. */
static void
end_answer (Maker *maker)
{
  if (!gpo_answer_reader_has (maker->reader))
    return;
  GpoStep *step = add_step (maker, GPO_STEP_ANSWER, maker->answer_event);
  step->answer = gpo_answer_reader_take (maker->reader);
  step->state = gpo_talk_state (&maker->talk);
}

/* The letter as it was first recorded, dots doubled again for DATA; NULL if it is in the trace nowhere. */
static GBytes *
bytes_from_elsewhere (Maker *maker, const GpoEvent *event, guint64 n)
{
  const GpoLetterTrack *letter = gpo_picture_letter_numbered (maker->picture, event->letter);
  g_autoptr (GBytes) bytes = letter ? gpo_picture_letter_bytes (maker->picture, letter, n, 0) : NULL;
  if (!bytes || maker->script->protocol != GPO_PROTOCOL_SMTP)
    return g_steal_pointer (&bytes);
  gsize length;
  const char *p = g_bytes_get_data (bytes, &length), *end = p + length;
  GString *out = g_string_sized_new (length);
  while (p < end)
    {
      const char *lf = memchr (p, '\n', (gsize) (end - p)), *next = lf ? lf + 1 : end;
      if (*p == '.')
        g_string_append_c (out, '.');
      g_string_append_len (out, p, next - p);
      p = next;
    }
  return g_string_free_to_bytes (out);
}

static void
client_says (Maker *maker, const GpoEvent *event, guint64 n)
{
  end_answer (maker);
  GpoStep *step = add_step (maker, GPO_STEP_SAY, n);
  step->bytes = gpo_log_content (maker->log, event);
  step->line = event->kind == GPO_KIND_LINE;
  if (maker->together)
    {
      step->together = !maker->first;
      maker->first = FALSE;
      maker->together--;
    }
  if (!step->bytes && gpo_event_number (event, GPO_FIELD_OFFSET, 0) == 0)
    step->bytes = bytes_from_elsewhere (maker, event, n);
  step->made_up = !gpo_event_has (event, GPO_FIELD_TEXT) && !gpo_event_has (event, GPO_FIELD_HIDDEN);
  if (!step->bytes)
    step->bytes = g_bytes_new (NULL, 0);
  gsize length;
  const char *text = g_bytes_get_data (step->bytes, &length);
  if (step->line)
    {
      step->verb = gpo_talk_line (&maker->talk, text ? text : "", length);
      step->arguments = gpo_talk_has_arguments (&maker->talk, text ? text : "", length);
      if (*step->verb)
        g_queue_push_tail (&maker->asked, step);
    }
}

/* --- the server's side --- */

static void
finish_answer (Maker *maker, guint64 n)
{
  GpoStep *step = add_step (maker, GPO_STEP_ANSWER, maker->answer_event);
  step->end = n;
  GpoStep *asked = g_queue_peek_head (&maker->asked);
  step->answer = gpo_answer_reader_take (maker->reader);
  gboolean greeting = !asked && maker->script->steps->len == (maker->script->tls_first ? 2 : 1);
  step->verb = asked ? asked->verb : greeting ? "connect" : "";
  step->to = asked;
  gpo_talk_answer (&maker->talk, step->answer);
  step->state = gpo_talk_state (&maker->talk);
  /* "+" to a literal is not the answer to its command yet */
  if (!g_str_equal (step->answer->status, "+") || gpo_talk_wants_line (&maker->talk))
    g_queue_pop_head (&maker->asked);
}

static void
server_says (Maker *maker, const GpoEvent *event, guint64 n)
{
  gsize length;
  const char *text = gpo_event_text (event, GPO_FIELD_TEXT, &length);
  GpoStep *asked = g_queue_peek_head (&maker->asked);
  if (event->kind == GPO_KIND_DATA || !text)
    return; /* what is in a literal or a letter is not compared */
  if (!gpo_answer_reader_has (maker->reader))
    maker->answer_event = n;
  gpo_answer_reader_asked (maker->reader, asked ? asked->verb : "connect", asked && asked->arguments);
  if (gpo_answer_reader_add (maker->reader, text, length))
    finish_answer (maker, n);
}

/* --- all of it --- */

static void
secured (Maker *maker, const GpoEvent *event, guint64 n)
{
  if (g_strcmp0 (gpo_event_text (event, GPO_FIELD_RESULT, NULL), "ok") != 0)
    return;
  end_answer (maker);
  maker->script->tls_first |= maker->script->steps->len == 0;
  add_step (maker, GPO_STEP_TLS, n)->verb = "handshake";
  gpo_talk_secured (&maker->talk);
  GpoStep *step = g_ptr_array_index (maker->script->steps, maker->script->steps->len - 1);
  step->state = gpo_talk_state (&maker->talk);
}

static void
closed (Maker *maker, const GpoEvent *event, guint64 n)
{
  const char *result = gpo_event_text (event, GPO_FIELD_RESULT, NULL);
  end_answer (maker);
  add_step (maker, g_strcmp0 (result, "ours") == 0 ? GPO_STEP_CLOSED : GPO_STEP_HANG_UP, n);
}

static void
take_event (Maker *maker, const GpoEvent *event, guint64 n)
{
  const char *from = gpo_event_text (event, GPO_FIELD_FROM, NULL);
  const char *result = gpo_event_text (event, GPO_FIELD_RESULT, NULL);
  const char *person = gpo_event_text (event, GPO_FIELD_PERSON, NULL);
  switch (event->kind)
    {
    case GPO_KIND_LINE:
    case GPO_KIND_DATA:
      if (g_strcmp0 (from, "client") == 0)
        client_says (maker, event, n);
      else
        server_says (maker, event, n);
      break;
    case GPO_KIND_TLS:
      secured (maker, event, n);
      break;
    case GPO_KIND_CLOSE:
      closed (maker, event, n);
      break;
    case GPO_KIND_AUTH:
      if (person && g_strcmp0 (result, "ok") == 0)
        {
          g_free (maker->script->person);
          maker->script->person = g_utf8_make_valid (person, -1);
        }
      break;
    case GPO_KIND_NOTE:
      if (g_strcmp0 (gpo_event_text (event, GPO_FIELD_NAME, NULL), "together") == 0)
        {
          maker->together = (guint) CLAMP (gpo_event_number (event, GPO_FIELD_COUNT, 0), 0, 1000);
          maker->first = TRUE;
        }
      break;
    default:
      break;
    }
}

GpoScript *
gpo_script_new (GpoPicture *picture, const GpoSessionTrack *session, guint64 n)
{
  GpoScript *script = g_new0 (GpoScript, 1);
  Maker maker = { .picture = picture, .log = gpo_picture_log (picture), .script = script };
  script->session = session->number;
  script->protocol = session->protocol == GPO_PROTOCOL_NONE ? GPO_PROTOCOL_SMTP : session->protocol;
  script->host = gpo_symbol_name (session->host);
  script->role = gpo_symbol_name (session->role);
  script->steps = g_ptr_array_new_with_free_func (step_free);
  gpo_talk_init (&maker.talk, script->protocol);
  maker.reader = gpo_answer_reader_new (script->protocol);
  guint end = gpo_track_until (&session->events, n);
  for (guint i = 0; i < end; i++)
    {
      const GpoEvent *event = gpo_log_get (maker.log, session->events.events[i]);
      if (event)
        take_event (&maker, event, session->events.events[i]);
    }
  end_answer (&maker);
  gpo_talk_clear (&maker.talk);
  g_queue_clear (&maker.asked);
  gpo_answer_reader_free (maker.reader);
  return script;
}

char *
gpo_step_words (const GpoStep *step)
{
  gsize length = 0;
  const char *text = step->bytes ? g_bytes_get_data (step->bytes, &length) : NULL;
  if (!step->line)
    return g_strdup_printf ("(%" G_GSIZE_FORMAT " bytes)", length);
  if (length && text[length - 1] == '\n')
    length--;
  if (length && text[length - 1] == '\r')
    length--;
  return g_utf8_make_valid (text ? text : "", (gssize) MIN (length, 1000));
}
