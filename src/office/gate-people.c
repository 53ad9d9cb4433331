/* SPDX-License-Identifier: MIT */
/* gate-people.c: what people ask of the gate: to hold, to let one thing go, to change it, to cut it off; the
 * breakpoints and the faults. Whatever changes here is an event, so that a reader of the trace knows what
 * the gate is set to without asking. */
#include "office/gate-private.h"
#include <string.h>

/* --- what is held --- */

static void
let_go (GpoGateKeeper *k, GpoGateHeld *h, const char *edited)
{
  gpo_gate_record (k, h, "release", NULL);
  if (h->reply)
    {
      gpo_gate_finish_reply (h, edited);
      return;
    }
  h->stage = GPO_STAGE_RELEASED;
  gpo_gate_update_holding (k);
  gpo_session_resume (h->session);
}

gboolean
gpo_gate_step (GpoGate *gate)
{
  GpoGateKeeper *k = (GpoGateKeeper *) gate;
  for (guint i = 0; i < k->held->len; i++)
    if (((GpoGateHeld *) k->held->pdata[i])->stage == GPO_STAGE_HELD)
      {
        let_go (k, k->held->pdata[i], NULL);
        return TRUE;
      }
  return FALSE;
}

guint
gpo_gate_release (GpoGate *gate, guint32 session, const char *edited)
{
  GpoGateKeeper *k = (GpoGateKeeper *) gate;
  guint n = 0;
  /* Letting go may hold the next line of the same session, or end sessions: only what is held now. */
  g_autoptr (GPtrArray) now = g_ptr_array_new ();
  for (guint i = 0; i < k->held->len; i++)
    if (session == 0 || ((GpoGateHeld *) k->held->pdata[i])->session->number == session)
      g_ptr_array_add (now, ((GpoGateHeld *) k->held->pdata[i])->session);
  for (guint i = 0; i < now->len; i++)
    {
      GpoGateHeld *h = gpo_gate_find (k, now->pdata[i]);
      if (h && h->stage == GPO_STAGE_HELD && (!edited || h->reply))
        {
          let_go (k, h, edited);
          n++;
        }
    }
  return n;
}

guint
gpo_gate_drop (GpoGate *gate, guint32 session)
{
  GpoGateKeeper *k = (GpoGateKeeper *) gate;
  for (guint i = 0; i < k->held->len; i++)
    {
      GpoGateHeld *h = k->held->pdata[i];
      GpoSession *held = h->session;
      if (held->number != session || h->stage != GPO_STAGE_HELD)
        continue;
      gpo_gate_record (k, h, "drop", NULL);
      g_ptr_array_remove_index (k->held, i);
      gpo_gate_update_holding (k);
      held->closing = TRUE;
      gpo_session_resume (held);
      return 1;
    }
  return 0;
}

/* --- what shall be held --- */

/* What the gate is set to is an event of no session: `point` may be NULL. */
static void
record_setting (GpoGateKeeper *k, const char *action, const GpoBreakpoint *point)
{
  GpoEventBuilder b;
  gpo_event_begin (&b, GPO_KIND_HOLD);
  gpo_event_add_symbol (&b, GPO_FIELD_ACTION, gpo_symbol (action));
  if (point)
    {
      gpo_event_add_text (&b, GPO_FIELD_FILTER, gpo_filter_text (point->filter), -1);
      gpo_event_add_number (&b, GPO_FIELD_NUMBER, point->id);
    }
  gpo_log_append (k->log, &b);
}

void
gpo_gate_hold_all (GpoGate *gate, gboolean hold)
{
  GpoGateKeeper *k = (GpoGateKeeper *) gate;
  if (hold != k->all)
    record_setting (k, hold ? "on" : "off", NULL);
  k->all = hold;
  if (!hold)
    gpo_gate_release (gate, 0, NULL);
}

gboolean
gpo_gate_holds_all (GpoGate *gate)
{
  return ((GpoGateKeeper *) gate)->all;
}

void
gpo_breakpoint_free (gpointer data)
{
  GpoBreakpoint *point = data;
  gpo_filter_free (point->filter);
  g_free (point);
}

guint
gpo_gate_break (GpoGate *gate, GpoFilter *filter)
{
  GpoGateKeeper *k = (GpoGateKeeper *) gate;
  GpoBreakpoint *point = g_new (GpoBreakpoint, 1);
  point->id = ++k->last_break;
  point->enabled = TRUE;
  point->filter = filter;
  g_ptr_array_add (k->breaks, point);
  record_setting (k, "break", point);
  return point->id;
}

