/* SPDX-License-Identifier: MIT */
/* office-letters.c: letters that come without a session: handed in at a host by a local program, or there
 * from the beginning because the scenario says so.
 *
 * Their bytes are recorded once like any other content (kind `data`), so a trace is whole. */
#include "office/office-private.h"
#include "letter/received.h"
#include "store/incoming.h"
#include "store/spool.h"
#include <string.h>

/* Records the content, as coming from this host. */
static void
record (GpoPost *post, guint32 letter, const char *bytes, gsize n)
{
  GpoEventBuilder b;
  gpo_post_event (post, &b, GPO_KIND_DATA, letter);
  gpo_event_add_symbol (&b, GPO_FIELD_FROM, post->host->symbol);
  gpo_event_add_number (&b, GPO_FIELD_OFFSET, 0);
  gpo_log_append_data (post->office->log, &b, bytes, n, FALSE);
}

/* The header with the empty line behind it; all of it if there is no body. */
static gsize
header_length (const char *bytes, gsize n)
{
  const char *end = g_strstr_len (bytes, (gssize) n, "\r\n\r\n");
  return end ? (gsize) (end + 4 - bytes) : n;
}

/* Hands a letter in; `done` comes on the office's thread. Returns its number. */
static guint32
hand_in (GpoPost *post, const char *reverse_path, const char *const *forward_paths, GBytes *content,
         GpoDeliveredFunc done, gpointer data)
{
  gsize n;
  const char *bytes = g_bytes_get_data (content, &n);
  guint32 letter = gpo_store_next_letter (post->office->store);
  GpoEnvelope *envelope = gpo_envelope_new ();
  envelope->has_sender = TRUE;
  g_free (envelope->reverse_path);
  envelope->reverse_path = g_strdup (reverse_path);
  for (const char *const *path = forward_paths; *path; path++)
    gpo_envelope_add (envelope, *path);
  for (gsize i = 0; i < n; i++)
    if ((guchar) bytes[i] >= 0x80)
      envelope->body = GPO_BODY_8BITMIME;
  envelope->letter = letter;
  envelope->id = gpo_spool_make_id (letter);
  envelope->arrived = gpo_clock_wall (post->office->clock);
  record (post, letter, bytes, n);
  GpoArrival arrival = { .incoming = gpo_incoming_new (post->office->store, letter),
                         .envelope = envelope,
                         .header = g_string_new_len (bytes, (gssize) MIN (header_length (bytes, n), 65536)),
                         .size = n };
  gpo_incoming_write (arrival.incoming, bytes, n);
  gpo_post_deliver (post, &arrival, NULL, done, data);
  return letter;
}

/* --- from another thread --- */

typedef struct
{
  GpoOffice *office;
  const char *host, *reverse_path;
  const char *const *forward_paths;
  GBytes *bytes;
  GMutex lock;
  GCond cond;
  gboolean finished;
  guint32 letter;
  GError *error;
} Sending;

static void
sending_finished (const GError *error, gpointer data)
{
  Sending *s = data;
  g_mutex_lock (&s->lock);
  s->error = error ? g_error_copy (error) : NULL;
  s->finished = TRUE;
  g_cond_signal (&s->cond);
  g_mutex_unlock (&s->lock);
}

static gboolean
send_here (gpointer data)
{
  Sending *s = data;
  g_autoptr (GError) error = NULL;
  GpoPost *post = gpo_office_post (s->office, s->host);
  if (!post)
    g_set_error (&error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "there is no host \"%s\"", s->host);
  else if (s->office->closing)
    g_set_error_literal (&error, G_IO_ERROR, G_IO_ERROR_CLOSED, "the office is closing");
  else if (!s->forward_paths[0])
    g_set_error_literal (&error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "a letter needs a recipient");
  else
    s->letter = hand_in (post, s->reverse_path, s->forward_paths, s->bytes, sending_finished, s);
  if (error)
    sending_finished (error, s);
  return G_SOURCE_REMOVE;
}

guint32
gpo_office_send (GpoOffice *office, const char *host, const char *reverse_path,
                 const char *const *forward_paths, GBytes *bytes, GError **error)
{
  Sending s = { .office = office,
                .host = host,
                .reverse_path = reverse_path,
                .forward_paths = forward_paths,
                .bytes = bytes };
  g_mutex_init (&s.lock);
  g_cond_init (&s.cond);
  g_main_context_invoke (office->context, send_here, &s);
  g_mutex_lock (&s.lock);
  while (!s.finished)
    g_cond_wait (&s.cond, &s.lock);
  g_mutex_unlock (&s.lock);
  g_mutex_clear (&s.lock);
  g_cond_clear (&s.cond);
  if (!s.error)
    return s.letter;
  g_propagate_error (error, s.error);
  return 0;
}

