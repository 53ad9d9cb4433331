/* SPDX-License-Identifier: MIT */
/* picture.c: noting which events concern what, and looking up what was true at n.
 *
 * Nothing is copied out of the events but their numbers. When the log has dropped its oldest chunks, the
 * tracks still name them; gpo_log_get() gives NULL for those, and what only they knew is not known. */
#include "replay/picture.h"
#include <string.h>

/* How many events of one session are looked at backwards: bounds the cost of a jump. */
#define LOOK_BACK 4096

struct GpoPicture
{
  GpoLog *log;
  guint64 length; /* events read */
  guint generation;
  GPtrArray *sessions, *letters, *hosts, *mailboxes;
  GHashTable *session_of;      /* number → GpoSessionTrack */
  GHashTable *letter_of;       /* number → GpoLetterTrack */
  GHashTable *mailbox_of;      /* "host bob/INBOX" → GpoMailboxTrack */
  GpoHostTrack *host_of[1024]; /* by symbol, for the few that are hosts; larger ones are searched for */
};

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
  g_free (host->queue.events);
  g_free (host->sessions.events);
  g_free (host->state.events);
  g_free (host->domain);
  g_free (host->roles);
  g_free (host);
}

static void
mailbox_free (gpointer data)
{
  GpoMailboxTrack *mailbox = data;
  g_free (mailbox->events.events);
  g_free (mailbox->name);
  g_free (mailbox);
}

GpoPicture *
gpo_picture_new (GpoLog *log)
{
  GpoPicture *picture = g_new0 (GpoPicture, 1);
  picture->log = log;
  picture->length = gpo_log_first (log);
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
  g_free (picture);
}

static GpoHostTrack *
host_track (GpoPicture *picture, GpoSymbol symbol, guint64 n)
{
  if (symbol == 0)
    return NULL;
  if (symbol < G_N_ELEMENTS (picture->host_of) && picture->host_of[symbol])
    return picture->host_of[symbol];
  for (guint i = 0; symbol >= G_N_ELEMENTS (picture->host_of) && i < picture->hosts->len; i++)
    if (((GpoHostTrack *) picture->hosts->pdata[i])->symbol == symbol)
      return picture->hosts->pdata[i];
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
}

static void
note_office (GpoPicture *picture, GpoHostTrack *host, const GpoEvent *event, guint64 n)
{
  const char *domain = gpo_event_text (event, GPO_FIELD_DOMAIN, NULL);
  const char *roles = gpo_event_text (event, GPO_FIELD_ROLES, NULL);
  track_add (&host->state, n);
  if (domain && roles && !host->domain)
    {
      host->domain = g_strdup (domain);
      host->roles = g_strdup (roles);
      picture->generation++;
    }
}

static void
note (GpoPicture *picture, const GpoEvent *event, guint64 n)
{
  if (event->session)
    note_session (picture, event, n);
  if (event->letter)
    note_letter (picture, event, n);
  GpoHostTrack *host = host_track (picture, event->host, n);
  switch (event->kind)
    {
    case GPO_KIND_MAILBOX:
      note_mailbox (picture, event, n);
      break;
    case GPO_KIND_QUEUE:
      if (host)
        track_add (&host->queue, n);
      break;
    case GPO_KIND_CONNECT:
    case GPO_KIND_CLOSE:
      if (host)
        track_add (&host->sessions, n);
      break;
    case GPO_KIND_OFFICE:
    case GPO_KIND_FAULT:
      if (host)
        note_office (picture, host, event, n);
      break;
    default:
      break;
    }
}

