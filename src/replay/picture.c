/* SPDX-License-Identifier: MIT */
/* picture.c: noting which events concern what; picture-*.c look up what was true at n.
 *
 * Nothing is copied out of the events but their numbers. When the log has dropped its oldest chunks, the
 * tracks still name them; gpo_log_get() gives NULL for those, and what only they knew is not known. */
#include "replay/picture-private.h"
#include <string.h>

/* --- tracks --- */

static void
track_add (GpoTrack *track, guint64 n)
{
  if (track->n == track->size)
    {
      track->size = track->size ? track->size * 2 : 4;
      track->events = g_renew (guint32, track->events, track->size);
    }
  track->events[track->n++] = (guint32) n;
}

guint
gpo_track_until (const GpoTrack *track, guint64 n)
{
  guint low = 0, high = track->n;
  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      if (track->events[middle] <= n)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

/* --- making the tracks --- */

static void
session_free (gpointer data)
{
  GpoSessionTrack *session = data;
  g_free (session->events.events);
  g_free (session->edges.events);
  g_free (session->lines.events);
  g_free (session->marks.events);
  g_free (session);
}

static void
letter_free (gpointer data)
{
  GpoLetterTrack *letter = data;
  GpoTrack *tracks[] = { &letter->events, &letter->letters,   &letter->envelopes,
                         &letter->queue,  &letter->mailboxes, &letter->data };
  for (guint i = 0; i < G_N_ELEMENTS (tracks); i++)
    g_free (tracks[i]->events);
  g_free (letter);
}

static void
host_free (gpointer data)
{
  GpoHostTrack *host = data;
  g_free (host->events.events);
  g_free (host->queue.events);
  g_free (host->sessions.events);
  g_free (host->state.events);
  g_free (host->power.events);
  g_free (host->rules.events);
  gpo_tally_clear (&host->waiting);
  gpo_queue_fold_free (host->fold);
  g_free (host->domain);
  g_free (host->roles);
  g_free (host);
}

static void
mailbox_free (gpointer data)
{
  GpoMailboxTrack *mailbox = data;
  g_free (mailbox->events.events);
  gpo_tally_clear (&mailbox->lying);
  gpo_mailbox_fold_free (mailbox->fold);
  g_free (mailbox->name);
  g_free (mailbox);
}

GpoPicture *
gpo_picture_new (GpoLog *log)
{
  GpoPicture *picture = g_new0 (GpoPicture, 1);
  picture->log = log;
  picture->length = gpo_log_first (log);
  gpo_world_facts_init (&picture->world);
  picture->sessions = g_ptr_array_new_with_free_func (session_free);
  picture->letters = g_ptr_array_new_with_free_func (letter_free);
  picture->hosts = g_ptr_array_new_with_free_func (host_free);
  picture->mailboxes = g_ptr_array_new_with_free_func (mailbox_free);
  picture->session_of = g_hash_table_new (NULL, NULL);
  picture->letter_of = g_hash_table_new (NULL, NULL);
  picture->mailbox_of = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return picture;
}

void
gpo_picture_free (GpoPicture *picture)
{
  g_ptr_array_unref (picture->sessions);
  g_ptr_array_unref (picture->letters);
  g_ptr_array_unref (picture->hosts);
  g_ptr_array_unref (picture->mailboxes);
  g_hash_table_unref (picture->session_of);
  g_hash_table_unref (picture->letter_of);
  g_hash_table_unref (picture->mailbox_of);
  g_free (picture->session_births.events);
  g_free (picture->letter_births.events);
  gpo_world_facts_clear (&picture->world);
  g_free (picture);
}

/* A person's reader tells its own end of a session under her login: that is no host. */
static gboolean
is_reader (GpoPicture *picture, GpoSymbol symbol)
{
  const char *name = gpo_symbol_name (symbol);
  for (guint i = 0; i < picture->world.persons->len; i++)
    if (strcmp (((GpoPersonFact *) picture->world.persons->pdata[i])->login, name) == 0)
      return TRUE;
  return FALSE;
}

/* Where the event happened; NULL: at no host. What the office tells is a host's, though a person be called
 * so. */
static GpoHostTrack *
host_track (GpoPicture *picture, const GpoEvent *event, guint64 n)
{
  GpoSymbol symbol = event->host;
  if (symbol == 0)
    return NULL;
  if (symbol < G_N_ELEMENTS (picture->host_of) && picture->host_of[symbol])
    return picture->host_of[symbol];
  for (guint i = 0; symbol >= G_N_ELEMENTS (picture->host_of) && i < picture->hosts->len; i++)
    if (((GpoHostTrack *) picture->hosts->pdata[i])->symbol == symbol)
      return picture->hosts->pdata[i];
  if (event->kind != GPO_KIND_OFFICE && is_reader (picture, symbol))
    return NULL;
  GpoHostTrack *host = g_new0 (GpoHostTrack, 1);
  host->symbol = symbol;
  host->name = gpo_symbol_name (symbol);
  host->first = n;
  g_ptr_array_add (picture->hosts, host);
  if (symbol < G_N_ELEMENTS (picture->host_of))
    picture->host_of[symbol] = host;
  picture->generation++;
  return host;
}

static GpoSessionTrack *
session_track (GpoPicture *picture, const GpoEvent *event, guint64 n)
{
  gpointer key = GUINT_TO_POINTER (event->session);
  GpoSessionTrack *session = g_hash_table_lookup (picture->session_of, key);
  if (session)
    return session;
  session = g_new0 (GpoSessionTrack, 1);
  session->number = event->session;
  session->protocol = (GpoProtocol) event->protocol;
  session->host = event->host;
  session->opened = n;
  session->closed = G_MAXUINT64;
  g_ptr_array_add (picture->sessions, session);
  track_add (&picture->session_births, n);
  g_hash_table_insert (picture->session_of, key, session);
  picture->generation++;
  return session;
}

static GpoLetterTrack *
letter_track (GpoPicture *picture, guint32 number, guint64 n)
{
  gpointer key = GUINT_TO_POINTER (number);
  GpoLetterTrack *letter = g_hash_table_lookup (picture->letter_of, key);
  if (letter)
    return letter;
  letter = g_new0 (GpoLetterTrack, 1);
  letter->number = number;
  letter->first = n;
  g_ptr_array_add (picture->letters, letter);
  track_add (&picture->letter_births, n);
  g_hash_table_insert (picture->letter_of, key, letter);
  picture->generation++;
  return letter;
}

static void
note_connect (GpoSessionTrack *session, const GpoEvent *event)
{
  GpoFieldIter f;
  const char *side = gpo_event_text (event, GPO_FIELD_SIDE, NULL);
  gboolean server = side && strcmp (side, "server") == 0;
  if (gpo_event_find (event, GPO_FIELD_ROLE, &f))
    session->role = f.type == GPO_VALUE_SYMBOL ? (GpoSymbol) f.number : gpo_symbol_try (f.text, f.length);
  if (server)
    {
      session->host = event->host;
      if (gpo_event_find (event, GPO_FIELD_NAME, &f))
        session->caller
            = f.type == GPO_VALUE_SYMBOL ? (GpoSymbol) f.number : gpo_symbol_try (f.text, f.length);
    }
  else
    session->caller = event->host;
  if (event->protocol)
    session->protocol = (GpoProtocol) event->protocol;
}

static void
note_session (GpoPicture *picture, const GpoEvent *event, guint64 n)
{
  GpoSessionTrack *session = session_track (picture, event, n);
  track_add (&session->events, n);
  if (session->protocol == GPO_PROTOCOL_NONE)
    session->protocol = (GpoProtocol) event->protocol;
  switch (event->kind)
    {
    case GPO_KIND_CONNECT:
      note_connect (session, event);
      break;
    case GPO_KIND_CLOSE:
      session->closed = n;
      break;
    case GPO_KIND_EDGE:
      track_add (&session->edges, n);
      break;
    case GPO_KIND_LINE:
    case GPO_KIND_DATA:
      track_add (&session->lines, n);
      break;
    case GPO_KIND_AUTH:
    case GPO_KIND_TLS:
    case GPO_KIND_HOLD:
      track_add (&session->marks, n);
      break;
    default:
      break;
    }
}

static void
note_letter (GpoPicture *picture, const GpoEvent *event, guint64 n)
{
  GpoLetterTrack *letter = letter_track (picture, event->letter, n);
  track_add (&letter->events, n);
  switch (event->kind)
    {
    case GPO_KIND_LETTER:
      track_add (&letter->letters, n);
      break;
    case GPO_KIND_ENVELOPE:
      track_add (&letter->envelopes, n);
      break;
    case GPO_KIND_QUEUE:
      track_add (&letter->queue, n);
      break;
    case GPO_KIND_MAILBOX:
      track_add (&letter->mailboxes, n);
      break;
    case GPO_KIND_DATA:
      if (gpo_event_has (event, GPO_FIELD_TEXT) || gpo_event_has (event, GPO_FIELD_HIDDEN))
        track_add (&letter->data, n);
      break;
    default:
      break;
    }
}

static void
note_mailbox (GpoPicture *picture, const GpoEvent *event, guint64 n)
{
  const char *name = gpo_event_text (event, GPO_FIELD_MAILBOX, NULL);
  if (!name)
    return;
  g_autofree char *key = g_strdup_printf ("%u %s", event->host, name);
  GpoMailboxTrack *mailbox = g_hash_table_lookup (picture->mailbox_of, key);
  if (!mailbox)
    {
      mailbox = g_new0 (GpoMailboxTrack, 1);
      mailbox->host = event->host;
      mailbox->name = g_strdup (name);
      mailbox->first = n;
      g_ptr_array_add (picture->mailboxes, mailbox);
      g_hash_table_insert (picture->mailbox_of, g_steal_pointer (&key), mailbox);
      picture->generation++;
    }
  track_add (&mailbox->events, n);
  gpo_tally_mailbox (&mailbox->lying, event);
  gpo_mailbox_fold_add (mailbox, event, n);
}

static void
note_power (GpoPicture *picture, GpoHostTrack *host, const GpoEvent *event, guint64 n)
{
  const char *action = gpo_event_text (event, GPO_FIELD_ACTION, NULL);
  const char *domain = gpo_event_text (event, GPO_FIELD_DOMAIN, NULL);
  const char *roles = gpo_event_text (event, GPO_FIELD_ROLES, NULL);
  if (action && (strcmp (action, "host") == 0 || strcmp (action, "up") == 0 || strcmp (action, "down") == 0))
    track_add (&host->power, n);
  if (domain && roles && !host->domain)
    {
      host->domain = g_strdup (domain);
      host->roles = g_strdup (roles);
      host->gateway = g_strcmp0 (gpo_event_text (event, GPO_FIELD_TYPE, NULL), "gateway") == 0;
      picture->generation++;
    }
}

/* What the office tells of itself, and the fault rules. */
static void
note_office (GpoPicture *picture, GpoHostTrack *host, const GpoEvent *event, guint64 n)
{
  if (event->kind == GPO_KIND_OFFICE && gpo_world_facts_take (&picture->world, n, event))
    picture->generation++;
  if (!host)
    return;
  track_add (&host->state, n);
  if (event->kind == GPO_KIND_OFFICE)
    note_power (picture, host, event, n);
  else if (gpo_event_has (event, GPO_FIELD_STATE))
    track_add (&host->rules, n);
}

static void
note (GpoPicture *picture, const GpoEvent *event, guint64 n)
{
  if (event->session)
    note_session (picture, event, n);
  if (event->letter)
    note_letter (picture, event, n);
  GpoHostTrack *host = host_track (picture, event, n);
  if (host)
    track_add (&host->events, n);
  switch (event->kind)
    {
    case GPO_KIND_MAILBOX:
      note_mailbox (picture, event, n);
      break;
    case GPO_KIND_QUEUE:
      if (host)
        {
          track_add (&host->queue, n);
          gpo_tally_queue (&host->waiting, event);
          gpo_queue_fold_add (host, event, n);
        }
      break;
    case GPO_KIND_CONNECT:
    case GPO_KIND_CLOSE:
      if (host)
        track_add (&host->sessions, n);
      break;
    case GPO_KIND_OFFICE:
    case GPO_KIND_FAULT:
      note_office (picture, host, event, n);
      break;
    default:
      break;
    }
}

gboolean
gpo_picture_update (GpoPicture *picture, guint64 limit)
{
  guint64 end = gpo_log_length (picture->log), first = gpo_log_first (picture->log);
  if (end <= first)
    return FALSE;
  picture->length = MAX (picture->length, first);
  guint64 stop = limit ? MIN (end, picture->length + limit) : end;
  for (; picture->length < stop; picture->length++)
    {
      const GpoEvent *event = gpo_log_get (picture->log, picture->length);
      if (event)
        note (picture, event, picture->length);
    }
  return stop < end;
}

guint64
gpo_picture_length (GpoPicture *picture)
{
  return picture->length;
}

GpoLog *
gpo_picture_log (GpoPicture *picture)
{
  return picture->log;
}

guint
gpo_picture_generation (GpoPicture *picture)
{
  return picture->generation;
}
