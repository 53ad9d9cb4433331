/* SPDX-License-Identifier: MIT */
/* gateway-state.c: the one writer of a queued letter's state: each edge of machine "queue" is recorded, and
 * with it a `queue` event that says the letter's place. */
#include "roles/gateway-private.h"

#define EVENT_RECIPIENTS 100

typedef struct
{
  GpoSymbol machine, states[GPO_QUEUE_N_STATES], inputs[GPO_QUEUE_N_INPUTS], verdicts[GPO_N_VERDICTS],
      specs[64];
} Words;

static const Words *
words (void)
{
  static Words w;
  if (w.machine)
    return &w;
  const GpoMachine *m = &gpo_queue_machine;
  g_assert (m->n_edges <= G_N_ELEMENTS (w.specs));
  w.machine = gpo_symbol (m->name);
  for (guint i = 0; i < m->n_states; i++)
    w.states[i] = gpo_symbol (m->states[i]);
  for (guint i = 0; i < m->n_inputs; i++)
    w.inputs[i] = gpo_symbol (m->inputs[i]);
  for (guint i = 0; i < GPO_N_VERDICTS; i++)
    w.verdicts[i] = gpo_symbol (gpo_verdict_name ((GpoVerdict) i));
  for (guint i = 0; i < m->n_edges; i++)
    w.specs[i] = gpo_symbol (m->edges[i].spec);
  return &w;
}

/* Those who still wait, separated by ", ". */
static void
add_waiting (GpoEventBuilder *b, const GpoEnvelope *envelope)
{
  g_autoptr (GString) paths = g_string_new (NULL);
  guint shown = 0;
  for (guint i = 0; i < envelope->recipients->len && shown < EVENT_RECIPIENTS; i++)
    if (gpo_envelope_recipient (envelope, i)->state == GPO_RCPT_WAITING)
      g_string_append_printf (paths, "%s%s", shown++ ? ", " : "", gpo_envelope_recipient (envelope, i)->path);
  if (shown)
    gpo_event_add_text (b, GPO_FIELD_RECIPIENT, paths->str, (gssize) paths->len);
}

static void
record_place (GpoQueued *letter, guint32 session, guint64 cause)
{
  GpoEventBuilder b;
  const GpoEnvelope *envelope = letter->envelope;
  gpo_post_event (letter->gateway->post, &b, GPO_KIND_QUEUE, envelope->letter);
  b.event.session = session;
  gpo_event_add_symbol (&b, GPO_FIELD_STATE, words ()->states[letter->state]);
  gpo_event_add_text (&b, GPO_FIELD_NAME, envelope->id, -1);
  gpo_event_add_text (&b, GPO_FIELD_SENDER, envelope->reverse_path, -1);
  add_waiting (&b, envelope);
  gpo_event_add_number (&b, GPO_FIELD_COUNT, gpo_envelope_count (envelope, GPO_RCPT_WAITING));
  gpo_event_add_number (&b, GPO_FIELD_SIZE, (gint64) letter->size);
  gpo_event_add_number (&b, GPO_FIELD_ATTEMPT, letter->attempts);
  if (letter->hop)
    gpo_event_add_text (&b, GPO_FIELD_NEXT_HOP, letter->hop->route->key, -1);
  if (letter->due >= 0)
    gpo_event_add_number (&b, GPO_FIELD_DUE, letter->due);
  gpo_event_add_text (&b, GPO_FIELD_REASON, letter->reason, -1);
  if (cause)
    gpo_event_add_number (&b, GPO_FIELD_CAUSE, (gint64) cause);
  gpo_log_append (letter->gateway->post->office->log, &b);
}

void
gpo_queued_take (GpoQueued *letter, GpoQueueInput input, GpoVerdict verdict, guint32 session, guint64 cause)
{
  const Words *w = words ();
  guint8 from = letter->state;
  const GpoEdge *edge = gpo_machine_take (&gpo_queue_machine, &letter->state, (guint8) input, verdict);
  GpoEventBuilder b;
  gpo_post_event (letter->gateway->post, &b, GPO_KIND_EDGE, letter->envelope->letter);
  b.event.session = session;
  gpo_event_add_symbol (&b, GPO_FIELD_MACHINE, w->machine);
  gpo_event_add_symbol (&b, GPO_FIELD_FROM, w->states[from]);
  gpo_event_add_symbol (&b, GPO_FIELD_VERB, w->inputs[input]);
  gpo_event_add_symbol (&b, GPO_FIELD_VERDICT, w->verdicts[verdict]);
  gpo_event_add_symbol (&b, GPO_FIELD_TO, w->states[letter->state]);
  gpo_event_add_symbol (&b, GPO_FIELD_SPEC, w->specs[edge - gpo_queue_machine.edges]);
  if (cause)
    gpo_event_add_number (&b, GPO_FIELD_CAUSE, (gint64) cause);
  guint64 number = gpo_log_append (letter->gateway->post->office->log, &b);
  record_place (letter, session, number);
}

void
gpo_queued_set_reason (GpoQueued *letter, const char *reason)
{
  if (reason == letter->reason)
    return;
  g_free (letter->reason);
  letter->reason = g_strdup (reason);
}