gboolean
gpo_picture_update (GpoPicture *picture, guint64 limit)
{
  guint64 end = gpo_log_length (picture->log);
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

/* --- sessions --- */

guint
gpo_picture_n_sessions (GpoPicture *picture)
{
  return picture->sessions->len;
}

const GpoSessionTrack *
gpo_picture_session (GpoPicture *picture, guint i)
{
  return i < picture->sessions->len ? picture->sessions->pdata[i] : NULL;
}

const GpoSessionTrack *
gpo_picture_session_numbered (GpoPicture *picture, guint32 number)
{
  return g_hash_table_lookup (picture->session_of, GUINT_TO_POINTER (number));
}

guint
gpo_picture_sessions_until (GpoPicture *picture, guint64 n)
{
  guint low = 0, high = picture->sessions->len;
  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      if (((GpoSessionTrack *) picture->sessions->pdata[middle])->opened <= n)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

static gboolean
is_client_machine (const GpoEvent *event)
{
  gsize length;
  const char *machine = gpo_event_text (event, GPO_FIELD_MACHINE, &length);
  return machine && length > 7 && strcmp (machine + length - 7, "-client") == 0;
}

/* Walks back over the session's edges for the newest state of each machine. */
static void
session_states (GpoPicture *picture, const GpoSessionTrack *session, guint64 n, GpoSessionAt *out)
{
  for (guint i = gpo_track_until (&session->edges, n); i > 0 && !(out->state && out->client_state); i--)
    {
      const GpoEvent *event = gpo_log_get (picture->log, session->edges.events[i - 1]);
      if (!event || (session->edges.n - i > 64 && out->state))
        break; /* a session that long has no client of ours */
      const char *machine = gpo_event_text (event, GPO_FIELD_MACHINE, NULL);
      if (machine && strcmp (machine, "queue") == 0)
        continue;
      const char **state = is_client_machine (event) ? &out->client_state : &out->state;
      if (*state)
        continue;
      *state = gpo_event_text (event, GPO_FIELD_TO, NULL);
      if (state == &out->state)
        out->edge = session->edges.events[i - 1];
    }
}

/* Who logged in, whether it is encrypted, whether the gate holds it. */
static void
session_marks (GpoPicture *picture, const GpoSessionTrack *session, guint64 n, GpoSessionAt *out)
{
  gboolean hold_known = FALSE;
  for (guint i = gpo_track_until (&session->marks, n); i > 0; i--)
    {
      const GpoEvent *event = gpo_log_get (picture->log, session->marks.events[i - 1]);
      if (!event || session->marks.n - i > LOOK_BACK)
        break;
      const char *result = gpo_event_text (event, GPO_FIELD_RESULT, NULL);
      const char *action = gpo_event_text (event, GPO_FIELD_ACTION, NULL);
      gboolean ok = g_strcmp0 (result, "ok") == 0;
      if (event->kind == GPO_KIND_AUTH && ok && !out->person)
        out->person = gpo_event_text (event, GPO_FIELD_PERSON, NULL);
      else if (event->kind == GPO_KIND_TLS && ok)
        out->tls = TRUE;
      else if (event->kind == GPO_KIND_HOLD && !hold_known)
        {
          out->held = g_strcmp0 (action, "hold") == 0;
          hold_known = TRUE;
        }
    }
}

void
gpo_picture_session_at (GpoPicture *picture, const GpoSessionTrack *session, guint64 n, GpoSessionAt *out)
{
  *out = (GpoSessionAt){ .edge = G_MAXUINT64 };
  out->open = session->opened <= n && session->closed > n;
  session_states (picture, session, n, out);
  session_marks (picture, session, n, out);
  guint last = gpo_track_until (&session->events, n);
  const GpoEvent *event = last ? gpo_log_get (picture->log, session->events.events[last - 1]) : NULL;
  out->letter = event ? event->letter : 0;
  guint edges = session->protocol == GPO_PROTOCOL_IMAP ? gpo_track_until (&session->edges, n) : 0;
  for (guint i = edges; i > 0 && edges - i < LOOK_BACK && !out->mailbox; i--)
    {
      event = gpo_log_get (picture->log, session->edges.events[i - 1]);
      out->mailbox = event ? gpo_event_text (event, GPO_FIELD_MAILBOX, NULL) : NULL;
    }
}

/* --- letters --- */

guint
gpo_picture_n_letters (GpoPicture *picture)
{
  return picture->letters->len;
}

const GpoLetterTrack *
gpo_picture_letter (GpoPicture *picture, guint i)
{
  return i < picture->letters->len ? picture->letters->pdata[i] : NULL;
}

const GpoLetterTrack *
gpo_picture_letter_numbered (GpoPicture *picture, guint32 number)
{
  return g_hash_table_lookup (picture->letter_of, GUINT_TO_POINTER (number));
}

guint
gpo_picture_letters_until (GpoPicture *picture, guint64 n)
{
  guint low = 0, high = picture->letters->len;
  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      if (((GpoLetterTrack *) picture->letters->pdata[middle])->first <= n)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

/* The newest envelope: from the last `from` event up to n, without recipients before it. */
static void
letter_envelope (GpoPicture *picture, const GpoLetterTrack *letter, guint64 n, GpoLetterAt *out)
{
  guint end = gpo_track_until (&letter->envelopes, n), begin = end;
  while (begin > 0)
    {
      const GpoEvent *event = gpo_log_get (picture->log, letter->envelopes.events[--begin]);
      const char *action = event ? gpo_event_text (event, GPO_FIELD_ACTION, NULL) : NULL;
      if (!action || strcmp (action, "from") == 0)
        break;
    }
  for (guint i = begin; i < end; i++)
    {
      const GpoEvent *event = gpo_log_get (picture->log, letter->envelopes.events[i]);
      if (!event)
        continue;
      const char *sender = gpo_event_text (event, GPO_FIELD_SENDER, NULL);
      const char *path = gpo_event_text (event, GPO_FIELD_RECIPIENT, NULL);
      if (sender)
        out->sender = sender;
      if (path)
        {
          GpoRecipientAt recipient = { path, letter->envelopes.events[i], 250 };
          g_array_append_val (out->recipients, recipient);
        }
    }
}

static const GpoEvent *
last_of (GpoPicture *picture, const GpoTrack *track, guint64 n, guint64 *number)
{
  guint i = gpo_track_until (track, n);
  *number = i ? track->events[i - 1] : 0;
  return i ? gpo_log_get (picture->log, track->events[i - 1]) : NULL;
}

void
gpo_picture_letter_at (GpoPicture *picture, const GpoLetterTrack *letter, guint64 n, GpoLetterAt *out)
{
  *out = (GpoLetterAt){ .whole = G_MAXUINT64, .size = -1 };
  out->recipients = g_array_new (FALSE, FALSE, sizeof (GpoRecipientAt));
  letter_envelope (picture, letter, n, out);
  if (gpo_track_until (&letter->letters, n) > 0)
    {
      out->whole = letter->letters.events[0];
      const GpoEvent *whole = gpo_log_get (picture->log, out->whole);
      if (whole)
        out->size = gpo_event_number (whole, GPO_FIELD_SIZE, -1);
    }
  guint64 at_mailbox, at_queue, at_any;
  const GpoEvent *mailbox = last_of (picture, &letter->mailboxes, n, &at_mailbox);
  const GpoEvent *queue = last_of (picture, &letter->queue, n, &at_queue);
  const GpoEvent *any = last_of (picture, &letter->events, n, &at_any);
  /* the host that handed it on hears of that after it lies in the mailbox */
  const char *state = queue ? gpo_event_text (queue, GPO_FIELD_STATE, NULL) : NULL;
  if (mailbox && (at_mailbox > at_queue || g_strcmp0 (state, "delivered") == 0))
    {
      out->host = mailbox->host;
      out->place = "mailbox";
    }
  else if (queue)
    {
      out->host = queue->host;
      out->place = state;
    }
  else if (any)
    {
      out->host = any->host;
      out->place = "session";
    }
}

/* Undoes the dots of DATA; `line_start` carries over from piece to piece. */
static void
append_undotted (GByteArray *out, const char *bytes, gsize n, gboolean *line_start)
{
  for (const char *end = bytes + n; bytes < end;)
    {
      const char *lf = memchr (bytes, '\n', (gsize) (end - bytes));
      const char *next = lf ? lf + 1 : end;
      if (*line_start && *bytes == '.')
        bytes++;
      g_byte_array_append (out, (const guint8 *) bytes, (guint) (next - bytes));
      *line_start = lf && lf > bytes && lf[-1] == '\r';
      bytes = next;
    }
}

GBytes *
gpo_picture_letter_bytes (GpoPicture *picture, const GpoLetterTrack *letter, guint64 n, gsize limit)
{
  guint end = gpo_track_until (&letter->data, n);
  guint32 session = 0;
  gboolean line_start = TRUE, dots = TRUE;
  g_autoptr (GByteArray) out = g_byte_array_new ();
  for (guint i = 0; i < end && (!limit || out->len < limit); i++)
    {
      const GpoEvent *event = gpo_log_get (picture->log, letter->data.events[i]);
      if (!event)
        continue;
      if (out->len == 0)
        {
          session = event->session;
          dots = session != 0; /* a report is written by the office itself, without a wire */
        }
      else if (event->session != session)
        break; /* the same bytes again, at the next hop */
      g_autoptr (GBytes) bytes = gpo_log_content (picture->log, event);
      if (!bytes)
        continue;
      gsize size;
      const char *text = g_bytes_get_data (bytes, &size);
      if (dots)
        append_undotted (out, text, size, &line_start);
      else
        g_byte_array_append (out, (const guint8 *) text, (guint) size);
    }
  if (out->len == 0)
    return NULL;
  if (limit && out->len > limit)
    g_byte_array_set_size (out, (guint) limit);
  return g_byte_array_free_to_bytes (g_steal_pointer (&out));
}

/* --- hosts and queues --- */

guint
gpo_picture_n_hosts (GpoPicture *picture)
{
  return picture->hosts->len;
}

const GpoHostTrack *
gpo_picture_host (GpoPicture *picture, guint i)
{
  return i < picture->hosts->len ? picture->hosts->pdata[i] : NULL;
}

static gboolean
has_left (const char *state)
{
  return !state || strcmp (state, "delivered") == 0 || strcmp (state, "bounced") == 0
         || strcmp (state, "removed") == 0;
}

static int
by_number (gconstpointer a, gconstpointer b)
{
  guint64 x = *(const guint64 *) a, y = *(const guint64 *) b;
  return x < y ? -1 : x > y;
}

GArray *
gpo_picture_queue_at (GpoPicture *picture, const GpoHostTrack *host, guint64 n)
{
  g_autoptr (GHashTable) newest = g_hash_table_new (NULL, NULL);
  guint end = gpo_track_until (&host->queue, n);
  for (guint i = 0; i < end; i++)
    {
      const GpoEvent *event = gpo_log_get (picture->log, host->queue.events[i]);
      if (!event)
        continue;
      gpointer key = GUINT_TO_POINTER (event->letter);
      if (has_left (gpo_event_text (event, GPO_FIELD_STATE, NULL)))
        g_hash_table_remove (newest, key);
      else
        g_hash_table_insert (newest, key, GUINT_TO_POINTER (host->queue.events[i]));
    }
  GArray *out = g_array_sized_new (FALSE, FALSE, sizeof (guint64), g_hash_table_size (newest));
  GHashTableIter iter;
  gpointer value;
  g_hash_table_iter_init (&iter, newest);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      guint64 number = GPOINTER_TO_UINT (value);
      g_array_append_val (out, number);
    }
  g_array_sort (out, by_number);
  return out;
}

/* --- mailboxes --- */

guint
gpo_picture_n_mailboxes (GpoPicture *picture)
{
  return picture->mailboxes->len;
}

const GpoMailboxTrack *
gpo_picture_mailbox (GpoPicture *picture, guint i)
{
  return i < picture->mailboxes->len ? picture->mailboxes->pdata[i] : NULL;
}

/* The message an event speaks of: by UID, or a delivered one that has none yet, by its letter. */
static int
find_message (GArray *messages, gint64 uid, guint32 letter)
{
  for (guint i = 0; uid && i < messages->len; i++)
    if (g_array_index (messages, GpoMessageAt, i).uid == uid)
      return (int) i;
  for (guint i = 0; letter && i < messages->len; i++)
    {
      const GpoMessageAt *message = &g_array_index (messages, GpoMessageAt, i);
      if (message->letter == letter && message->uid == 0)
        return (int) i;
    }
  return -1;
}

static void
fold_message (GArray *messages, const GpoEvent *event, guint64 n)
{
  GpoFieldIter action;
  if (!gpo_event_find (event, GPO_FIELD_ACTION, &action))
    return;
  gint64 uid = gpo_event_number (event, GPO_FIELD_UID, 0);
  const char *word = action.text ? action.text : "";
  if (strcmp (word, "deliver") == 0)
    {
      GpoMessageAt message = { .letter = event->letter, .event = n };
      g_array_append_val (messages, message);
      return;
    }
  int at = find_message (messages, uid, event->letter);
  if (strcmp (word, "expunge") == 0)
    {
      if (at >= 0)
        g_array_remove_index (messages, (guint) at);
    }
  else if (strcmp (word, "add") == 0 || strcmp (word, "flags") == 0)
    {
      GpoMessageAt message = { event->letter, uid, gpo_event_text (event, GPO_FIELD_FLAGS, NULL), n };
      if (at >= 0)
        g_array_index (messages, GpoMessageAt, at) = message;
      else
        g_array_append_val (messages, message);
    }
}

GArray *
gpo_picture_mailbox_at (GpoPicture *picture, const GpoMailboxTrack *mailbox, guint64 n)
{
  GArray *messages = g_array_new (FALSE, FALSE, sizeof (GpoMessageAt));
  guint end = gpo_track_until (&mailbox->events, n);
  for (guint i = 0; i < end; i++)
    {
      const GpoEvent *event = gpo_log_get (picture->log, mailbox->events.events[i]);
      if (event)
        fold_message (messages, event, mailbox->events.events[i]);
    }
  return messages;
}