/* --- the scenario's letters --- */

/* Files are written with whatever line ends an editor makes; a letter has CRLF (RFC 5321 §2.3.8). */
static GString *
read_letter (const char *path, GError **error)
{
  g_autofree char *raw = NULL;
  gsize n;
  if (!g_file_get_contents (path, &raw, &n, error))
    return NULL;
  GString *out = g_string_sized_new (n + n / 20);
  for (gsize i = 0; i < n; i++)
    {
      if (raw[i] == '\n' && (i == 0 || raw[i - 1] != '\r'))
        g_string_append_c (out, '\r');
      g_string_append_c (out, raw[i]);
    }
  if (out->len && out->str[out->len - 1] != '\n')
    g_string_append (out, "\r\n");
  return out;
}

typedef struct
{
  GpoOffice *office;
  GpoPost *post;
  GpoPerson *person;
  char *mailbox;
  GString *bytes;
  guint32 letter;
} Placing;

static void
placed (const char *const *names, guint n_targets, const GError *error, gpointer data)
{
  Placing *p = data;
  GpoEventBuilder b;
  if (!error)
    {
      gpo_post_event (p->post, &b, GPO_KIND_MAILBOX, p->letter);
      gpo_event_add_symbol (&b, GPO_FIELD_ACTION, gpo_symbol ("deliver"));
      gpo_event_add_text (&b, GPO_FIELD_MAILBOX, p->mailbox, -1);
      gpo_event_add_text (&b, GPO_FIELD_NAME, names[0], -1);
      gpo_event_add_number (&b, GPO_FIELD_SIZE, (gint64) p->bytes->len);
      gpo_event_add_text (&b, GPO_FIELD_HEADER, p->bytes->str,
                          (gssize) MIN (header_length (p->bytes->str, p->bytes->len), 65536));
      gpo_log_append (p->post->office->log, &b);
    }
  else
    gpo_office_note (p->office, "a letter of the scenario could not be stored: %s", error->message);
  g_string_free (p->bytes, TRUE);
  g_free (p->mailbox);
  g_free (p);
}

static void
place (GpoOffice *office, const GpoScenarioLetter *said, GString *bytes)
{
  GpoHost *host = said->person->host;
  GpoStore *store = office->parts.store;
  Placing *p = g_new0 (Placing, 1);
  p->office = office;
  p->post = gpo_office_post (office, host->name);
  p->person = said->person;
  p->bytes = bytes;
  p->letter = gpo_store_next_letter (store);
  p->mailbox = g_strconcat (said->person->login, "/", said->folder ? said->folder : "INBOX", NULL);
  g_autofree char *inbox = gpo_store_maildir_path (store, host->name, said->person->login);
  g_autofree char *dotted = said->folder ? g_strdelimit (g_strdup (said->folder), "/", '.') : NULL;
  g_autofree char *path = dotted ? g_strconcat (inbox, "/.", dotted, NULL) : g_strdup (inbox);
  GpoTarget target = { .kind = GPO_TARGET_MAILDIR,
                       .maildir = path,
                       .flags = said->flags,
                       .date = gpo_clock_wall (office->parts.clock) / G_USEC_PER_SEC };
  GpoIncoming *incoming = gpo_incoming_new (store, p->letter);
  record (p->post, p->letter, bytes->str, bytes->len);
  gpo_incoming_write (incoming, bytes->str, bytes->len);
  gpo_incoming_commit (incoming, &target, 1, placed, p);
}

static void
handed_in (const GError *error, gpointer data)
{
  if (error)
    gpo_office_note (data, "a letter of the scenario could not be stored: %s", error->message);
}

gboolean
gpo_office_place_letters (GpoOffice *office, GError **error)
{
  for (guint i = 0; i < office->scenario->letters->len; i++)
    {
      const GpoScenarioLetter *said = office->scenario->letters->pdata[i];
      GString *bytes = read_letter (said->file, error);
      if (!bytes)
        {
          g_prefix_error (error, "[letter %s]: ", said->name);
          return FALSE;
        }
      if (said->person)
        {
          place (office, said, bytes);
          continue;
        }
      g_autoptr (GBytes) content = g_string_free_to_bytes (bytes);
      hand_in (gpo_office_post (office, said->queue->name), said->from ? said->from : "",
               (const char *const *) said->to, content, handed_in, office);
    }
  gpo_store_flush (office->parts.store); /* whoever calls finds all of them */
  return TRUE;
}