guint
gpo_gate_unbreak (GpoGate *gate, guint id)
{
  GpoGateKeeper *k = (GpoGateKeeper *) gate;
  guint before = k->breaks->len;
  for (guint i = k->breaks->len; i-- > 0;)
    if (id == 0 || ((GpoBreakpoint *) k->breaks->pdata[i])->id == id)
      {
        record_setting (k, "unbreak", k->breaks->pdata[i]);
        g_ptr_array_remove_index (k->breaks, i);
      }
  return before - k->breaks->len;
}

gboolean
gpo_gate_enable (GpoGate *gate, guint id, gboolean enabled)
{
  GpoGateKeeper *k = (GpoGateKeeper *) gate;
  for (guint i = 0; i < k->breaks->len; i++)
    {
      GpoBreakpoint *point = k->breaks->pdata[i];
      if (point->id != id)
        continue;
      if (point->enabled != enabled)
        record_setting (k, enabled ? "enable" : "disable", point);
      point->enabled = enabled;
      return TRUE;
    }
  return FALSE;
}

/* --- faults --- */

void
gpo_gate_add_fault (GpoGate *gate, GpoFault *fault)
{
  gpo_gate_remove_fault (gate, fault->name);
  g_ptr_array_add (((GpoGateKeeper *) gate)->faults, fault);
}

const GpoFault *
gpo_gate_fault (GpoGate *gate, const char *name)
{
  GpoGateKeeper *k = (GpoGateKeeper *) gate;
  for (guint i = 0; i < k->faults->len; i++)
    if (strcmp (((GpoFault *) k->faults->pdata[i])->name, name) == 0)
      return k->faults->pdata[i];
  return NULL;
}

void
gpo_gate_tell_fault (GpoGate *gate, const GpoFault *fault, gboolean set)
{
  GpoEventBuilder b;
  gpo_event_begin (&b, GPO_KIND_FAULT);
  b.event.host = fault->host;
  gpo_event_add_text (&b, GPO_FIELD_NAME, fault->name, -1);
  gpo_event_add_text (&b, GPO_FIELD_STATE, set ? "set" : "cleared", -1);
  gpo_event_add_text (&b, GPO_FIELD_ACTION, fault->action, -1);
  gpo_event_add_text (&b, GPO_FIELD_FILTER, gpo_filter_text (fault->when), -1);
  gpo_log_append (((GpoGateKeeper *) gate)->log, &b);
}

guint
gpo_gate_clear_faults (GpoGate *gate, GpoSymbol host)
{
  GpoGateKeeper *k = (GpoGateKeeper *) gate;
  guint cleared = 0;
  for (guint i = k->faults->len; i-- > 0;)
    {
      GpoFault *fault = k->faults->pdata[i];
      if (host && fault->host != host)
        continue;
      if (!gpo_fault_is_spent (fault))
        gpo_gate_tell_fault (gate, fault, FALSE);
      g_ptr_array_remove_index (k->faults, i);
      cleared++;
    }
  return cleared;
}

gboolean
gpo_gate_remove_fault (GpoGate *gate, const char *name)
{
  GpoGateKeeper *k = (GpoGateKeeper *) gate;
  for (guint i = 0; i < k->faults->len; i++)
    if (strcmp (((GpoFault *) k->faults->pdata[i])->name, name) == 0)
      return g_ptr_array_remove_index (k->faults, i) != NULL;
  return FALSE;
}

/* --- what there is --- */

void
gpo_gate_each_held (GpoGate *gate, void (*each) (const GpoHeld *, gpointer), gpointer data)
{
  GpoGateKeeper *k = (GpoGateKeeper *) gate;
  for (guint i = 0; i < k->held->len; i++)
    {
      const GpoGateHeld *h = k->held->pdata[i];
      GpoHeld held = { h->session->number, h->event, h->reply, h->reply ? h->text : NULL };
      if (h->stage == GPO_STAGE_HELD)
        each (&held, data);
    }
}

void
gpo_gate_each_fault (GpoGate *gate, void (*each) (const GpoFault *, gpointer), gpointer data)
{
  g_ptr_array_foreach (((GpoGateKeeper *) gate)->faults, (GFunc) (void *) each, data);
}

void
gpo_gate_each_break (GpoGate *gate, void (*each) (guint, const char *, gboolean, gpointer), gpointer data)
{
  GpoGateKeeper *k = (GpoGateKeeper *) gate;
  for (guint i = 0; i < k->breaks->len; i++)
    {
      const GpoBreakpoint *point = k->breaks->pdata[i];
      each (point->id, gpo_filter_text (point->filter), point->enabled, data);
    }
}
