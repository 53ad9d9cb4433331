/* SPDX-License-Identifier: MIT */
/* observer-hidden.c: what a record does not show: its late beginning, its gaps, and what TLS hides.
 *
 * What stays true: behind bytes that were not seen no state is claimed until a command tells where the
 * session is. */
#include "replay/observer-private.h"

/* --- a record with holes --- */

void
gpo_observed_begin_late (GpoObserved *o)
{
  o->lost = TRUE;
  gpo_observed_note (
      o, "the record begins in the middle of this connection: its state is guessed from the first command");
}

gboolean
gpo_observed_resync (GpoObserved *o, guint8 input)
{
  for (const guint8 *state = o->follower->late_states; *state != 0xff; state++)
    if (gpo_machine_accepts (o->machine, *state, input))
      {
        o->state = *state;
        o->lost = FALSE;
        return TRUE;
      }
  return FALSE;
}

void
gpo_observed_gap (GpoObserved *o, gboolean from_client, guint64 n)
{
  GpoSide *side = from_client ? &o->client : &o->server;
  if (side->frame == GPO_FRAME_OPAQUE)
    {
      side->opaque += n;
      return;
    }
  g_autofree char *words
      = g_strdup_printf ("%" G_GUINT64_FORMAT " bytes from the %s are missing in the record", n,
                         from_client ? "client" : "server");
  gpo_observed_note (o, words);
  if (side->kept)
    g_string_free (g_steal_pointer (&side->kept), TRUE);
  if (side->frame == GPO_FRAME_OCTETS && side->octets > n)
    {
      side->octets -= n;
      side->offset += n;
      return;
    }
  if (side->frame == GPO_FRAME_DOTS)
    {
      side->offset += n; /* a letter's bytes: its end will be seen */
      side->line_start = FALSE;
      return;
    }
  side->frame = GPO_FRAME_LINES;
  side->resync = TRUE;
  o->more = o->server_goes_on = o->client_goes_on = FALSE;
  o->lost = !o->over;
  g_array_set_size (o->asked, 0);
  o->head = 0;
  if (from_client || o->client.frame == GPO_FRAME_WAIT)
    o->client.frame = GPO_FRAME_LINES;
}

/* --- TLS --- */

void
gpo_observed_secured (GpoObserved *o, gboolean good)
{
  if (o->client.frame != GPO_FRAME_TLS)
    return;
  o->client.frame = o->server.frame = GPO_FRAME_LINES;
  gpo_observed_take (o, o->follower->handshake, good ? GPO_OK : GPO_REFUSED, 0, NULL, 0, 0, NULL);
}

void
gpo_observed_told_tls (GpoObserved *o, const char *description, const char *reason)
{
  GpoEventBuilder b;
  gpo_observed_event (o, &b, GPO_KIND_TLS);
  gpo_event_add_text (&b, GPO_FIELD_RESULT, reason ? "failed" : "ok", -1);
  gpo_event_add_text (&b, GPO_FIELD_MECHANISM, description, -1);
  gpo_event_add_text (&b, GPO_FIELD_REASON, reason, -1);
  gpo_log_append (o->log, &b);
}

void
gpo_observed_opaque (GpoObserved *o, gboolean from_client, gsize n)
{
  GpoSide *side = from_client ? &o->client : &o->server;
  side->opaque += n;
  if (o->said_opaque)
    return;
  o->said_opaque = TRUE;
  o->client.frame = o->server.frame = GPO_FRAME_OPAQUE;
  GpoEventBuilder b;
  gpo_observed_event (o, &b, GPO_KIND_TLS);
  gpo_event_add_text (&b, GPO_FIELD_RESULT, "opaque", -1);
  gpo_event_add_text (&b, GPO_FIELD_REASON,
                      "what follows is encrypted: the record holds its bytes, and nobody can read them", -1);
  gpo_log_append (o->log, &b);
}

gboolean
gpo_observed_is_opaque (const GpoObserved *o)
{
  return o->said_opaque;
}
